"""When people are reminded of a piece of work: on the morning of a working day of whoever owes it."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from cases.deadlines import Policy, calendar_of, policy_of
from cases.ladders import Rung
from cases.models import WorkItem
from core.calendars import WorkingCalendar
from notifications.services import Rung as Planned
from notifications.services import plan_reminders

WORK_DUE = "cases.work_due"


def moments_of(
    ladder: Iterable[Rung], *, due_at: datetime, calendar: WorkingCalendar
) -> dict[Rung, datetime]:
    """The morning of each rung of a ladder."""
    day = calendar.local_day(due_at)
    return {rung: calendar.morning_of(calendar.add(day, rung.days)) for rung in ladder}


def plan_reminders_of(item: WorkItem, *, now: datetime, policy: Policy | None = None) -> None:
    """Plan the messages about a work item, or move them when its due date or policy has changed."""
    plan_ladder(
        kind=WORK_DUE,
        obligation=item.pk,
        ladder=(policy or policy_of(item.step)).ladder,
        due_at=item.due_at,
        calendar=calendar_of(item.organization),
        now=now,
    )


def plan_ladder(
    *,
    kind: str,
    obligation: uuid.UUID,
    ladder: Iterable[Rung],
    due_at: datetime,
    calendar: WorkingCalendar,
    now: datetime,
) -> None:
    """Plan a message for each rung of a ladder, whatever the obligation is, or move those planned."""
    moments = moments_of(ladder, due_at=due_at, calendar=calendar)
    plan_reminders(
        kind=kind,
        obligation=obligation,
        moments={Planned(rung.step, rung.rule): at for rung, at in moments.items()},
        now=now,
    )

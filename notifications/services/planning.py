import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from notifications.enums import ReminderState
from notifications.models import Reminder

MOVED = "the dates have changed"
ENDED = "the work has ended"


class Rung(NamedTuple):
    """One message of an obligation: at which step, to whom by which rule."""

    step: str
    rule: str


def plan_reminders(
    *, kind: str, obligation: uuid.UUID, moments: Mapping[Rung, datetime], now: datetime
) -> None:
    """Plan a message for each rung of an obligation, or move those planned; in the caller's transaction.

    A rung whose moment has passed when it is planned for the first time is left out.
    """
    supersede_reminders(kind=kind, obligation=obligation, now=now, but=moments, reason=MOVED)
    coming = {rung: at for rung, at in moments.items() if at > now}
    if not coming:
        return
    # Dates that move and move back find the row that they left.
    Reminder.objects.filter(
        _any_of(coming), kind=kind, obligation=obligation, state=ReminderState.SUPERSEDED
    ).update(state=ReminderState.PLANNED, reason="", claimed_at=None, settled_at=None)
    Reminder.objects.bulk_create(
        (
            Reminder(kind=kind, obligation=obligation, step=rung.step, rule=rung.rule, planned_at=at)
            for rung, at in coming.items()
        ),
        ignore_conflicts=True,
    )


def plan_bundle(*, kind: str, obligation: uuid.UUID, step: str, at: datetime) -> None:
    """Plan one message about everything that happens until then, unless one is planned already.

    The lock makes the caller wait for a sweep that is claiming it just now, and plan another after it.
    """
    planned = Reminder.objects.select_for_update().filter(
        kind=kind, obligation=obligation, state=ReminderState.PLANNED
    )
    if not list(planned):
        Reminder.objects.create(kind=kind, obligation=obligation, step=step, planned_at=at)


def supersede_reminders(
    *,
    kind: str,
    obligation: uuid.UUID,
    now: datetime,
    but: Mapping[Rung, datetime] | None = None,
    reason: str = ENDED,
) -> None:
    """Silence what is planned or on its way about an obligation, save the given moments."""
    silenced = Reminder.objects.live().filter(kind=kind, obligation=obligation)
    if but:
        silenced = silenced.exclude(_any_of(but))
    silenced.update(state=ReminderState.SUPERSEDED, reason=reason, settled_at=now)


def readdress_reminders(*, kind: str, obligation: uuid.UUID) -> None:
    """What is on its way about an obligation is planned again, for it may be somebody else's now.

    Mails that wait for people who are not told any more end as suppressed when their turn comes.
    """
    claimed = Reminder.objects.filter(kind=kind, obligation=obligation, state=ReminderState.CLAIMED)
    claimed.update(state=ReminderState.PLANNED, claimed_at=None)


def _any_of(moments: Mapping[Rung, datetime]) -> Q:
    found = Q(pk__in=[])
    for rung, at in moments.items():
        found |= Q(step=rung.step, rule=rung.rule, planned_at=at)
    return found

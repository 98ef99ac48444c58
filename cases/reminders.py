"""When people are reminded of a piece of work: on the morning of a working day of whoever owes it."""

from datetime import datetime

from cases.deadlines import calendar_of
from cases.models import WorkItem
from notifications.services import plan_reminders

WORK_DUE = "cases.work_due"
# Working days from the due date; negative ones lie before it.
DAYS_FROM_DUE = {"two_days_before": -2, "one_day_after": 1}


def plan_reminders_of(item: WorkItem, *, now: datetime) -> None:
    """Plan the messages about a work item by its due date, or move them when the date has moved."""
    calendar = calendar_of(item.organization)
    day = calendar.local_day(item.due_at)
    moments = {
        step: calendar.morning_of(calendar.add(day, working_days))
        for step, working_days in DAYS_FROM_DUE.items()
    }
    plan_reminders(kind=WORK_DUE, obligation=item.pk, moments=moments, now=now)

"""What another set of closed days does to open work of an organization."""

from collections.abc import Iterator
from datetime import datetime

from cases.models import Hold, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.services.policy import KEEP_THEIR_DATE
from core.calendars import WorkingCalendar


def dues_with(
    items: WorkItemQuerySet,
    before: WorkingCalendar,
    after: WorkingCalendar,
    *,
    keeps_time: bool,
    now: datetime,
) -> Iterator[tuple[WorkItem, datetime]]:
    """Each of an organization's open items with its due date once its calendar is another.

    What falls due on a closed day moves to the next working day. With `keeps_time` work also keeps the
    number of working days that are left; not so where people agreed upon the date, or the clock stands still.
    """
    held = set(Hold.objects.filter(lifted_at__isnull=True).values_list("case", flat=True))
    for item in items.open().for_list().order_by("due_at", "pk"):
        is_still = item.case_id in held or item.paused_at is not None
        keeps = keeps_time and not is_still and item.kind not in KEEP_THEIR_DATE
        yield item, _due_with(item, before, after, keeps_time=keeps, now=now)


def _due_with(
    item: WorkItem, before: WorkingCalendar, after: WorkingCalendar, *, keeps_time: bool, now: datetime
) -> datetime:
    today, due = before.local_day(now), before.local_day(item.due_at)
    left = before.between(today, due)
    if item.due_at < now or (due not in after.closed and after.between(today, due) == left):
        return item.due_at
    if not keeps_time:
        return after.end_of(after.first_working_day(due)) if due in after.closed else item.due_at
    return after.end_of(after.add(today, left) if left else after.first_working_day(today))

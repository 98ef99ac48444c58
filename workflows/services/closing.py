"""An organization's closed days, and its open work's dates and reminders with them, in one transaction."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import RecipientRule
from cases.models import WorkItem
from cases.services import dues_with, lock_case, move_due_date
from certification.services import plan_expiries_again
from core.errors import NotFound
from core.pagekit_dates import day_in_words
from notifications.selectors import say
from notifications.services import notify
from people import services as people
from people.models import Closure, Organization, User
from people.roles import PROGRAM_ROLES
from workflows.recipients import Recipients
from workflows.services.moves import publish_status
from workflows.wordings import happening

MOST_LINES = 20


@transaction.atomic
def close_days(
    *,
    organization: Organization,
    begins_on: date,
    ends_on: date,
    name: str,
    keeps_time: bool,
    by: User,
    now: datetime,
) -> int:
    """Close an organization on some days. Returns how many due dates moved. Raises NotAllowed, InvalidInput.

    What falls due on them always moves; with `keeps_time` so does what would lose working days.
    """
    people.require_keeper(organization, by)

    def add(locked: Organization) -> None:
        today = calendar_of(locked).local_day(now)
        people.add_closure(
            organization=locked, begins_on=begins_on, ends_on=ends_on, name=name, today=today, by=by, now=now
        )

    return _with_other_days(organization, add, keeps_time=keeps_time, by=by, now=now)


@transaction.atomic
def open_days(*, closure_id: uuid.UUID, keeps_time: bool, by: User, now: datetime) -> int:
    """The organization is open after all. With `keeps_time`, dates come forward by the days that are won.

    Raises NotFound, NotAllowed, WrongState.
    """
    closure = Closure.objects.visible_to(by).select_related("organization").filter(pk=closure_id).first()
    if closure is None:
        raise NotFound(_("There are no such days for you."))
    people.require_keeper(closure.organization, by)

    def remove(locked: Organization) -> None:
        found = Closure.objects.filter(pk=closure_id).first()
        if found is None:
            raise NotFound(_("These days were taken back meanwhile."))
        found.organization = locked
        people.remove_closure(closure=found, today=calendar_of(locked).local_day(now), by=by, now=now)

    return _with_other_days(closure.organization, remove, keeps_time=keeps_time, by=by, now=now)


def _with_other_days(
    organization: Organization,
    change: Callable[[Organization], None],
    *,
    keeps_time: bool,
    by: User,
    now: datetime,
) -> int:
    """The cases first, in the order of their keys, then the organization: nobody waits in a circle."""
    open_items = WorkItem.objects.open().filter(organization=organization)
    cases = sorted(set(open_items.filter(case__isnull=False).values_list("case", flat=True)))
    locked_cases = [lock_case(case_id) for case_id in cases]
    list(open_items.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    locked = people.lock_organization(organization)
    before = calendar_of(locked)
    change(locked)
    dues = dues_with(open_items, before, calendar_of(locked), keeps_time=keeps_time, now=now)
    moved = []
    for item, due_at in list(dues):
        if due_at != item.due_at:
            moved.append((item, item.due_at))
        move_due_date(item=item, due_at=due_at, by=by, now=now, why="closed days")
    for case in locked_cases:
        publish_status(case, now=now)
    plan_expiries_again(organization=locked, now=now)
    if not by.has_role(*PROGRAM_ROLES):
        _tell_who_manages(locked, moved, by=by, now=now)
    return len(moved)


def _tell_who_manages(
    organization: Organization, moved: Sequence[tuple[WorkItem, datetime]], *, by: User, now: datetime
) -> None:
    """Nobody granted this time, so whoever manages a case learns which of its dates an organization moved."""
    recipients, calendar = Recipients([item for item, _before in moved]), calendar_of(organization)
    work: dict[int, list[str]] = defaultdict(list)
    for item, before in moved:
        old, new = (day_in_words(calendar.local_day(at)) for at in (before, item.due_at))
        line = f"{item.title}, {item.place or organization.name}: {old} → {new}"
        for manager in recipients.of(item, RecipientRule.MANAGER):
            work[manager].append(line)
    for person in User.objects.filter(pk__in=work):
        told = {"organization": organization.name, "who": by, "work": "\n".join(work[person.pk][:MOST_LINES])}
        words = say(happening.DATES_MOVED, told)
        notify(
            kind=happening.DATES_MOVED.kind,
            subject=words.subject,
            text=words.text,
            url=f"{reverse('workflows:closed-days')}?organization={organization.slug}",
            now=now,
            person=person,
        )

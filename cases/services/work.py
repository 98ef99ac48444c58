import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.deadlines import Policy, calendar_of, due_at_for, policies
from cases.enums import Party, WorkKind
from cases.errors import WorkItemClosed
from cases.models import Case, WorkItem
from cases.reminders import WORK_DUE, plan_reminders_of
from cases.routing import Duty, routed_to
from cases.services.cover import cover_item, end_covers, tell_of_refusal
from cases.steps import WORK
from cities.models import City
from core import audit
from core.pagekit_dates import moment_in_words
from notifications.services import readdress_reminders, supersede_reminders
from people.models import Organization, User


def open_work_item(
    *,
    case: Case | None,
    step: str,
    by: User,
    now: datetime,
    kind: WorkKind = WorkKind.STEP,
    task_number: int | None = None,
    organization: Organization | None = None,
    owner: User | None = None,
    subject: uuid.UUID | None = None,
    topic: str = "",
    city: City | None = None,
    due_at: datetime | None = None,
    party: Party | None = None,
) -> WorkItem:
    """Put a piece of work on somebody's desk, due by the calendar of the organization that owes it.

    While `owner` is away it goes to their substitute, who may do it meanwhile.
    `city` is for work without a case, `due_at` for work whose date follows from other work or is agreed upon,
    `party` for work that is not always the same party's.
    """
    party = party or WORK[step].party
    duty = Duty(case, step, party, organization, kind)
    route = routed_to(owner, duty, at=now) if owner else None
    item = WorkItem.objects.create(
        kind=kind,
        step=step,
        case=case,
        city=city,
        party=party,
        organization=organization,
        owner=route.person if route else None,
        subject=subject,
        topic=topic[:200],
        task_number=task_number,
        opened_at=now,
        due_at=due_at or due_at_for(step, organization=organization, opened_at=now),
    )
    plan_reminders_of(item, now=now)
    audit.record("cases.work_opened", by=by, target=item, now=now, dossier=item.case_id, new={"step": step})
    if route and route.absence:
        cover_item(item=item, absence=route.absence, holder=route.person, by=by, now=now)
    if route and route.refused:
        tell_of_refusal(absence=route.refused, why=route.why, duty=duty, now=now)
    return item


def plan_open_work(*, now: datetime, step: str | None = None) -> int:
    """Plan the reminders of all open work anew, or of one step's, by the policies that hold now."""
    items = WorkItem.objects.open().order_by("pk")
    if step is not None:
        items = items.filter(step=step)
    held = policies()
    return sum(_plan_anew(item_id, held, now=now) for item_id in items.values_list("pk", flat=True))


@transaction.atomic
def _plan_anew(item_id: uuid.UUID, held: Mapping[str, Policy], *, now: datetime) -> bool:
    """Work that somebody closes in the same second is either planned before its end, or not at all."""
    items = WorkItem.objects.open().select_for_update(of=("self",)).select_related("organization")
    item = items.filter(pk=item_id).first()
    if item is not None:
        plan_reminders_of(item, now=now, policy=held[item.step])
    return item is not None


def close_work_item(*, item: WorkItem, by: User, now: datetime) -> WorkItem:
    item.closed_at, item.closed_by = now, by
    item.save(update_fields=["closed_at", "closed_by"])
    supersede_reminders(kind=WORK_DUE, obligation=item.pk, now=now)
    end_covers(item.covers.filter(ended_at__isnull=True), by=by, now=now)
    audit.record(
        "cases.work_closed", by=by, target=item, now=now, dossier=item.case_id, new={"step": item.step}
    )
    return item


def hand_over_work_item(*, item: WorkItem, owner: User | None, by: User, now: datetime) -> WorkItem:
    """Give open work to somebody else, or back to the party; its date stays."""
    end_covers(item.covers.filter(ended_at__isnull=True), by=by, now=now)
    old, item.owner = item.owner, owner
    item.save(update_fields=["owner"])
    readdress_reminders(kind=WORK_DUE, obligation=item.pk)
    audit.record(
        "cases.work_handed_over",
        by=by,
        target=item,
        now=now,
        dossier=item.case_id,
        old={"owner": old.email if old else None},
        new={"owner": owner.email if owner else None},
    )
    return item


def due_after_pause(item: WorkItem, *, since: datetime, until: datetime) -> datetime:
    """The due date later by the working days for which the clock of the work stood still."""
    calendar = calendar_of(item.organization)
    still = calendar.between(calendar.local_day(max(since, item.opened_at)), calendar.local_day(until))
    return calendar.shift(item.due_at, still)


def give_time_back(item: WorkItem, *, since: datetime, now: datetime) -> None:
    """Give back the working days for which the clock of the work stood still; late work stays as late."""
    item.due_at = due_after_pause(item, since=since, until=now)
    item.overdue_at = item.overdue_at if item.due_at < now else None
    item.save(update_fields=["due_at", "overdue_at"])
    plan_reminders_of(item, now=now)


def pause_work(*, items: Iterable[WorkItem], now: datetime) -> None:
    """Stop the clock of open work until it is resumed: it neither falls due nor is anybody reminded."""
    for item in items:
        item.paused_at = now
        item.save(update_fields=["paused_at"])


def resume_work(*, items: Iterable[WorkItem], now: datetime) -> None:
    """Let the clock of paused work run again; its due date moves by the working days of the pause."""
    for item in items:
        if item.paused_at is not None:
            since, item.paused_at = item.paused_at, None
            item.save(update_fields=["paused_at"])
            give_time_back(item, since=since, now=now)


def require_open(item: WorkItem) -> None:
    """Raise WorkItemClosed, saying who did it and when."""
    if item.closed_at is None:
        return
    when = moment_in_words(item.closed_at, timezone.get_current_timezone_name())
    values = {"title": item.title, "who": item.closed_by, "when": when}
    text = _("“%(title)s” was finished by %(who)s on %(when)s. Nothing was changed by your attempt.") % values
    raise WorkItemClosed(text, closed_by_id=item.closed_by_id)


def mark_overdue(*, case: Case, now: datetime) -> int:
    """Mark the open work of a case whose due moment has passed; the clock of a case on hold stands still."""
    if case.open_hold is not None:
        return 0
    return WorkItem.objects.overdue(now).filter(case=case, overdue_at__isnull=True).update(overdue_at=now)

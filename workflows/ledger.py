"""What was planned and said about the work of a case, to whom, by which rule, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.deadlines import calendar_of, program_calendar
from cases.enums import Party, RecipientRule
from cases.models import WorkItem
from cases.querysets import WorkItemQuerySet
from cases.reminders import WORK_DUE
from certification.models import Expiry
from certification.querysets import ExpiryQuerySet
from certification.services.expiries import EXPIRY
from core.calendars import WorkingCalendar
from core.errors import Text
from core.pagekit_dates import day_in_words
from notifications.enums import DeliveryState, ReminderState
from notifications.models import Notice, Reminder
from people.models import User
from people.roles import PROGRAM_ROLES
from workflows.foretelling import days_in_words
from workflows.recipients import Obligation, Recipients


@dataclass(frozen=True)
class Line:
    """One reminder; `told` are the notices that the reader may know of, `others` how many more there are."""

    reminder: Reminder
    item: Obligation
    when: str
    rule: Text
    told: list[Notice]
    others: int
    why_not: str = ""


def ledger_of(
    items: WorkItemQuerySet, *, user: User, expiries: ExpiryQuerySet | None = None
) -> QuerySet[Reminder]:
    """The reminders of some work and of what runs out, newest first.

    All for the program, for others those that told them.
    """
    of_work = Q(kind=WORK_DUE, obligation__in=items.order_by().values("pk"))
    ends = Expiry.objects.none() if expiries is None else expiries
    of_ends = Q(kind=EXPIRY, obligation__in=ends.order_by().values("pk"))
    rows = Reminder.objects.filter(of_work | of_ends)
    if not user.has_role(*PROGRAM_ROLES):
        rows = rows.filter(Exists(Notice.objects.visible_to(user).filter(reminder=OuterRef("pk"))))
    notices = Notice.objects.select_related("person").prefetch_related("deliveries").order_by("person__name")
    return rows.prefetch_related(Prefetch("notices", notices)).order_by("-planned_at", "-pk")


def lines_of(rows: Iterable[Reminder], *, user: User, about: User | None = None) -> list[Line]:
    """The rows as they are read; `about` asks of each why that person was not told."""
    rows = list(rows)
    keys = {row.obligation for row in rows}
    items: dict[UUID, Obligation] = {**WorkItem.objects.for_list().in_bulk(keys)}
    if len(items) < len(keys):
        items |= Expiry.objects.for_list().in_bulk(keys)
    reached = Recipients(items.values()) if about else None
    return [_line(row, items[row.obligation], user=user, about=about, reached=reached) for row in rows]


def _line(
    row: Reminder, item: Obligation, *, user: User, about: User | None, reached: Recipients | None
) -> Line:
    notices = list(row.notices.all())
    readable = [one for one in notices if _is_readable(one, user)]
    rule = RecipientRule(row.rule).label if row.rule else RecipientRule.OWNER.label
    why_not = why_not_told(row, item, notices, about, reached) if about and reached else ""
    return Line(
        row, item, days_in_words(int(row.step)), rule, readable, len(notices) - len(readable), why_not
    )


def _is_readable(notice: Notice, user: User) -> bool:
    """One's own; the program reads whom Milepost told, but not of the private, such as who has not voted."""
    if notice.person_id == user.pk:
        return True
    return user.has_role(*PROGRAM_ROLES) and not notice.is_private


def why_not_told(
    row: Reminder, item: Obligation, notices: list[Notice], person: User, reached: Recipients
) -> str:
    """In words; empty when they were mailed."""
    is_owners = row.rule in ("", RecipientRule.OWNER)
    if any(one.is_private for one in notices) or (item.party == Party.COMMITTEE and is_owners):
        return _("Who is reminded of a vote stays with the member.")
    found = next((one for one in notices if one.person_id == person.pk), None)
    if found is None:
        return _not_found(row, is_reached=person.pk in reached.of(item, row.rule))
    states = {delivery.state for delivery in found.deliveries.all()}
    if DeliveryState.SENT in states:
        return ""
    if DeliveryState.QUEUED in states:
        return _("The mail is on its way, or waits for their digest.")
    if DeliveryState.FAILED in states:
        return _("Told in the app; the mail could not be delivered.")
    if states:
        return _("Told in the app; before the mail left it did not concern them any more.")
    return _("Told in the app; they want no mails of this topic.")


_REASONS: dict[str, Text] = {
    ReminderState.PLANNED: gettext_lazy("It is not due yet."),
    ReminderState.SUPERSEDED: gettext_lazy("It was silenced before it was due, or something later was said."),
    ReminderState.SUPPRESSED: gettext_lazy(
        "Nobody was told: it did not matter any more, or nobody was there."
    ),
}


def _not_found(row: Reminder, *, is_reached: bool) -> str:
    if row.state in (ReminderState.PLANNED, ReminderState.SUPERSEDED) and not is_reached:
        return _("This rule does not lead to them.")
    return str(_REASONS.get(row.state) or _("The rule led to others at that moment."))


@dataclass(frozen=True)
class Escalation:
    """On this day these are told, if the work is still open."""

    on: date
    who: list[str]

    @property
    def words(self) -> str:
        values = {"day": day_in_words(self.on), "who": _and(self.who)}
        return _("on %(day)s, %(who)s") % values


_WHO: dict[str, Text] = {
    RecipientRule.PARTY_LEAD: gettext_lazy("the lead of %(organization)s"),
    RecipientRule.PARTNER_LEAD: gettext_lazy("the lead of the coaching partner"),
    RecipientRule.MANAGER: gettext_lazy("the program manager"),
    RecipientRule.DIRECTOR: gettext_lazy("the program director"),
}


def escalation_in_words(items: Iterable[WorkItem]) -> dict[UUID, str]:
    """For each open item: whom its lateness will be told to, and when, as the ledger has it."""
    items = list(items)
    planned = Reminder.objects.filter(
        ~Q(rule__in=["", RecipientRule.OWNER]),
        kind=WORK_DUE,
        obligation__in=[item.pk for item in items],
        state=ReminderState.PLANNED,
    )
    rows: dict[UUID, list[Reminder]] = {}
    for row in planned.order_by("planned_at", "pk"):
        rows.setdefault(row.obligation, []).append(row)
    home = program_calendar()
    found = {}
    for item in items:
        if item.pk in rows:
            calendar = calendar_of(item.organization, home=home)
            steps = _by_day(rows[item.pk], item, calendar)
            found[item.pk] = _sentence(steps)
    return found


def _by_day(rows: list[Reminder], item: WorkItem, calendar: WorkingCalendar) -> list[Escalation]:
    organization = item.organization.name if item.organization else item.get_party_display()
    days: dict[date, list[str]] = {}
    for row in rows:
        who = str(_WHO[row.rule]) % {"organization": organization}
        days.setdefault(calendar.local_day(row.planned_at), []).append(who)
    return [Escalation(day, who) for day, who in days.items()]


def _sentence(steps: list[Escalation]) -> str:
    told = "; ".join(step.words for step in steps)
    return _("If this is still open, others are told: %(steps)s.") % {"steps": told}


def _and(words: list[str]) -> str:
    return _(" and ").join(words)


@dataclass(frozen=True)
class End:
    """Something of a case that runs out; who is told of it next, by which rules and when."""

    expiry: Expiry
    is_over: bool
    next_on: date | None
    who: list[str]


def ends_of(expiries: ExpiryQuerySet, *, now: datetime) -> list[End]:
    """What runs out, with the next message about each as the ledger has it."""
    rows = list(expiries.for_list())
    if not rows:
        return []
    planned = Reminder.objects.filter(
        kind=EXPIRY, obligation__in=[row.pk for row in rows], state=ReminderState.PLANNED
    ).order_by("planned_at", "pk")
    coming: dict[UUID, list[Reminder]] = {}
    for reminder in planned:
        coming.setdefault(reminder.obligation, []).append(reminder)
    home = program_calendar()
    return [_end(row, coming.get(row.pk, []), calendar_of(row.organization, home=home), now) for row in rows]


def _end(expiry: Expiry, coming: list[Reminder], calendar: WorkingCalendar, now: datetime) -> End:
    is_over = expiry.is_over(calendar.local_day(now))
    if not coming:
        return End(expiry, is_over, None, [])
    first = coming[0].planned_at
    who = [str(RecipientRule(one.rule).label) for one in coming if one.planned_at == first]
    return End(expiry, is_over, calendar.local_day(first), who)

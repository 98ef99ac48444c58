"""All that is planned, written and silenced for one person, as the program and they themselves read it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.enums import RecipientRule
from cases.models import Case, WorkItem
from cases.reminders import WORK_DUE
from certification.models import Expiry
from certification.services.expiries import EXPIRY
from core.errors import Text
from notifications.enums import DeliveryState, ReminderState
from notifications.explaining import Fact
from notifications.models import Delivery, Notice, Reminder
from notifications.querysets import NoticeQuerySet
from notifications.resolvers import Ask, Message, resolve
from people.models import Absence, User
from workflows.foretelling import days_in_words
from workflows.recipients import Obligation

# How far one looks ahead, and how many of the silenced are shown.
AHEAD, SILENCED = 100, 50
OWN_RULES = ("", RecipientRule.OWNER)


@dataclass(frozen=True)
class Line:
    """One message, with the work, or what runs out, that it is about."""

    reminder: Reminder | None
    notice: Notice | None
    item: Obligation | None
    subject: str = ""

    @property
    def when(self) -> str:
        """The step of the ladder in words."""
        return days_in_words(int(self.reminder.step)) if self.reminder and self.item else ""

    @property
    def rule(self) -> Text:
        if self.reminder is None or self.item is None:
            return ""
        return rule_of(self.reminder)


def rule_of(reminder: Reminder) -> Text:
    return RecipientRule(reminder.rule or RecipientRule.OWNER).label


def notices_to(person: User, *, reader: User) -> NoticeQuerySet:
    """What was written to them, newest first; what is private only for themselves."""
    rows = Notice.objects.explained_to(reader).filter(person=person)
    return rows.select_related("reminder").prefetch_related("deliveries").order_by("-created_at", "pk")


def about_city(rows: NoticeQuerySet, words: str, *, reader: User) -> NoticeQuerySet:
    """Those that name these words, or are about a case of a city of this name."""
    cases = (
        Case.objects.visible_to(reader)
        .filter(city__organization__name__icontains=words)
        .order_by()
        .values("pk")
    )
    items = WorkItem.objects.filter(case__in=cases).order_by().values("pk")
    of_case = Q(thread__in=cases) | Q(obligation__in=cases) | Q(obligation__in=items)
    return rows.filter(of_case | Q(subject__icontains=words))


def mailed(rows: NoticeQuerySet, state: str) -> NoticeQuerySet:
    """Those whose mail came to this state; without a state those that were not to be mailed."""
    deliveries = Delivery.objects.filter(notice=OuterRef("pk"))
    if state in DeliveryState.values:
        return rows.filter(Exists(deliveries.filter(state=state)))
    return rows.filter(~Exists(deliveries))


def lines_of_notices(notices: Iterable[Notice]) -> list[Line]:
    notices = list(notices)
    items = _items(one.reminder for one in notices if one.reminder)
    return [
        Line(one.reminder, one, items.get(one.obligation) if one.obligation else None, one.subject)
        for one in notices
    ]


def planned_for(person: User, *, reader: User, now: datetime) -> list[Line]:
    """The messages to come that would reach them today, of the next hundred that may concern them."""
    ahead = (_work_ahead(person, now=now), _ends_ahead(person), _other_ahead())
    rows = [row for found in ahead for row in found[:AHEAD]]
    messages = _messages(rows)
    reaching = [
        (row, messages[row.pk])
        for row in sorted(rows, key=lambda row: (row.planned_at, row.pk))
        if row.pk in messages and _reaches(messages[row.pk], person, reader=reader)
    ]
    items = _items(row for row, _message in reaching)
    return [Line(row, None, items.get(row.obligation), message.subject) for row, message in reaching]


def _reaches(message: Message, person: User, *, reader: User) -> bool:
    return person.pk in message.recipients and (reader == person or not message.is_private)


def _work_ahead(person: User, *, now: datetime) -> QuerySet[Reminder]:
    seen = WorkItem.objects.visible_to(person).open().order_by()
    away = Absence.objects.running(now).filter(substitute=person).values("person")
    own = seen.filter(Q(owner=person) | Q(owner__isnull=True) | Q(owner__in=away))
    led_to = Q(rule__in=OWN_RULES, obligation__in=own.values("pk"))
    led_past = ~Q(rule__in=OWN_RULES) & Q(obligation__in=seen.values("pk"))
    rows = Reminder.objects.filter(led_to | led_past, kind=WORK_DUE, state=ReminderState.PLANNED)
    return rows.order_by("planned_at", "pk")


def _ends_ahead(person: User) -> QuerySet[Reminder]:
    seen = Expiry.objects.visible_to(person).open().order_by()
    led_to = Q(rule__in=OWN_RULES, obligation__in=Expiry.objects.owed_by(person).order_by().values("pk"))
    led_past = ~Q(rule__in=OWN_RULES) & Q(obligation__in=seen.values("pk"))
    rows = Reminder.objects.filter(led_to | led_past, kind=EXPIRY, state=ReminderState.PLANNED)
    return rows.order_by("planned_at", "pk")


def _other_ahead() -> QuerySet[Reminder]:
    planned = Reminder.objects.filter(state=ReminderState.PLANNED).exclude(kind__in=[WORK_DUE, EXPIRY])
    return planned.order_by("planned_at", "pk")


def _messages(rows: Iterable[Reminder]) -> dict[int, Message]:
    """What each would say today, one call a kind."""
    by_kind: dict[str, list[tuple[Reminder, Ask]]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append((row, Ask(row.obligation, row.step, row.rule)))
    found: dict[int, Message] = {}
    for kind, pairs in by_kind.items():
        answers = resolve(kind, [ask for _row, ask in pairs])
        found |= {row.pk: answers[ask] for row, ask in pairs if ask in answers}
    return found


def silenced_for(person: User) -> list[Line]:
    """What was planned about work of theirs and never told to them, newest first."""
    theirs = WorkItem.objects.filter(owner=person).order_by().values("pk")
    told = Notice.objects.filter(reminder=OuterRef("pk"), person=person)
    ended = (ReminderState.SUPPRESSED, ReminderState.SUPERSEDED)
    rows = Reminder.objects.filter(
        ~Exists(told), kind=WORK_DUE, rule__in=OWN_RULES, state__in=ended, obligation__in=theirs
    )
    newest = list(rows.order_by("-planned_at", "-pk")[:SILENCED])
    items = _items(newest)
    return [Line(row, None, items[row.obligation]) for row in newest]


def _items(reminders: Iterable[Reminder]) -> dict[object, Obligation]:
    keys: dict[str, set[UUID]] = defaultdict(set)
    for row in reminders:
        keys[row.kind].add(row.obligation)
    found: dict[object, Obligation] = {}
    if keys[WORK_DUE]:
        found |= WorkItem.objects.for_list().in_bulk(keys[WORK_DUE])
    if keys[EXPIRY]:
        found |= Expiry.objects.for_list().in_bulk(keys[EXPIRY])
    return found


def explain_work(reminder: Reminder, reader: User) -> list[Fact]:
    """Which work a reminder is about, and by which step and rule of its ladder it came."""
    items = WorkItem.objects.visible_to(reader).for_list()
    return _facts(reminder, items.filter(pk=reminder.obligation).first(), reader)


def explain_expiry(reminder: Reminder, reader: User) -> list[Fact]:
    """What runs out, and by which step and rule of its ladder it was told."""
    expiries = Expiry.objects.visible_to(reader).for_list()
    return _facts(reminder, expiries.filter(pk=reminder.obligation).first(), reader)


def _facts(reminder: Reminder, item: Obligation | None, reader: User) -> list[Fact]:
    facts = [Fact(_("Step"), days_in_words(int(reminder.step))), Fact(_("Rule"), rule_of(reminder))]
    if item is None:
        return facts
    place = item.place.name if item.place else ""
    return [
        Fact(_("About"), ", ".join(filter(None, [str(item.title), place])), _page_of(item, reader)),
        *facts,
    ]


def _page_of(item: Obligation, reader: User) -> str:
    if item.case_id is None or not Case.objects.visible_to(reader).filter(pk=item.case_id).exists():
        return ""
    return reverse("workflows:case-deadlines", args=[item.case_id])

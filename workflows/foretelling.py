"""What a policy does to open work, told before it is done; and whom open work will be told to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.deadlines import Policy, calendar_of, policies, program_calendar
from cases.enums import RecipientRule
from cases.ladders import Rung
from cases.models import WorkItem
from cases.reminders import moments_of
from cases.services import due_after_pause, dues_with, moved_due
from core.calendars import WorkingCalendar
from people.models import Organization, User
from workflows.recipients import Obligation, Recipients


@dataclass(frozen=True)
class Told:
    """One message to come: on which day, by which rule, and whom the rule would find today."""

    rung: Rung
    on: date
    at: datetime
    people: Sequence[User]
    is_past: bool

    @property
    def rule(self) -> str:
        return str(self.rung.rule.label)


@dataclass(frozen=True)
class MovedMessage:
    """A message by the day on which it would go out now, and by the day on which it will then."""

    rung: Rung
    before: date
    was: bool
    after: date
    is_past: bool

    @property
    def rule(self) -> str:
        return str(self.rung.rule.label)

    @property
    def when(self) -> str:
        return days_in_words(self.rung.days)


@dataclass(frozen=True)
class Moved:
    """Open work with its due date as it is and as it will be, and its messages where they are asked for."""

    item: Obligation
    due_at: datetime
    messages: Sequence[MovedMessage] = ()

    @property
    def moves(self) -> bool:
        return self.due_at != self.item.due_at


def days_in_words(*days: int) -> str:
    """14, 5, 1 working days before; on the due date; 1 working day after. The days are in their order."""
    before = [-one for one in days if one < 0]
    after = [one for one in days if one > 0]
    words = []
    if before:
        text = ngettext("%(days)s working day before", "%(days)s working days before", max(before))
        words.append(text % {"days": _listed(before)})
    if 0 in days:
        words.append(_("on the due date"))
    if after:
        text = ngettext("%(days)s working day after", "%(days)s working days after", max(after))
        words.append(text % {"days": _listed(after)})
    return "; ".join(words)


def _listed(days: Iterable[int]) -> str:
    return ", ".join(str(one) for one in days)


def ladder_in_words(policy: Policy) -> list[tuple[str, str]]:
    """Each rule with its days."""
    by_rule = {rule: [rung.days for rung in policy.ladder if rung.rule is rule] for rule in RecipientRule}
    return [(str(rule.label), days_in_words(*days)) for rule, days in by_rule.items() if days]


def moved_by(items: Sequence[WorkItem], by_days: int, *, now: datetime) -> list[Moved]:
    return [Moved(item, moved_due(item, by_days, now=now)) for item in items]


def moved_to(
    item: WorkItem, due_at: datetime, policy: Policy, *, now: datetime, home: WorkingCalendar | None = None
) -> Moved:
    """Every date of a piece of work as it is, and as it would be with another due date."""
    calendar = calendar_of(item.organization, home=home)
    before = moments_of(policy.ladder, due_at=item.due_at, calendar=calendar)
    after = moments_of(policy.ladder, due_at=due_at, calendar=calendar)
    day = calendar.local_day
    messages = [
        MovedMessage(rung, day(before[rung]), before[rung] <= now, day(at), at <= now)
        for rung, at in sorted(after.items(), key=lambda one: (one[1], _order(one[0].rule)))
    ]
    return Moved(item, due_at, messages)


def _order(rule: RecipientRule) -> tuple[bool, str]:
    return rule is not RecipientRule.OWNER, rule


def moved_by_hold(
    items: Iterable[WorkItem], *, since: datetime, until: datetime, now: datetime
) -> list[Moved]:
    """What a hold of a case does to its open work: every date as it is, and as it is once it is resumed."""
    held, home = policies(), program_calendar()
    return [
        moved_to(item, due_after_pause(item, since=since, until=until), held[item.step], now=now, home=home)
        for item in items
        if item.paused_at is None
    ]


def moved_by_closing(
    organization: Organization, closed: Iterable[date], *, keeps_time: bool, reader: User, now: datetime
) -> list[Moved]:
    """The due dates that would move once an organization is closed on these days, as far as one sees them."""
    before = calendar_of(organization)
    after = replace(before, closed=frozenset(closed))
    items = WorkItem.objects.visible_to(reader).filter(organization=organization)
    dues = dues_with(items, before, after, keeps_time=keeps_time, now=now)
    return [moved for moved in (Moved(item, due_at) for item, due_at in dues) if moved.moves]


def told_of(item: Obligation, policy: Policy, *, due_at: datetime, now: datetime) -> list[Told]:
    """Every message of a piece of work with this due date, in their order; people as of today."""
    calendar = calendar_of(item.organization)
    recipients = Recipients([item])
    found = {rung: recipients.of(item, rung.rule) for rung in policy.ladder}
    people = User.objects.in_bulk({person for told in found.values() for person in told})
    moments = moments_of(policy.ladder, due_at=due_at, calendar=calendar)
    return sorted(
        (
            Told(rung, calendar.local_day(at), at, [people[one] for one in found[rung]], at <= now)
            for rung, at in moments.items()
        ),
        key=lambda told: (told.at, _order(told.rung.rule)),
    )

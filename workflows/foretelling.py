"""What a policy does to open work, told before it is done; and whom open work will be told to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.deadlines import Policy, calendar_of
from cases.enums import RecipientRule
from cases.ladders import Rung
from cases.models import WorkItem
from cases.reminders import moments_of
from cases.services import dues_with, moved_due
from people.models import Organization, User
from workflows.recipients import Recipients


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
class Moved:
    """Open work with its due date as it is and as it will be."""

    item: WorkItem
    due_at: datetime

    @property
    def moves(self) -> bool:
        return self.due_at != self.item.due_at


def days_in_words(days: int) -> str:
    """5 working days before · on the due date · 1 working day after"""
    if days < 0:
        return ngettext("%(days)s working day before", "%(days)s working days before", -days) % {
            "days": -days
        }
    if days == 0:
        return _("on the due date")
    return ngettext("%(days)s working day after", "%(days)s working days after", days) % {"days": days}


def ladder_in_words(policy: Policy) -> list[tuple[str, str]]:
    """Each rule with its days."""
    return [
        (str(rule.label), ", ".join(days_in_words(rung.days) for rung in policy.ladder if rung.rule is rule))
        for rule in RecipientRule
        if any(rung.rule is rule for rung in policy.ladder)
    ]


def moved_by(items: Sequence[WorkItem], by_days: int, *, now: datetime) -> list[Moved]:
    return [Moved(item, moved_due(item, by_days, now=now)) for item in items]


def moved_by_closing(
    organization: Organization, closed: Iterable[date], *, keeps_time: bool, reader: User, now: datetime
) -> list[Moved]:
    """The due dates that would move once an organization is closed on these days, as far as one sees them."""
    before = calendar_of(organization)
    after = replace(before, closed=frozenset(closed))
    items = WorkItem.objects.visible_to(reader).filter(organization=organization)
    dues = dues_with(items, before, after, keeps_time=keeps_time, now=now)
    return [moved for moved in (Moved(item, due_at) for item, due_at in dues) if moved.moves]


def told_of(item: WorkItem, policy: Policy, *, due_at: datetime, now: datetime) -> list[Told]:
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
        key=lambda told: (told.at, told.rung.rule != RecipientRule.OWNER, told.rung.rule),
    )

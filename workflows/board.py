"""A partner's engagements from the offer to the close, by how far they are; what stands still comes first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import WorkItem
from coaching.assigning import Coach, coaches_with_profiles
from coaching.enums import EngagementStatus, HealthLevel
from coaching.faring import health_of
from coaching.health import Health
from coaching.models import Engagement
from core.errors import Text
from people.models import Organization, User
from workflows.selectors import open_work_for

COLUMNS = (
    EngagementStatus.OFFERED,
    EngagementStatus.ACCEPTED,
    EngagementStatus.ACTIVE,
    EngagementStatus.CLOSING,
)


@dataclass
class Card:
    """One engagement; `step` is what the reader may do about it now."""

    engagement: Engagement
    health: Health
    step: WorkItem | None = None

    @property
    def days(self) -> int:
        """How long it has stood in its column."""
        return (self.health.facts.today - self.health.facts.standing_since).days

    @property
    def may_change_coach(self) -> bool:
        return self.engagement.coach_assigned_at is not None


@dataclass(frozen=True)
class Column:
    status: EngagementStatus
    count: int
    cards: list[Card]

    @property
    def label(self) -> Text:
        return self.status.label

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Load:
    """A coach's engagements against their capacity, and how many of them stand still."""

    coach: Coach
    stalled: int


def cards_of(partner: Organization, *, now: datetime) -> list[Card]:
    """Everything of the partner that is not over, what needs somebody most first; five queries."""
    rows = Engagement.objects.filter(partner=partner, status__in=COLUMNS, case__closed_at__isnull=True)
    found = list(rows.select_related("coach", "case__city__organization").for_health())
    health = health_of(found, now=now)
    cards = [Card(one, health[one.pk]) for one in found]
    return sorted(cards, key=lambda card: (*card.health.rank, -card.days, card.engagement.case.city.name))


def columns_of(cards: Sequence[Card], *, most: int) -> list[Column]:
    """Each column with its count and no more cards than `most`."""
    by_status: dict[str, list[Card]] = {status: [] for status in COLUMNS}
    for card in cards:
        by_status[card.engagement.status].append(card)
    return [Column(status, len(by_status[status]), by_status[status][:most]) for status in COLUMNS]


def loads_of(partner: Organization, cards: Sequence[Card], *, now: datetime) -> list[Load]:
    """The partner's coaches, the fullest first."""
    stalled = Counter(card.engagement.coach_id for card in cards if card.health.level == HealthLevel.STALLED)
    coaches = coaches_with_profiles(partner, today=now.date())
    loads = [Load(coach, stalled[coach.person.pk]) for coach in coaches]
    return sorted(loads, key=_fullness)


def _fullness(load: Load) -> tuple[Any, ...]:
    free = load.coach.free
    return (free is None, free or 0, -load.coach.running, load.coach.person.name)


def give_steps(cards: Sequence[Card], reader: User) -> None:
    """Each card's open step, where it is the reader's to do; one query."""
    items = open_work_for(reader).filter(subject__in=[card.engagement.pk for card in cards], kind="step")
    steps = {item.subject: item for item in items}
    for card in cards:
        card.step = steps.get(card.engagement.pk)

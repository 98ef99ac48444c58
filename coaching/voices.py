"""What cities say of a partner, in sums from which nobody can tell who said what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from coaching.enums import Agreement, Satisfaction
from coaching.models import Feedback
from core.errors import Text
from people.models import Organization

# A sum grows by so many cities at once: the next one tells of five again, never of the last who answered.
CITIES_AT_LEAST = 5
QUESTIONS: dict[str, tuple[Text, type[TextChoices]]] = {
    "satisfaction": (_("How helpful was the coaching?"), Satisfaction),
    "fitted": (_("The coaching fitted our situation."), Agreement),
    "changed": (_("We work differently now."), Agreement),
}


@dataclass(frozen=True)
class Answers:
    """One question with how often each answer was given, the best first; `of` counts those who answered."""

    question: Text
    counts: list[tuple[Text, int]]

    @property
    def of(self) -> int:
        return sum(count for _label, count in self.counts)


@dataclass(frozen=True)
class Voices:
    """`cities` and `engagements` say how many are counted, `since` and `until` when they answered."""

    cities: int = 0
    engagements: int = 0
    since: datetime | None = None
    until: datetime | None = None
    answers: list[Answers] = field(default_factory=list)


def voices_on(partner: Organization) -> Voices:
    """The partner's feedback in batches of five cities, the oldest first; what is left over waits."""
    given = Feedback.objects.filter(engagement__partner=partner).select_related("engagement__case")
    counted = _in_whole_batches(given.order_by("given_at", "pk"))
    if not counted:
        return Voices()
    return Voices(
        cities=len({one.engagement.case.city_id for one in counted}),
        engagements=len(counted),
        since=counted[0].given_at,
        until=counted[-1].given_at,
        answers=[_answers(name, counted) for name in QUESTIONS],
    )


def _in_whole_batches(given: Iterable[Feedback]) -> list[Feedback]:
    counted: list[Feedback] = []
    batch: list[Feedback] = []
    for feedback in given:
        batch.append(feedback)
        if len({one.engagement.case.city_id for one in batch}) == CITIES_AT_LEAST:
            counted += batch
            batch = []
    return counted


def _answers(name: str, counted: list[Feedback]) -> Answers:
    question, choices = QUESTIONS[name]
    given = Counter(getattr(one, name) for one in counted)
    return Answers(question, [(label, given[value]) for value, label in choices.choices])

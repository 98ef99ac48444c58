"""A city's result beside those of other cities of its size, without telling which cities these are.

The city itself is not among them, so that nobody can take it away from the figures again. The figures are
those of the day of release: later results don't move them, and comparing two readings tells nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median_low

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet

from certification.enums import AssessmentStatus, Rating
from certification.models import Assessment
from certification.report.result import Report
from people.models import User
from people.roles import PROGRAM_ROLES
from standards.levels import AreaResult, Rules, by_area

LEAST_CITIES = 5
YEARS = 3


@dataclass(frozen=True)
class SizeGroup:
    """Cities of `least` people and more, below `below` if there is a larger group."""

    least: int
    below: int | None

    @property
    def most(self) -> int | None:
        return self.below - 1 if self.below else None


@dataclass(frozen=True)
class Peers:
    """Medians of criteria that count, in all and by area; none of the figures when they are not shown.

    `is_small` says that there are fewer cities than may be shown to anybody but the program.
    """

    group: SizeGroup | None
    since: datetime
    until: datetime
    is_small: bool
    cities: int | None = None
    median: int | None = None
    areas: tuple[AreaResult, ...] = ()

    def for_everyone(self) -> "Peers":
        """What may leave the program's hands: no figures of too few cities."""
        return replace(self, cities=None, median=None, areas=()) if self.is_small else self

    @property
    def is_shown(self) -> bool:
        return self.median is not None


def size_group_of(population: int) -> SizeGroup:
    bounds = [0, *settings.SIZE_GROUPS]
    place = bisect_right(bounds, population)
    return SizeGroup(bounds[place - 1], bounds[place] if place < len(bounds) else None)


def peers_of(report: Report, *, user: User, now: datetime) -> Peers:
    """The other cities of the size group, each with its newest result released before this one was."""
    assessment = report.assessment
    until = assessment.released_at or now
    since = until - relativedelta(years=YEARS)
    population = assessment.case.city.population
    if population is None:
        return Peers(None, since, until, is_small=True)
    group = size_group_of(population)
    results = _area_results(_others(assessment, group, since, until), report.rules)
    is_small = len(results) < LEAST_CITIES
    if not results or (is_small and not user.has_role(*PROGRAM_ROLES)):
        return Peers(group, since, until, is_small=True)
    return Peers(
        group,
        since,
        until,
        is_small=is_small,
        cities=len(results),
        median=median_low([sum(area.met for area in areas) for areas in results]),
        areas=tuple(_median(of_area) for of_area in zip(*results, strict=True)),
    )


def _others(
    assessment: Assessment, group: SizeGroup, since: datetime, until: datetime
) -> QuerySet[Assessment]:
    case = assessment.case
    size = Q(case__city__population__gte=group.least)
    if group.below:
        size &= Q(case__city__population__lt=group.below)
    released = Assessment.objects.filter(
        size,
        status=AssessmentStatus.RELEASED,
        case__standard=case.standard_id,
        released_at__gt=since,
        released_at__lte=until,
    )
    newest = released.exclude(case__city=case.city_id).order_by("case__city_id", "-released_at", "-round")
    return Assessment.objects.filter(pk__in=newest.distinct("case__city_id").values("pk"))


def _area_results(rounds: QuerySet[Assessment], rules: Rules) -> list[tuple[AreaResult, ...]]:
    met = ArrayAgg(
        "responses__criterion__code", filter=Q(responses__settlement__outcome=Rating.MET), default=[]
    )
    return [by_area(rules, codes) for codes in rounds.annotate(met=met).values_list("met", flat=True)]


def _median(results: Iterable[AreaResult]) -> AreaResult:
    all_results = list(results)
    first = all_results[0]
    return AreaResult(first.code, median_low([one.met for one in all_results]), first.of)

"""Figures over all cases. Rows come in already narrowed to what the reader sees and asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext_lazy as _

from cases.enums import ENDS, PATH, Party, Stage
from cases.selectors import typical_days
from core.errors import Text
from workflows.models import CityStatus
from workflows.querysets import CityStatusQuerySet
from workflows.status import NOBODY

RUNNING = tuple(stage for stage in PATH if stage not in ENDS)
STUCK = 10


class Median(models.Aggregate):
    """The middle one of durations; between the two middle ones when their number is even."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()


@dataclass(frozen=True)
class StageFigures:
    """One stage now. `median_days` is how long the cases in it have been there, `typical_days` how long
    those that left it lately had taken; None where there are too few."""

    stage: Stage
    count: int
    overdue: int
    on_hold: int
    median_days: int | None
    typical_days: int | None

    @property
    def share_overdue(self) -> int:
        """Percent, for reading only."""
        return round(100 * self.overdue / self.count) if self.count else 0


@dataclass(frozen=True)
class PartyFigures:
    """How many cases wait on a party, and how many of these are overdue."""

    party: str
    label: Text
    count: int
    overdue: int


@dataclass(frozen=True)
class Pipeline:
    stages: Sequence[StageFigures]
    parties: Sequence[PartyFigures]
    stuck: Sequence[CityStatus]

    @property
    def open(self) -> int:
        return sum(stage.count for stage in self.stages)

    @property
    def overdue(self) -> int:
        return sum(stage.overdue for stage in self.stages)

    def waiting_on(self, party: str) -> int:
        return next(figures.count for figures in self.parties if figures.party == party)


def in_progress(rows: CityStatusQuerySet) -> CityStatusQuerySet:
    return rows.filter(stage__in=RUNNING)


def pipeline(rows: CityStatusQuerySet, *, now: datetime) -> Pipeline:
    """The open cases among the rows: by stage, by who has the ball, and those in their stage longest."""
    running = in_progress(rows)
    return Pipeline(_by_stage(running, now), _by_party(running), _stuck(running))


def _by_stage(running: CityStatusQuerySet, now: datetime) -> list[StageFigures]:
    stay = ExpressionWrapper(
        Value(now, models.DateTimeField()) - F("stage_entered_at"), output_field=models.DurationField()
    )
    counted = (
        running.order_by()
        .values("stage")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=Q(seen_overdue=True)),
            held=Count("pk", filter=Q(on_hold=True)),
            median=Median(stay),
        )
    )
    found: dict[str, Any] = {row["stage"]: row for row in counted}
    return [_stage_figures(stage, found.get(stage)) for stage in RUNNING]


def _stage_figures(stage: Stage, row: Any) -> StageFigures:
    typical = typical_days(stage)
    if row is None:
        return StageFigures(stage, 0, 0, 0, None, typical)
    median: timedelta = row["median"]
    return StageFigures(stage, row["count"], row["late"], row["held"], median.days, typical)


def _by_party(running: CityStatusQuerySet) -> list[PartyFigures]:
    counted = (
        running.order_by()
        .values("seen_waiting_on")  # type: ignore[misc]  # -- annotated by visible_to
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(seen_overdue=True)))
    )
    found: dict[str, Any] = {row["seen_waiting_on"]: row for row in counted}
    parties: list[tuple[str, Text]] = [*Party.choices, (NOBODY, _("Nobody"))]
    return [
        PartyFigures(party, label, found[party]["count"], found[party]["late"])
        if party in found
        else PartyFigures(party, label, 0, 0)
        for party, label in parties
    ]


def _stuck(running: CityStatusQuerySet) -> list[CityStatus]:
    return list(running.for_list().order_by("stage_entered_at", "city__organization__slug")[:STUCK])

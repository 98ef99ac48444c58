"""Reading a standard as what others compute with: its rules for the level arithmetic, its file."""

from collections.abc import Iterable
from datetime import date

from standards.enums import MinimumKind
from standards.fileformat import AreaSpec, CheckSpec, CriterionSpec, GateSpec, LevelSpec, StandardSpec
from standards.levels import Rules, Score, score
from standards.models import Criterion, Level, PracticeArea, PublishedFigure, Standard
from standards.rulebooks import rules_by_standard


def rules_of(standard: Standard) -> Rules:
    """What the level arithmetic needs; two queries, always."""
    return rules_by_standard([standard.pk])[standard.pk]


def score_of(standard: Standard, met: Iterable[str]) -> Score:
    """The result for the codes of the criteria met. Raises UnknownCriteria."""
    return score(rules_of(standard), met)


def spec_of(standard: Standard) -> StandardSpec:
    """The standard as its file says it; no queries when it comes from `for_detail`."""
    return StandardSpec(
        slug=standard.slug,
        title=standard.title,
        effective_on=standard.effective_on,
        validity_years=standard.validity_years,
        countries=tuple(standard.countries),
        min_population=standard.min_population,
        quorum=standard.quorum,
        majority=standard.majority,
        gates=tuple(GateSpec(gate["code"], gate["statement"]) for gate in standard.gates),
        areas=tuple(_area_spec(area) for area in standard.areas.all()),
        levels=tuple(_level_spec(level) for level in standard.levels.all()),
    )


def newest_figures() -> list[PublishedFigure]:
    """Of each statement what the program published last, newest first."""
    newest = PublishedFigure.objects.order_by("statement", "-published").distinct("statement")
    return sorted(newest, key=lambda figure: figure.published, reverse=True)


def levels_in_force(today: date) -> list[Level]:
    """The levels of the standard that is in force on a day, lowest first."""
    standard = Standard.objects.published().filter(effective_on__lte=today).first()
    return list(standard.levels.order_by("position")) if standard else []


def _level_spec(level: Level) -> LevelSpec:
    return LevelSpec(
        slug=level.slug,
        name=level.name,
        kind=MinimumKind(level.minimum_kind),
        minimum=level.minimum,
        mandatory=tuple(level.mandatory),
        area_minimums=level.area_minimums,
    )


def _area_spec(area: PracticeArea) -> AreaSpec:
    return AreaSpec(area.code, area.name, tuple(_criterion_spec(one) for one in area.criteria.all()))


def _criterion_spec(one: Criterion) -> CriterionSpec:
    return CriterionSpec(
        code=one.code,
        statement=one.statement,
        guidance=one.guidance,
        weight=one.weight,
        requires=tuple(one.requires),
        evidence=tuple(one.evidence),
        need=one.need,
        checks=tuple(CheckSpec(check.text, check.within_months) for check in one.checks.all()),
    )

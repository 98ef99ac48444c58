"""Reading a standard as what others compute with: its rules for the level arithmetic, its file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from standards.arithmetic import MinimumLine, arithmetic
from standards.enums import MinimumKind
from standards.fileformat import AreaSpec, CheckSpec, CriterionSpec, GateSpec, LevelSpec, StandardSpec
from standards.fileformat.writing import minimum_text
from standards.levels import CriterionRule, LevelRule, Rules, Score, score
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


@dataclass(frozen=True)
class LevelInWords:
    """What a level asks for; areas by name, `line` says what its minimum comes to."""

    name: str
    minimum: str
    line: MinimumLine
    mandatory: tuple[str, ...]
    areas: tuple[tuple[str, int], ...]


def levels_in_words(spec: StandardSpec) -> list[LevelInWords]:
    """The levels for people to read, lowest first."""
    names = {area.code: area.name for area in spec.areas}
    return [
        LevelInWords(
            name=level.name,
            minimum=minimum_text(level.kind, level.minimum),
            line=line.minimum,
            mandatory=level.mandatory,
            areas=tuple((names[code], least) for code, least in level.area_minimums.items()),
        )
        for level, line in zip(spec.levels, arithmetic(rules_in(spec)), strict=True)
    ]


def rules_in(spec: StandardSpec) -> Rules:
    """What the level arithmetic needs, from a standard's values."""
    criteria = (
        CriterionRule(one.code, area.code, one.weight, frozenset(one.requires))
        for area in spec.areas
        for one in area.criteria
    )
    levels = (
        LevelRule(one.slug, one.minimum, one.kind, frozenset(one.mandatory), one.area_minimums)
        for one in spec.levels
    )
    return Rules(tuple(criteria), tuple(levels))


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

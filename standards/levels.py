"""Level arithmetic: exact, and without a database.

Shares are `fractions.Fraction`; a percentage is never rounded before it is compared. A criterion counts when
it is met and all its prerequisites count. A level is reached when its own conditions and those of every lower
level hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from standards.enums import MinimumKind


class UnknownCriteria(Exception):
    """Codes were reported as met that the standard does not have."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        super().__init__(", ".join(self.codes))


@dataclass(frozen=True)
class CriterionRule:
    code: str
    area: str
    weight: int = 1
    requires: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LevelRule:
    """`minimum` is a share of the total weight between 0 and 1, or whole points of weight, by `kind`."""

    slug: str
    minimum: Fraction
    kind: MinimumKind = MinimumKind.PERCENT
    mandatory: frozenset[str] = frozenset()
    area_minimums: Mapping[str, int] = field(default_factory=dict)

    def points(self, total: int) -> int:
        """The least whole weight that satisfies the minimum when all criteria together weigh `total`."""
        exact = self.minimum * total if self.kind == MinimumKind.PERCENT else self.minimum
        return -(-exact.numerator // exact.denominator)


@dataclass(frozen=True)
class Rules:
    """What the arithmetic needs of a standard; levels stand lowest first."""

    criteria: tuple[CriterionRule, ...]
    levels: tuple[LevelRule, ...]

    @cached_property
    def by_code(self) -> dict[str, CriterionRule]:
        return {criterion.code: criterion for criterion in self.criteria}

    @cached_property
    def total(self) -> int:
        return self.weight(self.by_code)

    def weight(self, codes: Iterable[str]) -> int:
        return sum(self.by_code[code].weight for code in codes)


@dataclass(frozen=True)
class Missing:
    """What stands between a result and a level; empty when nothing does.

    `points` is weight, `criteria` the fewest further criteria that could carry it, `areas` the number of
    criteria short in each area, `prerequisites` the requirements that keep met criteria from counting.
    """

    points: int = 0
    criteria: int = 0
    mandatory: tuple[str, ...] = ()
    areas: Mapping[str, int] = field(default_factory=dict)
    prerequisites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        return {
            "points": self.points,
            "criteria": self.criteria,
            "mandatory": list(self.mandatory),
            "areas": dict(self.areas),
            "prerequisites": {code: list(needed) for code, needed in self.prerequisites.items()},
        }


@dataclass(frozen=True)
class AreaResult:
    code: str
    met: int
    of: int


@dataclass(frozen=True)
class Score:
    """The result: `met` counts criteria, `share` is weight met of all; `level` is None below the lowest."""

    counted: frozenset[str]
    met: int
    of: int
    weight_met: int
    weight_total: int
    share: Fraction
    level: str | None
    next_level: str | None
    missing: Missing
    by_area: tuple[AreaResult, ...]

    def as_data(self) -> dict[str, object]:
        """As `score_standard` prints it; the share stays an exact fraction."""
        return {
            "met": self.met,
            "of": self.of,
            "share": f"{self.share.numerator}/{self.share.denominator}",
            "level": self.level,
            "next_level": self.next_level,
            "missing": self.missing.as_data(),
        }


def score(rules: Rules, met: Iterable[str]) -> Score:
    """Compute the level for the codes met. Raises UnknownCriteria for a code that the standard lacks."""
    met = frozenset(met)
    if unknown := met - rules.by_code.keys():
        raise UnknownCriteria(unknown)
    counted = counting(rules, met)
    weight = rules.weight(counted)
    level, following = _reached(rules, counted)
    return Score(
        counted=counted,
        met=len(counted),
        of=len(rules.criteria),
        weight_met=weight,
        weight_total=rules.total,
        share=Fraction(weight, rules.total) if rules.total else Fraction(0),
        level=level.slug if level else None,
        next_level=following.slug if following else None,
        missing=_missing(rules, following, counted, met),
        by_area=_by_area(rules, counted),
    )


def counting(rules: Rules, met: frozenset[str]) -> frozenset[str]:
    """The criteria met whose prerequisites count, and theirs, all the way down."""
    counted: set[str] = set()
    waiting = set(met)
    while ready := {code for code in waiting if rules.by_code[code].requires <= counted}:
        counted |= ready
        waiting -= ready
    return frozenset(counted)


def _reached(rules: Rules, counted: frozenset[str]) -> tuple[LevelRule | None, LevelRule | None]:
    """The highest level reached, and the next one above it."""
    reached = None
    for level in rules.levels:
        if not _holds(rules, level, counted):
            return reached, level
        reached = level
    return reached, None


def _holds(rules: Rules, level: LevelRule, counted: frozenset[str]) -> bool:
    return (
        rules.weight(counted) >= level.points(rules.total)
        and level.mandatory <= counted
        and not _short_areas(rules, level, counted)
    )


def _short_areas(rules: Rules, level: LevelRule, counted: frozenset[str]) -> dict[str, int]:
    met = _count_by_area(rules, counted)
    short = {area: least - met.get(area, 0) for area, least in level.area_minimums.items()}
    return {area: gap for area, gap in short.items() if gap > 0}


def _missing(rules: Rules, level: LevelRule | None, counted: frozenset[str], met: frozenset[str]) -> Missing:
    if level is None:
        return Missing(prerequisites=_blocked(rules, counted, met))
    points = max(0, level.points(rules.total) - rules.weight(counted))
    return Missing(
        points=points,
        criteria=_fewest(rules, counted, points),
        mandatory=tuple(code for code in rules.by_code if code in level.mandatory - counted),
        areas=_short_areas(rules, level, counted),
        prerequisites=_blocked(rules, counted, met),
    )


def _fewest(rules: Rules, counted: frozenset[str], points: int) -> int:
    """How many more criteria it takes at the least: the heaviest first, prerequisites aside."""
    weights = sorted((one.weight for one in rules.criteria if one.code not in counted), reverse=True)
    taken = 0
    while points > 0 and taken < len(weights):
        points -= weights[taken]
        taken += 1
    return taken


def _blocked(rules: Rules, counted: frozenset[str], met: frozenset[str]) -> dict[str, tuple[str, ...]]:
    return {
        one.code: tuple(sorted(one.requires - counted))
        for one in rules.criteria
        if one.code in met and one.code not in counted
    }


def _count_by_area(rules: Rules, codes: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in codes:
        area = rules.by_code[code].area
        counts[area] = counts.get(area, 0) + 1
    return counts


def by_area(rules: Rules, met: Iterable[str]) -> tuple[AreaResult, ...]:
    """The criteria that count, area by area; for many results at once, where nothing else is asked."""
    return _by_area(rules, counting(rules, frozenset(met)))


def _by_area(rules: Rules, counted: frozenset[str]) -> tuple[AreaResult, ...]:
    met = _count_by_area(rules, counted)
    return tuple(
        AreaResult(code=area, met=met.get(area, 0), of=of)
        for area, of in _count_by_area(rules, rules.by_code).items()
    )

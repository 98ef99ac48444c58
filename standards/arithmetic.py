"""The arithmetic of every level in full, to show what holds and what does not. No database."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from standards.enums import MinimumKind
from standards.levels import LevelRule, Rules


@dataclass(frozen=True)
class MinimumLine:
    """A level's minimum: `needed` whole units of weight of `total`, which is `exact` rounded up."""

    kind: MinimumKind
    minimum: Fraction
    exact: Fraction
    needed: int
    met: int
    total: int

    @property
    def holds(self) -> bool:
        return self.met >= self.needed


@dataclass(frozen=True)
class MandatoryLine:
    code: str
    holds: bool


@dataclass(frozen=True)
class AreaLine:
    """At least `least` of the `of` criteria of an area have to count."""

    code: str
    least: int
    met: int
    of: int

    @property
    def holds(self) -> bool:
        return self.met >= self.least


@dataclass(frozen=True)
class LevelArithmetic:
    """One level: its own conditions, and whether those of every lower level hold as well."""

    slug: str
    minimum: MinimumLine
    mandatory: tuple[MandatoryLine, ...]
    areas: tuple[AreaLine, ...]
    lower_hold: bool

    @property
    def own_hold(self) -> bool:
        others = all(line.holds for line in self.mandatory) and all(line.holds for line in self.areas)
        return self.minimum.holds and others

    @property
    def reached(self) -> bool:
        return self.own_hold and self.lower_hold


def arithmetic(rules: Rules, counted: Collection[str] = ()) -> tuple[LevelArithmetic, ...]:
    """Every level for the criteria that count, the lowest first."""
    lines: list[LevelArithmetic] = []
    for rule in rules.levels:
        lines.append(_level(rules, rule, counted, lower_hold=all(line.own_hold for line in lines)))
    return tuple(lines)


def _level(rules: Rules, rule: LevelRule, counted: Collection[str], *, lower_hold: bool) -> LevelArithmetic:
    return LevelArithmetic(
        slug=rule.slug,
        minimum=_minimum(rules, rule, counted),
        mandatory=tuple(
            MandatoryLine(code, code in counted) for code in rules.by_code if code in rule.mandatory
        ),
        areas=tuple(
            AreaLine(code, least, _in_area(rules, code, counted), _in_area(rules, code, rules.by_code))
            for code, least in rule.area_minimums.items()
        ),
        lower_hold=lower_hold,
    )


def _minimum(rules: Rules, rule: LevelRule, counted: Collection[str]) -> MinimumLine:
    is_share = rule.kind == MinimumKind.PERCENT
    return MinimumLine(
        kind=rule.kind,
        minimum=rule.minimum,
        exact=rule.minimum * rules.total if is_share else rule.minimum,
        needed=rule.points(rules.total),
        met=rules.weight(counted),
        total=rules.total,
    )


def _in_area(rules: Rules, area: str, codes: Collection[str]) -> int:
    return sum(rules.by_code[code].area == area for code in codes)

"""What a standard's file says, as plain values."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from standards.enums import MinimumKind


@dataclass(frozen=True)
class CheckSpec:
    text: str
    within_months: int | None = None


@dataclass(frozen=True)
class CriterionSpec:
    """`need` of the `checks` must hold; None when the criterion has no checks."""

    code: str
    statement: str
    guidance: str = ""
    weight: int = 1
    requires: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    need: int | None = None
    checks: tuple[CheckSpec, ...] = ()


@dataclass(frozen=True)
class AreaSpec:
    code: str
    name: str
    criteria: tuple[CriterionSpec, ...]


@dataclass(frozen=True)
class LevelSpec:
    """`minimum` is a share (0 to 1) or points of weight, by `kind`."""

    slug: str
    name: str
    kind: MinimumKind
    minimum: Fraction
    mandatory: tuple[str, ...] = ()
    area_minimums: dict[str, int] = field(default_factory=dict)

    def share(self, total: int) -> Fraction:
        """The minimum as a share of the total weight, whatever its kind."""
        return self.minimum if self.kind == MinimumKind.PERCENT else self.minimum / max(total, 1)


@dataclass(frozen=True)
class GateSpec:
    code: str
    statement: str


@dataclass(frozen=True)
class StandardSpec:
    """Levels stand lowest first; `majority` is the share of the votes cast that must be exceeded."""

    slug: str
    title: str
    effective_on: date
    validity_years: int
    countries: tuple[str, ...]
    min_population: int
    quorum: int
    majority: Fraction
    gates: tuple[GateSpec, ...]
    areas: tuple[AreaSpec, ...]
    levels: tuple[LevelSpec, ...]

    @property
    def criteria(self) -> tuple[CriterionSpec, ...]:
        return tuple(criterion for area in self.areas for criterion in area.criteria)

    @property
    def weight(self) -> int:
        return sum(criterion.weight for criterion in self.criteria)

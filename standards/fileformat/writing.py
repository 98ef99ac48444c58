"""From a standard's values back to the file's shape, as data for JSON or as YAML."""

from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from standards.enums import MinimumKind
from standards.fileformat.spec import AreaSpec, CheckSpec, CriterionSpec, LevelSpec, StandardSpec


def as_data(spec: StandardSpec) -> dict[str, Any]:
    """The load format as plain values; what equals its default is left out within criteria and levels."""
    return {
        "slug": spec.slug,
        "title": spec.title,
        "effective_on": spec.effective_on.isoformat(),
        "validity_years": spec.validity_years,
        "eligibility": {"countries": list(spec.countries), "min_population": spec.min_population},
        "decision": {
            "quorum": spec.quorum,
            "majority": f"{spec.majority.numerator}/{spec.majority.denominator}",
            "gates": [{"code": gate.code, "statement": gate.statement} for gate in spec.gates],
        },
        "areas": [_area(area) for area in spec.areas],
        "levels": [_level(level) for level in spec.levels],
    }


def as_yaml(spec: StandardSpec) -> str:
    """A file that loads to the same standard."""
    data = as_data(spec) | {"effective_on": spec.effective_on}
    writer = YAML(typ="safe", pure=True)
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # -- ruamel types it as None
    writer.width = 10_000
    text = StringIO()
    writer.dump(data, text)
    return text.getvalue()


def minimum_text(kind: str, minimum: Fraction) -> str:
    """As people write it: `51%` or `150 points`."""
    if kind == MinimumKind.POINTS:
        return f"{minimum} points"
    percent = Decimal(minimum.numerator * 100) / Decimal(minimum.denominator)
    return f"{percent.normalize():f}%"


def _area(area: AreaSpec) -> dict[str, Any]:
    criteria = [_criterion(criterion) for criterion in area.criteria]
    return {"code": area.code, "name": area.name, "criteria": criteria}


def _criterion(criterion: CriterionSpec) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": criterion.code,
        "statement": criterion.statement,
        "guidance": criterion.guidance,
        "weight": criterion.weight if criterion.weight != 1 else None,
        "requires": list(criterion.requires),
        "evidence": list(criterion.evidence),
    }
    if criterion.checks:
        data["checks"] = {"need": criterion.need, "of": [_check(check) for check in criterion.checks]}
    return _without_empty(data)


def _check(check: CheckSpec) -> dict[str, Any]:
    return _without_empty({"text": check.text, "within_months": check.within_months})


def _level(level: LevelSpec) -> dict[str, Any]:
    return _without_empty(
        {
            "slug": level.slug,
            "name": level.name,
            "minimum": minimum_text(level.kind, level.minimum),
            "mandatory": list(level.mandatory),
            "area_minimums": dict(level.area_minimums),
        }
    )


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}

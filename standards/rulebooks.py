"""The rules of standards for the level arithmetic, read for many standards at once."""

import uuid
from collections.abc import Collection

from standards.enums import MinimumKind
from standards.levels import CriterionRule, LevelRule, Rules
from standards.models import Criterion, Level, Standard


def rules_by_standard(standards: Collection[uuid.UUID]) -> dict[uuid.UUID, Rules]:
    """Two queries, however many standards."""
    criteria: dict[uuid.UUID, list[CriterionRule]] = {}
    for one in Criterion.objects.filter(standard__in=standards).select_related("area").order_by("position"):
        rule = CriterionRule(one.code, one.area.code, one.weight, frozenset(one.requires))
        criteria.setdefault(one.standard_id, []).append(rule)
    levels: dict[uuid.UUID, list[LevelRule]] = {}
    for level in Level.objects.filter(standard__in=standards).order_by("position"):
        levels.setdefault(level.standard_id, []).append(_level_rule(level))
    return {
        standard: Rules(tuple(criteria.get(standard, ())), tuple(levels.get(standard, ())))
        for standard in standards
    }


def level_rules(standard: Standard) -> list[tuple[LevelRule, str]]:
    """The levels with their names, the lowest first; one query."""
    return [(_level_rule(level), level.name) for level in standard.levels.order_by("position")]


def _level_rule(level: Level) -> LevelRule:
    return LevelRule(
        slug=level.slug,
        minimum=level.minimum,
        kind=MinimumKind(level.minimum_kind),
        mandatory=frozenset(level.mandatory),
        area_minimums=level.area_minimums,
    )

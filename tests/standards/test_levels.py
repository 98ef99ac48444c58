from fractions import Fraction

import pytest

from standards.enums import MinimumKind
from standards.levels import CriterionRule, LevelRule, Missing, Rules, UnknownCriteria, score


def criteria(count: int, area: str = "A") -> tuple[CriterionRule, ...]:
    return tuple(CriterionRule(f"{area}{n}", area) for n in range(1, count + 1))


def codes(count: int, area: str = "A") -> list[str]:
    return [f"{area}{n}" for n in range(1, count + 1)]


THREE_LEVELS = (
    LevelRule("silver", Fraction(51, 100)),
    LevelRule("gold", Fraction(68, 100)),
    LevelRule("platinum", Fraction(85, 100)),
)


@pytest.mark.parametrize(
    ("met", "level", "next_level", "points"),
    [
        (0, None, "silver", 22),
        (21, None, "silver", 1),
        (22, "silver", "gold", 8),
        (29, "silver", "gold", 1),
        (30, "gold", "platinum", 7),
        (36, "gold", "platinum", 1),
        (37, "platinum", None, 0),
        (43, "platinum", None, 0),
    ],
)
def test_level_changes_exactly_at_the_boundary(met, level, next_level, points):
    rules = Rules(criteria(43), THREE_LEVELS)

    result = score(rules, codes(met))

    assert (result.level, result.next_level) == (level, next_level)
    assert (result.missing.points, result.missing.criteria) == (points, points)
    assert result.share == Fraction(met, 43)
    assert (result.met, result.of, result.weight_met, result.weight_total) == (met, 43, met, 43)


def test_share_is_never_rounded_before_it_is_compared():
    rules = Rules(criteria(3), (LevelRule("silver", Fraction("0.333334")), LevelRule("gold", Fraction(2, 3))))

    assert score(rules, codes(1)).level is None
    assert score(rules, codes(2)).level == "gold"


def test_weights_count_instead_of_criteria():
    rules = Rules(
        (CriterionRule("A1", "A", weight=3), CriterionRule("A2", "A")), (LevelRule("silver", Fraction(3, 4)),)
    )

    assert score(rules, ["A1"]).level == "silver"
    assert score(rules, ["A2"]).level is None
    assert score(rules, ["A1"]).share == Fraction(3, 4)


def test_points_are_compared_with_weight():
    level = LevelRule("silver", Fraction(5), MinimumKind.POINTS)
    rules = Rules((CriterionRule("A1", "A", weight=4), *criteria(3, "B")), (level,))

    result = score(rules, ["A1"])

    assert result.level is None
    assert (result.missing.points, result.missing.criteria) == (1, 1)
    assert score(rules, ["A1", "B2"]).level == "silver"


def test_criterion_without_its_prerequisites_does_not_count_down_the_chain():
    chain = (
        CriterionRule("A1", "A"),
        CriterionRule("A2", "A", requires=frozenset({"A1"})),
        CriterionRule("A3", "A", requires=frozenset({"A2"})),
    )
    rules = Rules(chain, (LevelRule("silver", Fraction(1, 3)),))

    result = score(rules, ["A2", "A3"])

    assert (result.met, result.level) == (0, None)
    assert result.missing.prerequisites == {"A2": ("A1",), "A3": ("A2",)}
    assert score(rules, ["A1", "A2", "A3"]).met == 3


def test_criteria_that_require_each_other_never_count():
    circle = (
        CriterionRule("A1", "A", requires=frozenset({"A2"})),
        CriterionRule("A2", "A", requires=frozenset({"A1"})),
    )

    assert score(Rules(circle, ()), ["A1", "A2"]).met == 0


def test_mandatory_criterion_keeps_the_level_away():
    rules = Rules(criteria(4), (LevelRule("silver", Fraction(1, 2), mandatory=frozenset({"A4"})),))

    result = score(rules, ["A1", "A2", "A3"])

    assert result.level is None
    assert result.missing == Missing(mandatory=("A4",))
    assert score(rules, ["A1", "A4"]).level == "silver"


def test_area_minimum_counts_criteria_of_that_area():
    level = LevelRule("silver", Fraction(0), area_minimums={"A": 2, "B": 1})
    rules = Rules((*criteria(3, "A"), *criteria(2, "B")), (level,))

    result = score(rules, ["A1", "B1", "B2"])

    assert result.level is None
    assert result.missing.areas == {"A": 1}
    assert score(rules, ["A1", "A2", "B1"]).level == "silver"


def test_higher_level_needs_the_conditions_of_every_lower_one():
    silver = LevelRule("silver", Fraction(1, 4), mandatory=frozenset({"A1"}))
    rules = Rules(criteria(4), (silver, LevelRule("gold", Fraction(1, 2))))

    result = score(rules, ["A2", "A3", "A4"])

    assert (result.level, result.next_level) == (None, "silver")
    assert result.missing.mandatory == ("A1",)


def test_fewest_criteria_takes_the_heaviest_first():
    weighty = (CriterionRule("A1", "A", 5), CriterionRule("A2", "A", 2), CriterionRule("A3", "A", 1))
    rules = Rules(weighty, (LevelRule("gold", Fraction(1)),))

    assert (score(rules, []).missing.points, score(rules, []).missing.criteria) == (8, 3)
    assert (score(rules, ["A2", "A3"]).missing.points, score(rules, ["A2", "A3"]).missing.criteria) == (5, 1)


def test_result_by_area_keeps_the_order_of_the_standard():
    rules = Rules((*criteria(2, "B"), *criteria(1, "A")), ())

    result = score(rules, ["B2"])

    assert [(area.code, area.met, area.of) for area in result.by_area] == [("B", 1, 2), ("A", 0, 1)]


def test_unknown_codes_are_refused_by_name():
    with pytest.raises(UnknownCriteria) as refusal:
        score(Rules(criteria(1), ()), ["A1", "Z9", "B2"])

    assert refusal.value.codes == ["B2", "Z9"]


def test_nothing_asked_is_nothing_reached():
    result = score(Rules((), ()), [])

    assert (result.share, result.level, result.next_level) == (Fraction(0), None, None)


def test_data_of_a_result_is_exact_and_plain():
    rules = Rules(criteria(4), THREE_LEVELS)

    assert score(rules, ["A1", "A2"]).as_data() == {
        "met": 2,
        "of": 4,
        "share": "1/2",
        "level": None,
        "next_level": "silver",
        "missing": {"points": 1, "criteria": 1, "mandatory": [], "areas": {}, "prerequisites": {}},
    }

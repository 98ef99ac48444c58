"""The planner against trying every set."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.enums import MinimumKind
from standards.fileformat import parse
from standards.levels import CriterionRule, LevelRule, Rules, score
from standards.planner import nearest
from standards.selectors import rules_in
from tests.standards.factories import WWC_V3
from tests.standards.test_levels_reference import standards


@st.composite
def journeys(draw, most=9):
    rules = draw(standards(most))
    codes = [one.code for one in rules.criteria]
    met = frozenset(draw(st.sets(st.sampled_from(codes))))
    effort = {code: draw(st.integers(1, 4)) for code in codes}
    return rules, met, effort


def reached(rules, met, slug):
    order = [None, *(level.slug for level in rules.levels)]
    return order.index(score(rules, met).level) >= order.index(slug)


def by_trying_everything(rules, met, slug, effort):
    """Number and effort of the nearest set, or nothing."""
    open_codes = [one.code for one in rules.criteria if one.code not in met]
    for size in range(len(open_codes) + 1):
        found = [more for more in combinations(open_codes, size) if reached(rules, met | set(more), slug)]
        if found:
            return size, min(sum(effort[code] for code in more) for more in found)
    return None


@given(journeys())
@settings(max_examples=100, deadline=None)
def test_nearest_set_is_the_one_that_trying_everything_finds(case):
    compare_with_trying_everything(*case)


@pytest.mark.slow
@given(journeys(most=12))
@settings(max_examples=800, deadline=None)
def test_nearest_set_of_larger_standards_is_the_one_that_trying_everything_finds(case):
    compare_with_trying_everything(*case)


def compare_with_trying_everything(rules, met, effort):
    for level in rules.levels:
        found = nearest(rules, met, level.slug, effort=effort)
        expected = by_trying_everything(rules, met, level.slug, effort)

        if expected is None:
            assert found is None
            continue
        assert found is not None
        assert reached(rules, met | set(found), level.slug)
        assert (len(found), sum(effort[code] for code in found)) == expected
        assert met.isdisjoint(found)


def chain(*weights, requires=True):
    """A criterion for each weight, each requiring the one before."""
    return tuple(
        CriterionRule(f"c{n}", "A", weight, frozenset({f"c{n - 1}"} if requires and n else ()))
        for n, weight in enumerate(weights)
    )


def points(least, **more):
    return (LevelRule("level", Fraction(least), MinimumKind.POINTS, **more),)


def test_prerequisites_three_deep_come_along():
    rules = Rules((*chain(1, 1, 1, 1), CriterionRule("x", "B")), points(1, mandatory=frozenset({"c3"})))

    assert nearest(rules, frozenset(), "level") == ("c0", "c1", "c2", "c3")


def test_meeting_a_prerequisite_counts_for_what_waits_for_it():
    rules = Rules((*chain(1, 5, 5), *(CriterionRule(f"x{n}", "B", 3) for n in range(4))), points(11))

    assert nearest(rules, frozenset({"c1", "c2"}), "level") == ("c0",)


def test_of_the_smallest_sets_the_one_of_least_effort_is_taken():
    rules = Rules(chain(2, 2, 2, requires=False), points(4))

    assert nearest(rules, frozenset(), "level", effort={"c0": 4, "c1": 1, "c2": 2}) == ("c1", "c2")


def test_conditions_of_lower_levels_are_part_of_the_way():
    low = LevelRule("low", Fraction(0), mandatory=frozenset({"c2"}), area_minimums={"A": 2})
    rules = Rules(chain(1, 1, 1, requires=False), (low, LevelRule("high", Fraction(1, 3))))

    assert nearest(rules, frozenset({"c0"}), "high") == ("c2",)


def test_level_that_is_reached_needs_nothing():
    assert nearest(Rules(chain(1, 1), points(1)), frozenset({"c0"}), "level") == ()


@pytest.mark.parametrize("more", [{}, {"area_minimums": {"A": 4}}, {"mandatory": frozenset({"x"})}])
def test_level_out_of_reach_is_told(more):
    """More points than there are, more criteria than the area has, a circle of prerequisites."""
    circle = CriterionRule("x", "B", 1, frozenset({"y"})), CriterionRule("y", "B", 1, frozenset({"x"}))
    rules = Rules((*chain(1, 1, 1), *circle), points(1 if more else 4, **more))

    assert nearest(rules, frozenset(), "level") is None


def test_real_standard_needs_as_many_as_are_missing():
    rules = rules_in(parse(WWC_V3.read_bytes()))
    met = frozenset(one.code for one in rules.criteria[:20])

    assert {level.slug: len(nearest(rules, met, level.slug) or ()) for level in rules.levels} == {
        "silver": 2,
        "gold": 10,
        "platinum": 17,
    }

"""The level arithmetic against a slow reference that is written quite differently."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from standards.arithmetic import arithmetic
from standards.enums import MinimumKind
from standards.levels import CriterionRule, LevelRule, Rules, score

AREAS = ("A", "B", "C")


@st.composite
def standards(draw, most=9):
    count = draw(st.integers(1, most))
    names = [f"c{n}" for n in range(count)]
    criteria = []
    for number, name in enumerate(names):
        earlier = st.sets(st.sampled_from(names[:number]), max_size=3) if number else st.just(set())
        criteria.append(
            CriterionRule(
                name, draw(st.sampled_from(AREAS)), draw(st.integers(1, 4)), frozenset(draw(earlier))
            )
        )
    shuffled = tuple(draw(st.permutations(criteria)))
    return Rules(shuffled, tuple(draw(levels(names, n)) for n in range(draw(st.integers(0, 3)))))


@st.composite
def levels(draw, names, number):
    kind = draw(st.sampled_from(list(MinimumKind)))
    least = draw(st.integers(0, 100))
    return LevelRule(
        f"level-{number}",
        Fraction(least, 100) if kind == MinimumKind.PERCENT else Fraction(least, 5).__floor__() + Fraction(0),
        kind,
        frozenset(draw(st.sets(st.sampled_from(names), max_size=2))),
        draw(st.dictionaries(st.sampled_from(AREAS), st.integers(1, 3), max_size=2)),
    )


@st.composite
def results(draw):
    rules = draw(standards())
    met = draw(st.sets(st.sampled_from([one.code for one in rules.criteria])))
    return rules, met


def counts(code, by_code, met):
    return code in met and all(counts(needed, by_code, met) for needed in by_code[code].requires)


def conditions(level, by_code, counted):
    weight = sum(by_code[code].weight for code in counted)
    total = sum(one.weight for one in by_code.values())
    if level.kind == MinimumKind.PERCENT:
        yield weight * level.minimum.denominator >= level.minimum.numerator * total
    else:
        yield weight >= level.minimum
    for code in level.mandatory:
        yield code in counted
    for area, least in level.area_minimums.items():
        yield len([code for code in counted if by_code[code].area == area]) >= least


@given(results())
def test_score_agrees_with_the_reference(case):
    rules, met = case
    by_code = {one.code: one for one in rules.criteria}
    counted = {code for code in by_code if counts(code, by_code, met)}
    holds = [all(conditions(level, by_code, counted)) for level in rules.levels]
    reached = [n for n in range(len(holds)) if all(holds[: n + 1])]

    result = score(rules, met)

    assert result.counted == counted
    assert result.level == (rules.levels[reached[-1]].slug if reached else None)
    assert result.next_level == (rules.levels[len(reached)].slug if len(reached) < len(holds) else None)
    assert sum(area.met for area in result.by_area) == result.met


@given(results())
def test_supplying_what_is_missing_reaches_the_points(case):
    rules, met = case

    result = score(rules, met)

    heaviest = sorted((one.weight for one in rules.criteria if one.code not in result.counted), reverse=True)
    taken = heaviest[: result.missing.criteria]
    assert sum(taken) >= result.missing.points or len(taken) == len(heaviest)
    assert not taken or sum(taken[:-1]) < result.missing.points


@given(results(), st.data())
def test_meeting_one_more_never_lowers_the_result(case, data):
    rules, met = case
    extra = data.draw(st.sampled_from([one.code for one in rules.criteria]))
    order = [None, *(level.slug for level in rules.levels)]

    before, after = score(rules, met), score(rules, met | {extra})

    assert after.counted >= before.counted
    assert order.index(after.level) >= order.index(before.level)


def deepest(rules):
    by_code = {one.code: one for one in rules.criteria}

    def depth(code):
        return 1 + max((depth(needed) for needed in by_code[code].requires), default=0)

    return max(map(depth, by_code))


@pytest.mark.parametrize(
    "shape",
    [
        lambda rules: deepest(rules) >= 4,
        lambda rules: any(level.kind == MinimumKind.POINTS for level in rules.levels),
        lambda rules: any(len(level.area_minimums) > 1 for level in rules.levels),
        lambda rules: len({one.weight for one in rules.criteria}) > 2 and rules.levels[-1:] != (),
        lambda rules: any(len(level.mandatory) > 1 for level in rules.levels),
    ],
    ids=["prerequisites three deep", "points", "several area minimums", "weights", "mandatory"],
)
def test_random_standards_take_every_shape(shape):
    find(standards(), shape, settings=settings(deadline=None, database=None, phases=[Phase.generate]))


@given(results())
def test_arithmetic_in_full_agrees_with_the_reference(case):
    rules, met = case
    by_code = {one.code: one for one in rules.criteria}
    counted = score(rules, met).counted

    lines = arithmetic(rules, counted)

    expected = [list(conditions(level, by_code, counted)) for level in rules.levels]
    assert [line.own_hold for line in lines] == [all(one) for one in expected]
    assert [line.minimum.holds for line in lines] == [one[0] for one in expected]
    reached = [line.slug for line in lines if line.reached]
    assert (reached[-1] if reached else None) == score(rules, met).level


@given(results())
def test_what_is_missing_agrees_with_the_reference(case):
    rules, met = case
    result = score(rules, met)
    level = next((one for one in rules.levels if one.slug == result.next_level), None)
    blocked = {
        one.code: one.requires - result.counted for one in rules.criteria if one.code in met - result.counted
    }

    assert {code: set(codes) for code, codes in result.missing.prerequisites.items()} == blocked
    if level is not None:
        counted = Counter(one.area for one in rules.criteria if one.code in result.counted)
        short = {area: least - counted[area] for area, least in level.area_minimums.items()}
        assert result.missing.areas == {area: gap for area, gap in short.items() if gap > 0}
        assert set(result.missing.mandatory) == level.mandatory - result.counted

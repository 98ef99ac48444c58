"""The way to a level: the fewest further criteria that reach it, found exactly. No database.

The criteria are gone through in an order in which prerequisites come first. Of all choices so far that agree
on what matters for the rest (which prerequisites are in that later criteria ask for, what the areas still
lack, how many criteria were taken) only those are kept of which none is both lighter and harder than another.
Sizes are tried from the least that could do, and a choice is dropped when even the heaviest criteria left
could not bring it home within the size. So the first size that succeeds is the least, and within it the least
effort is found. The work grows with the prerequisites open at one time, not with the number of criteria.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from standards.levels import CriterionRule, LevelRule, Rules, counting

Areas = tuple[int, ...]
State = tuple[int, Areas, int]


@dataclass(frozen=True)
class Choice:
    """Criteria taken so far, the newest first, with their summed effort and weight."""

    effort: int
    weight: int
    code: str = ""
    earlier: "Choice | None" = None

    def codes(self) -> Iterator[str]:
        one: Choice | None = self
        while one is not None:
            if one.code:
                yield one.code
            one = one.earlier


def nearest(
    rules: Rules, met: frozenset[str], slug: str, *, effort: Mapping[str, int] | None = None
) -> tuple[str, ...] | None:
    """The criteria to meet beyond those met so that the level is reached, in the order of the standard.

    No smaller set does it; among sets of that size none has a smaller sum of `effort` (whole numbers, 1 when
    left out). Prerequisites are part of the set. None when the level can't be reached at all.
    """
    return Search.begin(rules, met, slug, effort or {}).result()


@dataclass(frozen=True)
class Search:
    """What is still to be won: `points` of weight, `short` criteria by area, and all of `forced`."""

    order: tuple[CriterionRule, ...]
    met: frozenset[str]
    effort: Mapping[str, int]
    points: int
    areas: tuple[str, ...]
    short: Areas
    forced: frozenset[str]
    possible: bool
    positions: Mapping[str, int]

    @classmethod
    def begin(cls, rules: Rules, met: frozenset[str], slug: str, effort: Mapping[str, int]) -> "Search":
        counted = counting(rules, met)
        levels = _up_to(rules, slug)
        short = _short(rules, levels, counted)
        order = _order(rules, counted)
        mandatory = frozenset[str]().union(*(level.mandatory for level in levels)) - counted
        return cls(
            order=order,
            met=met,
            effort=effort,
            points=max(level.points(rules.total) for level in levels) - rules.weight(counted),
            areas=tuple(short),
            short=tuple(short.values()),
            forced=_with_prerequisites(rules, mandatory) - counted,
            possible=mandatory <= {one.code for one in order},
            positions={code: n for n, code in enumerate(rules.by_code)},
        )

    def result(self) -> tuple[str, ...] | None:
        begun: dict[State, list[Choice]] = {(0, self.short, 0): [Choice(0, 0)]}
        costly = sum(one.code not in self.met for one in self.order)
        for size in range(costly + 1 if self.possible else 0):
            found = self._within(size, begun)
            if found is not None:
                return tuple(sorted(found.codes(), key=self.positions.__getitem__))
        return None

    def _within(self, size: int, begun: dict[State, list[Choice]]) -> Choice | None:
        """The choice of least effort that takes at most `size` criteria."""
        states = begun
        for place in range(len(self.order)):
            states = self._step(place, states, size)
        done = [
            choice for choices in self._alive(len(self.order), states, size).values() for choice in choices
        ]
        return min(done, key=lambda choice: choice.effort, default=None)

    def _step(self, place: int, states: dict[State, list[Choice]], size: int) -> dict[State, list[Choice]]:
        """Every choice so far, with and without the criterion in this place."""
        one, following = self.order[place], _Front()
        needed, own, keep = self._masks[place]
        for (mask, short, taken), choices in self._alive(place, states, size).items():
            is_ready = mask & needed == needed
            is_free = one.code in self.met
            if one.code not in self.forced and not (is_free and is_ready):
                following.add((mask & keep, short, taken), choices)
            if is_ready:
                state = ((mask | own) & keep, self._less(short, one.area), taken + (not is_free))
                following.add(state, [self._with(choice, one, is_free=is_free) for choice in choices])
        return following.states

    def _with(self, choice: Choice, one: CriterionRule, *, is_free: bool) -> Choice:
        weight = min(self.points, choice.weight + one.weight)
        if is_free:
            return Choice(choice.effort, weight, "", choice)
        return Choice(choice.effort + self.effort.get(one.code, 1), weight, one.code, choice)

    def _less(self, short: Areas, area: str) -> Areas:
        return tuple(max(0, lack - (code == area)) for code, lack in zip(self.areas, short, strict=True))

    def _alive(self, place: int, states: dict[State, list[Choice]], size: int) -> dict[State, list[Choice]]:
        """What can still come home: by the areas, by what is forced, and by the heaviest criteria left."""
        rest = self._rests[place]
        alive = {}
        for (mask, short, taken), choices in states.items():
            if not rest.covers(short, size - taken):
                continue
            enough = self.points - rest.weight_within(size - taken)
            if kept := [choice for choice in choices if choice.weight >= enough]:
                alive[mask, short, taken] = kept
        return alive

    @cached_property
    def _masks(self) -> list[tuple[int, int, int]]:
        """For each place: its prerequisites, itself, and what later places still ask for."""
        bits = {one.code: 1 << n for n, one in enumerate(self.order)}
        needs = [sum(bits.get(code, 0) for code in one.requires) for one in self.order]
        later = [0, *accumulate(reversed(needs), int.__or__)]
        return [(need, 1 << n, later[len(needs) - n - 1]) for n, need in enumerate(needs)]

    @cached_property
    def _rests(self) -> list["Rest"]:
        return [Rest.of(self.order[n:], self) for n in range(len(self.order) + 1)]


@dataclass(frozen=True)
class Rest:
    """What the places that are left can add at most, prerequisites aside."""

    free_weight: int
    heaviest: tuple[int, ...]
    forced: int
    free_by_area: Areas
    by_area: Areas

    @classmethod
    def of(cls, left: tuple[CriterionRule, ...], search: Search) -> "Rest":
        free = [one for one in left if one.code in search.met]
        costly = [one for one in left if one.code not in search.met]
        return cls(
            free_weight=sum(one.weight for one in free),
            heaviest=tuple(accumulate(sorted((one.weight for one in costly), reverse=True), initial=0)),
            forced=sum(one.code in search.forced for one in costly),
            free_by_area=tuple(sum(one.area == area for one in free) for area in search.areas),
            by_area=tuple(sum(one.area == area for one in left) for area in search.areas),
        )

    def covers(self, short: Areas, more: int) -> bool:
        """Whether so many more criteria could make up for what the areas lack, and hold what is forced."""
        if more < self.forced or any(lack > of for lack, of in zip(short, self.by_area, strict=True)):
            return False
        lacking = zip(short, self.free_by_area, strict=True)
        return sum(max(0, lack - free) for lack, free in lacking) <= more

    def weight_within(self, more: int) -> int:
        return self.free_weight + self.heaviest[min(more, len(self.heaviest) - 1)]


class _Front:
    """Of the choices in one state only those that no other beats in both effort and weight."""

    def __init__(self) -> None:
        self.states: dict[State, list[Choice]] = {}

    def add(self, state: State, choices: list[Choice]) -> None:
        known = self.states.get(state)
        self.states[state] = choices if known is None else _merged(known, choices)


def _merged(some: list[Choice], others: list[Choice]) -> list[Choice]:
    """Rising in effort and in weight."""
    kept: list[Choice] = []
    for choice in sorted([*some, *others], key=lambda one: (one.effort, -one.weight)):
        if not kept or choice.weight > kept[-1].weight:
            kept.append(choice)
    return kept


def _up_to(rules: Rules, slug: str) -> list[LevelRule]:
    slugs = [level.slug for level in rules.levels]
    return list(rules.levels[: slugs.index(slug) + 1])


def _short(rules: Rules, levels: list[LevelRule], counted: frozenset[str]) -> dict[str, int]:
    """How many criteria each area lacks for the levels together."""
    least: dict[str, int] = {}
    for level in levels:
        for area, count in level.area_minimums.items():
            least[area] = max(count, least.get(area, 0))
    have = {area: sum(rules.by_code[code].area == area for code in counted) for area in least}
    return {area: count - have[area] for area, count in least.items() if count > have[area]}


def _with_prerequisites(rules: Rules, codes: frozenset[str]) -> frozenset[str]:
    found, waiting = set(codes), list(codes)
    while waiting:
        fresh = rules.by_code[waiting.pop()].requires - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def _order(rules: Rules, counted: frozenset[str]) -> tuple[CriterionRule, ...]:
    """What doesn't count yet, prerequisites first, so that few are open at one time.

    Criteria that require each other in a circle never count and are left out.
    """
    waiting = {code: one for code, one in rules.by_code.items() if code not in counted}
    asked: dict[str, int] = {}
    for one in waiting.values():
        for code in one.requires:
            asked[code] = asked.get(code, 0) + 1
    order: list[CriterionRule] = []
    area = ""
    while ready := [one for one in waiting.values() if not one.requires & waiting.keys()]:
        here = area
        one = min(ready, key=lambda one: (_opens(one, asked), one.area != here))
        for code in one.requires:
            asked[code] -= 1
        order.append(waiting.pop(one.code))
        area = one.area
    return tuple(order)


def _opens(one: CriterionRule, asked: Mapping[str, int]) -> int:
    """By how much the open prerequisites grow when this one comes next: itself, less those it ends."""
    return (asked.get(one.code, 0) > 0) - sum(asked[code] == 1 for code in one.requires)

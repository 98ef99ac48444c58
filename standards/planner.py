"""The way to a level: the fewest further criteria that reach it, found exactly. No database.

The criteria are gone through in an order in which prerequisites come first. Of all choices so far that agree
on what matters for the rest (which prerequisites are in that later criteria ask for, what the areas still
lack, how many criteria were taken) only those are kept of which none is both lighter and harder than another.
Sizes are tried upwards, and a choice is dropped when what is left could not bring it home within the size
even if all prerequisites yet to be decided were given. So the first size that succeeds is the least, and
within it the least effort is found. The work grows with the number of prerequisites open at one time, not
with the number of criteria.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

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
    rests: dict[tuple[int, int], "Rest"] = field(default_factory=dict)

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
        costly = sum(one.code not in self.met for one in self.order)
        # Without efforts to weigh, sizes that are too small are done with sooner.
        bare = replace(self, effort=dict.fromkeys(self.positions, 0))
        for size in range(costly + 1 if self.possible else 0):
            if bare._within(size) and (found := self._within(size)):
                return tuple(sorted(found.codes(), key=self.positions.__getitem__))
        return None

    def _within(self, size: int) -> Choice | None:
        """The choice of least effort that takes at most `size` criteria."""
        front = _Front()
        self._keep(front, 0, (0, self.short, 0), [Choice(0, 0)], size)
        for place in range(len(self.order)):
            front = self._step(place, front, size)
        done = [choice for choices in front.states.values() for choice in choices]
        return min(done, key=lambda choice: choice.effort, default=None)

    def _step(self, place: int, front: "_Front", size: int) -> "_Front":
        """Every choice so far, with and without the criterion in this place."""
        one, needed, own, following = self.order[place], self.needs[place], 1 << place, _Front()
        for (mask, short, taken), choices in front.states.items():
            is_ready = mask & needed == needed
            is_free = one.code in self.met
            if one.code not in self.forced and not (is_free and is_ready):
                self._keep(following, place + 1, (mask, short, taken), choices, size)
            if is_ready:
                state = mask | own, self._less(short, one.area), taken + (not is_free)
                more = [self._with(choice, one, is_free=is_free) for choice in choices]
                self._keep(following, place + 1, state, more, size)
        return following

    def _keep(self, front: "_Front", place: int, state: State, choices: list[Choice], size: int) -> None:
        """What can still come home, by what of it matters for the rest."""
        mask, short, taken = state
        if (place, mask) not in self.rests:
            self.rests[place, mask] = Rest.of(self, place, mask)
        rest = self.rests[place, mask]
        most = rest.most(short, size - taken)
        if most is not None and (kept := [one for one in choices if one.weight + most >= self.points]):
            front.add((rest.mask, short, taken), kept)

    def _with(self, choice: Choice, one: CriterionRule, *, is_free: bool) -> Choice:
        weight = min(self.points, choice.weight + one.weight)
        if is_free:
            return Choice(choice.effort, weight, "", choice)
        return Choice(choice.effort + self.effort.get(one.code, 1), weight, one.code, choice)

    def _less(self, short: Areas, area: str) -> Areas:
        return tuple(max(0, lack - (code == area)) for code, lack in zip(self.areas, short, strict=True))

    @cached_property
    def needs(self) -> list[int]:
        """For each place, the places of its prerequisites as bits."""
        bits = {one.code: 1 << n for n, one in enumerate(self.order)}
        return [sum(bits.get(code, 0) for code in one.requires) for one in self.order]


@dataclass
class Rest:
    """What the places that are left can add at most, once it is decided which of the earlier ones are in.

    A criterion is out as soon as one of its prerequisites is. Prerequisites among the others are left aside.
    `mask` are the earlier places that still matter.
    """

    mask: int
    areas: tuple[str, ...]
    free: list[CriterionRule]
    forced: list[CriterionRule]
    others: list[CriterionRule]
    lacks_forced: bool
    known: dict[tuple[Areas, int], int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, search: Search, place: int, mask: int) -> "Rest":
        out, wanted, left = (1 << place) - 1 & ~mask, 0, []
        for n in range(place, len(search.order)):
            if search.needs[n] & out:
                out |= 1 << n
            else:
                wanted |= search.needs[n]
                left.append(search.order[n])
        forced = [one for one in left if one.code in search.forced and one.code not in search.met]
        codes = {one.code for one in left}
        decided = {one.code for one in search.order[:place]}
        return cls(
            mask=mask & wanted,
            areas=search.areas,
            free=[one for one in left if one.code in search.met],
            forced=forced,
            others=sorted(
                (one for one in left if one.code not in search.met | search.forced),
                key=lambda one: -one.weight,
            ),
            lacks_forced=not search.forced - decided <= codes,
        )

    def most(self, short: Areas, more: int) -> int | None:
        """The most weight that so many more criteria bring; None when something would stay short."""
        key = short, more
        if key not in self.known:
            self.known[key] = self._most(short, more)
        return self.known[key]

    def _most(self, short: Areas, more: int) -> int | None:
        """First what has to be, then the heaviest of each area that lacks some, then the heaviest of all."""
        weight = sum(one.weight for one in (*self.free, *self.forced))
        lacking = Counter(dict(zip(self.areas, short, strict=True)))
        lacking.subtract(one.area for one in (*self.free, *self.forced))
        left, spare = more - len(self.forced), []
        for one in self.others:
            if lacking[one.area] > 0:
                lacking[one.area] -= 1
                left -= 1
                weight += one.weight
            else:
                spare.append(one.weight)
        if self.lacks_forced or left < 0 or any(lack > 0 for lack in lacking.values()):
            return None
        return weight + sum(spare[:left])


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

"""How the parts of a standard's file must fit together: codes, prerequisites, counts, the order of levels."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from django.utils.translation import gettext as _

from core.countries import country_names
from standards.fileformat.spec import CriterionSpec, LevelSpec, StandardSpec
from standards.fileformat.tree import Notes


def check_consistency(spec: StandardSpec, notes: Notes) -> None:
    """Note every contradiction; a field that is already wrong in itself is not judged again."""
    criteria = dict(_placed_criteria(spec))
    _unique(((f"areas[{n}].code", area.code) for n, area in enumerate(spec.areas)), notes)
    _unique(((f"{path}.code", one.code) for path, one in criteria.items()), notes)
    _unique(((f"levels[{n}].slug", level.slug) for n, level in enumerate(spec.levels)), notes)
    _unique(((f"levels[{n}].name", level.name) for n, level in enumerate(spec.levels)), notes)
    _unique(((f"decision.gates[{n}].code", gate.code) for n, gate in enumerate(spec.gates)), notes)
    _unique(_listed("eligibility.countries", spec.countries), notes)
    _real_countries(spec.countries, notes)
    known = {one.code for one in criteria.values()}
    for path, one in criteria.items():
        _known_once(f"{path}.requires", one.requires, known, notes)
        _enough_checks(path, one, notes)
    _no_circles(criteria, notes)
    for number, level in enumerate(spec.levels):
        _level_can_be_reached(f"levels[{number}]", level, spec, known, notes)
    _levels_rise(spec, notes)


def _placed_criteria(spec: StandardSpec) -> Iterator[tuple[str, CriterionSpec]]:
    for n, area in enumerate(spec.areas):
        for m, criterion in enumerate(area.criteria):
            yield f"areas[{n}].criteria[{m}]", criterion


def _listed(path: str, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((f"{path}[{n}]", code) for n, code in enumerate(codes))


def _real_countries(codes: Iterable[str], notes: Notes) -> None:
    for place, code in _listed("eligibility.countries", codes):
        if place not in notes.flawed and code not in country_names():
            notes.wrong(place, _("there is no country “%(code)s”") % {"code": code})


def _unique(placed: Iterable[tuple[str, str]], notes: Notes) -> None:
    """Codes that differ only in upper and lower case count as the same."""
    first: dict[str, str] = {}
    for path, code in placed:
        if not code or path in notes.flawed:
            continue
        earlier = first.setdefault(code.lower(), path)
        if earlier != path:
            where = {"code": code, "line": notes.lines[earlier]}
            notes.wrong(path, _("“%(code)s” is used already on line %(line)s") % where)


def _known_once(path: str, codes: tuple[str, ...], known: set[str], notes: Notes) -> None:
    _unique(_listed(path, codes), notes)
    for place, code in _listed(path, codes):
        if known and place not in notes.flawed and code not in known:
            notes.wrong(place, _("there is no criterion “%(code)s”") % {"code": code})


def _enough_checks(path: str, criterion: CriterionSpec, notes: Notes) -> None:
    place = f"{path}.checks.need"
    if (
        criterion.checks
        and criterion.need
        and criterion.need > len(criterion.checks)
        and place not in notes.flawed
    ):
        numbers = {"need": criterion.need, "of": len(criterion.checks)}
        notes.wrong(place, _("asks for %(need)s checks, and there are only %(of)s") % numbers)


def _no_circles(criteria: dict[str, CriterionSpec], notes: Notes) -> None:
    # A code given twice needs what both ask for, so that the duplicate hides no circle.
    requires: dict[str, tuple[str, ...]] = {}
    for one in criteria.values():
        requires[one.code] = (*requires.get(one.code, ()), *one.requires)
    try:
        TopologicalSorter(requires).prepare()
    except CycleError:
        _name_circles(criteria, requires, notes)


def _name_circles(
    criteria: dict[str, CriterionSpec], requires: dict[str, tuple[str, ...]], notes: Notes
) -> None:
    """Every circle is named once, with the way round."""
    named: set[frozenset[str]] = set()
    for path, one in criteria.items():
        for place, code in _listed(f"{path}.requires", one.requires):
            way = _way(requires, code, one.code)
            if way and frozenset(way) not in named:
                named.add(frozenset(way))
                round_trip = " → ".join([one.code, *way])
                notes.wrong(place, _("goes round in a circle: %(way)s") % {"way": round_trip})


def _way(requires: dict[str, tuple[str, ...]], start: str, goal: str) -> list[str]:
    """The codes on the shortest way from start to goal, both included, or nothing."""
    ways, seen = [[start]], {start}
    for way in ways:
        if way[-1] == goal:
            return way
        fresh = [code for code in requires.get(way[-1], ()) if code not in seen]
        seen.update(fresh)
        ways.extend([*way, code] for code in fresh)
    return []


def _level_can_be_reached(
    path: str, level: LevelSpec, spec: StandardSpec, known: set[str], notes: Notes
) -> None:
    _known_once(f"{path}.mandatory", level.mandatory, known, notes)
    sizes: dict[str, int] = {}
    for area in spec.areas:
        sizes[area.code] = sizes.get(area.code, 0) + len(area.criteria)
    for code, least in level.area_minimums.items():
        place = f"{path}.area_minimums.{code}"
        if code not in sizes:
            notes.wrong(place, _("there is no area “%(code)s”") % {"code": code})
        elif place not in notes.flawed and least > sizes[code]:
            notes.wrong(
                place, _("asks for more criteria than the area has, which is %(of)s") % {"of": sizes[code]}
            )
    place = f"{path}.minimum"
    if place not in notes.flawed and _weighed(notes) and level.share(spec.weight) > 1:
        notes.wrong(
            place, _("asks for more than all criteria weigh, which is %(total)s") % {"total": spec.weight}
        )


def _weighed(notes: Notes) -> bool:
    """Whether the total weight is known; points can't be compared with shares without it."""
    return "areas" not in notes.flawed and not any(path.endswith(".weight") for path in notes.flawed)


def _levels_rise(spec: StandardSpec, notes: Notes) -> None:
    sound = [n for n in range(len(spec.levels)) if f"levels[{n}].minimum" not in notes.flawed]
    for lower, higher in pairwise(sound):
        below, above = spec.levels[lower], spec.levels[higher]
        if below.kind == above.kind:
            falls = above.minimum < below.minimum
        else:
            falls = _weighed(notes) and above.share(spec.weight) < below.share(spec.weight)
        if falls:
            names = {"name": below.slug}
            notes.wrong(
                f"levels[{higher}].minimum", _("is below that of “%(name)s”; list the lowest first") % names
            )

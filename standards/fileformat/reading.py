"""From the tree of a file to a standard's values, noting every mistake on the way."""

import re
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from standards.enums import MinimumKind
from standards.fileformat.consistency import check_consistency
from standards.fileformat.spec import AreaSpec, CheckSpec, CriterionSpec, GateSpec, LevelSpec, StandardSpec
from standards.fileformat.tree import InvalidStandardFile, Notes, Value, read_tree

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
COUNTRY = re.compile(r"[A-Z]{2}")
MAJORITY = re.compile(r"([0-9]{1,4})/([1-9][0-9]{0,3})")
PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
POINTS = re.compile(r"([0-9]{1,9}) points?")

REQUIRED = ("slug", "title", "effective_on", "eligibility", "decision", "areas", "levels")
MOST_PEOPLE = 100_000_000
MOST_WEIGHT = 10_000


def parse(source: bytes) -> StandardSpec:
    """Read a standard's file. Raises InvalidStandardFile with every mistake: line, field and reason."""
    notes = Notes()
    spec = _standard(read_tree(source, notes))
    check_consistency(spec, notes)
    if notes.mistakes:
        raise InvalidStandardFile(notes.mistakes)
    return spec


def _standard(root: Value) -> StandardSpec:
    given = root.fields(REQUIRED, ["validity_years"])
    countries, min_population = _eligibility(given.get("eligibility"))
    quorum, majority, gates = _decision(given.get("decision"))
    return StandardSpec(
        slug=_slug(given.get("slug"), most=60),
        title=_text(given.get("title"), most=200),
        effective_on=given["effective_on"].day() if "effective_on" in given else date.min,
        validity_years=_whole(given.get("validity_years"), 1, 50, default=3),
        countries=countries,
        min_population=min_population,
        quorum=quorum,
        majority=majority,
        gates=gates,
        areas=tuple(_area(entry) for entry in _entries(given.get("areas"), least=1)),
        levels=tuple(_level(entry) for entry in _entries(given.get("levels"), least=1)),
    )


def _eligibility(value: Value | None) -> tuple[tuple[str, ...], int]:
    given = value.fields(["countries", "min_population"]) if value else {}
    reason = _("must be a country's two-letter code, such as US")
    countries = tuple(entry.matching(COUNTRY, reason) for entry in _entries(given.get("countries"), least=1))
    return countries, _whole(given.get("min_population"), 0, MOST_PEOPLE, default=0)


def _decision(value: Value | None) -> tuple[int, Fraction, tuple[GateSpec, ...]]:
    given = value.fields(["quorum", "majority"], ["gates"]) if value else {}
    gates = tuple(_gate(entry) for entry in _entries(given.get("gates")))
    return _whole(given.get("quorum"), 1, 1000, default=1), _majority(given.get("majority")), gates


def _majority(value: Value | None) -> Fraction:
    if value is None:
        return Fraction(0)
    if (match := MAJORITY.fullmatch(value.plain())) and int(match[1]) < int(match[2]):
        return Fraction(int(match[1]), int(match[2]))
    value.wrong(_("must be a fraction below one, such as 1/2"))
    return Fraction(0)


def _gate(value: Value) -> GateSpec:
    given = value.fields(["code", "statement"])
    return GateSpec(code=_code(given.get("code")), statement=_text(given.get("statement")))


def _area(value: Value) -> AreaSpec:
    given = value.fields(["code", "name", "criteria"])
    return AreaSpec(
        code=_code(given.get("code")),
        name=_text(given.get("name"), most=120),
        criteria=tuple(_criterion(entry) for entry in _entries(given.get("criteria"), least=1)),
    )


def _criterion(value: Value) -> CriterionSpec:
    given = value.fields(["code", "statement"], ["guidance", "weight", "requires", "evidence", "checks"])
    need, checks = _checks(given.get("checks"))
    return CriterionSpec(
        code=_code(given.get("code")),
        statement=_text(given.get("statement")),
        guidance=_text(given.get("guidance")),
        weight=_whole(given.get("weight"), 1, MOST_WEIGHT, default=1),
        requires=tuple(_code(entry) for entry in _entries(given.get("requires"))),
        evidence=tuple(_text(entry, most=500) for entry in _entries(given.get("evidence"))),
        need=need,
        checks=checks,
    )


def _checks(value: Value | None) -> tuple[int | None, tuple[CheckSpec, ...]]:
    if value is None:
        return None, ()
    given = value.fields(["need", "of"])
    checks = tuple(_check(entry) for entry in _entries(given.get("of"), least=1))
    return _whole(given.get("need"), 1, 1000, default=1), checks


def _check(value: Value) -> CheckSpec:
    given = value.fields(["text"], ["within_months"])
    months = given["within_months"].whole(1, 600) if "within_months" in given else None
    return CheckSpec(text=_text(given.get("text"), most=1000), within_months=months)


def _level(value: Value) -> LevelSpec:
    given = value.fields(["slug", "name", "minimum"], ["mandatory", "area_minimums"])
    kind, minimum = _minimum(given.get("minimum"))
    areas = given["area_minimums"].pairs() if "area_minimums" in given else {}
    return LevelSpec(
        slug=_slug(given.get("slug"), most=40),
        name=_text(given.get("name"), most=60),
        kind=kind,
        minimum=minimum,
        mandatory=tuple(_code(entry) for entry in _entries(given.get("mandatory"))),
        area_minimums={code: least.whole(1, 1000) for code, least in areas.items()},
    )


def _minimum(value: Value | None) -> tuple[MinimumKind, Fraction]:
    if value is None:
        return MinimumKind.PERCENT, Fraction(0)
    if match := POINTS.fullmatch(value.plain()):
        return MinimumKind.POINTS, Fraction(match[1])
    if match := PERCENT.fullmatch(value.plain()):
        if Fraction(match[1]) > 100:
            value.wrong(_("must lie between 0% and 100%"))
        return MinimumKind.PERCENT, Fraction(match[1]) / 100
    value.wrong(_("must be a percentage such as 51%, or a number of points such as 150 points"))
    return MinimumKind.PERCENT, Fraction(0)


def _entries(value: Value | None, least: int = 0) -> list[Value]:
    return value.entries(least) if value else []


def _text(value: Value | None, most: int = 4000) -> str:
    return value.text(most) if value else ""


def _whole(value: Value | None, least: int, most: int, *, default: int) -> int:
    return value.whole(least, most) if value else default


def _slug(value: Value | None, most: int) -> str:
    return (
        value.matching(SLUG, _("must be lower-case letters, digits and single hyphens"), most)
        if value
        else ""
    )


def _code(value: Value | None) -> str:
    if value is None:
        return ""
    return value.matching(CODE, _("must be a code of up to 20 letters, digits, dots, hyphens or underscores"))

"""A standard as a file to take along: in its load format, as JSON, or as tables for a spreadsheet."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.tables import CSV_TYPE, XLSX_TYPE, Row, Sheet, csv_lines, workbook
from standards.fileformat import CheckSpec, CriterionSpec, StandardSpec, as_data, as_yaml
from standards.fileformat.writing import minimum_text


@dataclass(frozen=True)
class Export:
    name: str
    content_type: str
    content: bytes


def export(spec: StandardSpec, kind: str) -> Export:
    """The standard as a file of one of the `KINDS`."""
    content_type, write = KINDS[kind]
    return Export(f"{spec.slug}.{kind}", content_type, write(spec))


def _yaml(spec: StandardSpec) -> bytes:
    return as_yaml(spec).encode()


def _json(spec: StandardSpec) -> bytes:
    return json.dumps(as_data(spec), ensure_ascii=False, indent=2).encode() + b"\n"


def _csv(spec: StandardSpec) -> bytes:
    sheet = _criteria(spec)
    return "".join(csv_lines(sheet.head, sheet.rows)).encode()


def _xlsx(spec: StandardSpec) -> bytes:
    return workbook([_criteria(spec), _checks(spec), _levels(spec), _rules(spec)])


KINDS: dict[str, tuple[str, Callable[[StandardSpec], bytes]]] = {
    "yaml": ("application/yaml; charset=utf-8", _yaml),
    "json": ("application/json", _json),
    "csv": (CSV_TYPE, _csv),
    "xlsx": (XLSX_TYPE, _xlsx),
}


def _criteria(spec: StandardSpec) -> Sheet:
    """A row a criterion, its checks in one cell: what a city's own list begins with."""
    head = [
        _("Area"),
        _("Name of the area"),
        _("Criterion"),
        _("Statement"),
        _("Guidance"),
        _("Weight"),
        _("Requires"),
        _("Checks that must hold"),
        _("Checks"),
        _("Evidence asked for"),
    ]
    rows = [
        [
            area.code,
            area.name,
            one.code,
            one.statement,
            one.guidance,
            one.weight,
            ", ".join(one.requires),
            _m_of_n(one),
            "\n".join(f"{n}. {_check(check)}" for n, check in enumerate(one.checks, start=1)),
            "\n".join(one.evidence),
        ]
        for area in spec.areas
        for one in area.criteria
    ]
    return Sheet(_("Criteria"), head, rows)


def _m_of_n(one: CriterionSpec) -> str:
    return _("%(need)s of %(of)s") % {"need": one.need, "of": len(one.checks)} if one.checks else ""


def _check(check: CheckSpec) -> str:
    return f"{check.text} ({_window(check)})" if check.within_months else check.text


def _window(check: CheckSpec) -> str:
    months = check.within_months or 0
    return ngettext("within %(months)s month", "within %(months)s months", months) % {"months": months}


def _checks(spec: StandardSpec) -> Sheet:
    head = [_("Criterion"), _("Check"), _("Text"), _("Within months")]
    rows = [
        [one.code, n, check.text, check.within_months]
        for one in spec.criteria
        for n, check in enumerate(one.checks, start=1)
    ]
    return Sheet(_("Checks"), head, rows)


def _levels(spec: StandardSpec) -> Sheet:
    head = [_("Level"), _("Name"), _("Minimum"), _("Met in any case"), _("Least criteria by area")]
    rows = [
        [
            level.slug,
            level.name,
            minimum_text(level.kind, level.minimum),
            ", ".join(level.mandatory),
            ", ".join(f"{code}: {least}" for code, least in level.area_minimums.items()),
        ]
        for level in spec.levels
    ]
    return Sheet(_("Levels"), head, rows)


def _rules(spec: StandardSpec) -> Sheet:
    return Sheet(_("Rules"), [_("Rule"), _("Value")], list(_rule_rows(spec)))


def _rule_rows(spec: StandardSpec) -> Iterator[Row]:
    yield _("Standard"), spec.slug
    yield _("Title"), spec.title
    yield _("In force since"), spec.effective_on
    yield _("Years of validity"), spec.validity_years
    yield _("Open to cities in"), ", ".join(spec.countries)
    yield _("Least population"), spec.min_population
    yield _("Quorum"), spec.quorum
    yield _("More than this share of the votes"), f"{spec.majority.numerator}/{spec.majority.denominator}"
    for gate in spec.gates:
        yield _("Gate %(code)s") % {"code": gate.code}, gate.statement

"""Importing cities and their awards: in bulk, repeatable, each line for itself."""

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from cities.models import City, HistoricAward
from cities.rows import (
    AWARD_COLUMNS,
    CITY_COLUMNS,
    POPULATION_YEAR,
    AwardFacts,
    CityFacts,
    award_facts,
    city_facts,
)
from core import audit
from core.imports import ImportReport, Row, RowRefused, read_rows
from people.enums import OrganizationKind
from people.models import Organization, User

BATCH = 1000
IMPORT_LOCK = 0x6D70_0001
Facts = TypeVar("Facts", CityFacts, AwardFacts)


@dataclass
class CertificateReport(ImportReport):
    """The rows are awards; `cities_added` counts the cities that were first heard of through them."""

    cities_added: int = 0

    def as_data(self) -> dict[str, object]:
        return super().as_data() | {"cities_added": self.cities_added}


@dataclass
class Plan:
    """What an import will write: gathered line by line, written in bulk."""

    added: dict[type[models.Model], list[Any]] = field(default_factory=dict)
    changed: dict[type[models.Model], list[Any]] = field(default_factory=dict)
    columns: dict[type[models.Model], set[str]] = field(default_factory=dict)
    old: dict[str, dict[str, Any]] = field(default_factory=dict)
    new: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, row: models.Model) -> None:
        self.added.setdefault(type(row), []).append(row)

    def change(self, name: str, row: models.Model, values: dict[str, Any]) -> bool:
        """Set what differs, and remember what it was. Whether anything did."""
        old = {
            column: getattr(row, column) for column, value in values.items() if getattr(row, column) != value
        }
        if not old:
            return False
        for column in old:
            setattr(row, column, values[column])
        self.changed.setdefault(type(row), []).append(row)
        self.columns.setdefault(type(row), set()).update(old)
        self.old.setdefault(name, {}).update({column: _plain(value) for column, value in old.items()})
        self.new.setdefault(name, {}).update({column: _plain(values[column]) for column in old})
        return True

    def write(self) -> None:
        # Changes come first: they may free the key that an addition takes.
        for model, rows in self.changed.items():
            model._default_manager.bulk_update(rows, sorted(self.columns[model]), batch_size=BATCH // 4)
        for model in (Organization, City, HistoricAward):
            model._default_manager.bulk_create(self.added.get(model, []), batch_size=BATCH)


@transaction.atomic
def import_cities(*, source: bytes, by: User, now: datetime) -> ImportReport:
    """Take over US municipalities from a CSV file, and report what became of each line.

    Raises UnreadableFile when the file as a whole is none of ours.
    """
    _one_import_at_a_time()
    report, plan = ImportReport(), Plan()
    facts = _read(source, CITY_COLUMNS, city_facts, report)
    known = _organizations(one.slug for one in facts)
    _plan_each(facts, lambda one: _plan_city(one, known.get(one.slug), plan, report), report)
    plan.write()
    _record("cities.cities_imported", source, plan, report, by=by, now=now)
    return report


@transaction.atomic
def import_certificates(*, source: bytes, by: User, now: datetime) -> CertificateReport:
    """Take over historic awards from a CSV file; cities outside the US are created when they are new.

    Raises UnreadableFile when the file as a whole is none of ours.
    """
    _one_import_at_a_time()
    report, plan = CertificateReport(), Plan()
    facts = _read(source, AWARD_COLUMNS, award_facts, report)
    known = _organizations(one.slug for one in facts)
    awards = _awards(known)
    _plan_each(
        facts,
        lambda one: _plan_award(one, _city_of(one, known, plan, report), awards, plan, report),
        report,
    )
    plan.write()
    _record("cities.certificates_imported", source, plan, report, by=by, now=now)
    return report


def _one_import_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _read(
    source: bytes, columns: tuple[str, ...], clean: Callable[[Row], Facts], report: ImportReport
) -> list[Facts]:
    sound = []
    for row in read_rows(source, columns, report):
        try:
            sound.append(clean(row))
        except RowRefused as refusal:
            report.refuse(row.line, str(refusal))
    return sound


def _plan_each(facts: Iterable[Facts], plan_one: Callable[[Facts], None], report: ImportReport) -> None:
    """Each line for itself; of two about the same thing the first sound one counts."""
    taken: dict[Hashable, int] = {}
    for one in facts:
        try:
            _refuse_twice(taken.get(one.key))
            plan_one(one)
        except RowRefused as refusal:
            report.refuse(one.line, str(refusal))
        else:
            taken[one.key] = one.line


def _refuse_twice(line: int | None) -> None:
    if line is not None:
        raise RowRefused(_("slug: the same is on line %(line)s already") % {"line": line})


def _organizations(slugs: Iterable[str]) -> dict[str, Organization]:
    found = Organization.objects.filter(slug__in=set(slugs)).select_related("city")
    return {organization.slug: organization for organization in found}


def _city_or_none(organization: Organization | None) -> City | None:
    if organization is None:
        return None
    if organization.kind != OrganizationKind.CITY:
        kind = OrganizationKind(organization.kind).label
        raise RowRefused(
            _("slug: “%(slug)s” belongs to a %(kind)s") % {"slug": organization.slug, "kind": kind}
        )
    return getattr(organization, "city", None)


def _plan_city(one: CityFacts, organization: Organization | None, plan: Plan, report: ImportReport) -> None:
    of_organization = {"name": one.name, "country": "US", "state": one.state, "time_zone": one.time_zone}
    of_city = {
        "kind": one.kind,
        "population": one.population,
        "population_year": POPULATION_YEAR,
        "latitude": one.latitude,
        "longitude": one.longitude,
    }
    city = _city_or_none(organization)
    if organization is None:
        organization = Organization(kind=OrganizationKind.CITY, slug=one.slug, **of_organization)
        plan.add(organization)
    changes = [plan.change(one.slug, organization, of_organization)]
    if city is None:
        plan.add(City(organization=organization, **of_city))
        report.added += 1
    elif any([*changes, plan.change(one.slug, city, of_city)]):
        report.changed += 1
    else:
        report.unchanged += 1


def _awards(known: dict[str, Organization]) -> dict[tuple[str, str, int | None], HistoricAward]:
    found = HistoricAward.objects.filter(city__organization__in=known.values()).select_related(
        "city__organization"
    )
    return {(award.city.slug, award.level, award.year): award for award in found}


def _city_of(one: AwardFacts, known: dict[str, Organization], plan: Plan, report: CertificateReport) -> City:
    organization = known.get(one.slug)
    city = _city_or_none(organization)
    if organization and (organization.country, organization.state) != (one.country, one.state):
        place = ", ".join(filter(None, [organization.state, organization.country]))
        raise RowRefused(_("slug: “%(slug)s” lies in %(place)s") % {"slug": one.slug, "place": place})
    if city:
        return city
    if one.country == "US":
        raise RowRefused(_("slug: there is no city “%(slug)s”; import the cities first") % {"slug": one.slug})
    return _add_city_outside(one, organization, known, plan, report)


def _add_city_outside(
    one: AwardFacts,
    organization: Organization | None,
    known: dict[str, Organization],
    plan: Plan,
    report: CertificateReport,
) -> City:
    """A city of which nothing but its name and country is known: no population, no time zone."""
    if organization is None:
        place = {"country": one.country, "state": one.state}
        organization = Organization(kind=OrganizationKind.CITY, slug=one.slug, name=one.city, **place)
        plan.add(organization)
    city = City(organization=organization)
    plan.add(city)
    known[one.slug] = organization
    report.cities_added += 1
    return city


def _plan_award(
    one: AwardFacts,
    city: City,
    awards: dict[tuple[str, str, int | None], HistoricAward],
    plan: Plan,
    report: ImportReport,
) -> None:
    """An award whose level was not documented becomes the same year's award with a level."""
    award = awards.get(one.key)
    if award is None and one.level and one.year:
        award = awards.pop((one.slug, "", one.year), None)
    if award is None:
        plan.add(HistoricAward(city=city, level=one.level, year=one.year, source=one.source))
        report.added += 1
    elif plan.change(f"{one.slug} {one.year}", award, {"level": one.level, "source": one.source}):
        report.changed += 1
    else:
        report.unchanged += 1


def _record(action: str, source: bytes, plan: Plan, report: ImportReport, *, by: User, now: datetime) -> None:
    """One event for the run; the file's checksum says what was added, old and new what was changed."""
    if not (plan.added or plan.changed):
        return
    counts = {name: value for name, value in report.as_data().items() if name != "refused"}
    new = {**counts, "sha256": hashlib.sha256(source).hexdigest(), "values": plan.new}
    audit.record(action, by=by, target=by, now=now, old={"values": plan.old}, new=new)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)

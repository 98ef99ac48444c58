"""What a line of the import files must hold; what doesn't fit is refused with its column and the reason."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

import holidays
from django.utils.translation import gettext as _

from cities.awards import LEVELS_LOWEST_FIRST
from core.imports import Row, RowRefused

CITY_COLUMNS = ("slug", "name", "state", "kind", "population_2020", "latitude", "longitude", "timezone")
AWARD_COLUMNS = ("slug", "city", "state", "country", "level", "year", "source")
POPULATION_YEAR = 2020

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")
WHOLE = re.compile(r"[0-9]{1,9}")
DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,5})?")
YEARS = range(2000, 2100)


@dataclass(frozen=True)
class CityFacts:
    line: int
    slug: str
    name: str
    state: str
    kind: str
    population: int
    latitude: Decimal
    longitude: Decimal
    time_zone: str

    @property
    def key(self) -> str:
        return self.slug


@dataclass(frozen=True)
class AwardFacts:
    line: int
    slug: str
    city: str
    state: str
    country: str
    level: str
    year: int | None
    source: str

    @property
    def key(self) -> tuple[str, str, int | None]:
        return self.slug, self.level, self.year


def city_facts(row: Row) -> CityFacts:
    """The facts of a line of the municipalities. Raises RowRefused."""
    return CityFacts(
        line=row.line,
        slug=_slug(row),
        name=_text(row, "name", 160),
        state=_us_state(row),
        kind=_text(row, "kind", 60),
        population=_whole(row, "population_2020"),
        latitude=_degrees(row, "latitude", 90),
        longitude=_degrees(row, "longitude", 180),
        time_zone=_time_zone(row, "timezone"),
    )


def award_facts(row: Row) -> AwardFacts:
    """The facts of a line of the historic awards; level, year and source may be empty. Raises RowRefused."""
    country = row["country"]
    if not COUNTRY.fullmatch(country):
        raise _refused("country", country, _("is no two-letter country code"))
    return AwardFacts(
        line=row.line,
        slug=_slug(row),
        city=_text(row, "city", 160),
        state=_us_state(row) if country == "US" else _short(row, "state", 10),
        country=country,
        level=_level(row),
        year=_year(row),
        source=_short(row, "source", 500),
    )


def _refused(column: str, value: str, reason: str) -> RowRefused:
    return RowRefused(f"{column}: “{value}” {reason}" if value else f"{column}: {_('is empty')}")


def _slug(row: Row) -> str:
    slug = _text(row, "slug", 80)
    if not SLUG.fullmatch(slug):
        raise _refused("slug", slug, _("must be lower-case letters, digits and single hyphens"))
    return slug


def _text(row: Row, column: str, most: int) -> str:
    if not row[column]:
        raise _refused(column, "", "")
    return _short(row, column, most)


def _short(row: Row, column: str, most: int) -> str:
    if len(row[column]) > most:
        raise _refused(
            column, row[column][:20] + "…", _("is longer than %(most)s characters") % {"most": most}
        )
    return row[column]


def _us_state(row: Row) -> str:
    if row["state"] not in holidays.country_holidays("US").subdivisions:
        raise _refused("state", row["state"], _("is no state of the United States"))
    return row["state"]


def _whole(row: Row, column: str) -> int:
    if not WHOLE.fullmatch(row[column]):
        raise _refused(column, row[column], _("is no whole number of 0 or more"))
    return int(row[column])


def _degrees(row: Row, column: str, most: int) -> Decimal:
    if not DEGREES.fullmatch(row[column]) or abs(Decimal(row[column])) > most:
        raise _refused(
            column, row[column], _("must be degrees between -%(most)s and %(most)s") % {"most": most}
        )
    return Decimal(row[column])


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _time_zone(row: Row, column: str) -> str:
    if row[column] not in _time_zones():
        raise _refused(column, row[column], _("is no known time zone"))
    return row[column]


def _level(row: Row) -> str:
    if row["level"] and row["level"] not in LEVELS_LOWEST_FIRST:
        names = {"levels": ", ".join(LEVELS_LOWEST_FIRST)}
        raise _refused("level", row["level"], _("is none of %(levels)s") % names)
    return row["level"]


def _year(row: Row) -> int | None:
    if not row["year"]:
        return None
    if not WHOLE.fullmatch(row["year"]) or int(row["year"]) not in YEARS:
        years = {"first": YEARS[0], "last": YEARS[-1]}
        raise _refused("year", row["year"], _("is no year between %(first)s and %(last)s") % years)
    return int(row["year"])

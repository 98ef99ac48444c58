"""Cities for tests, and lines of the files they come from."""

from pathlib import Path
from typing import Any

from cities.models import City, HistoricAward
from people.enums import OrganizationKind
from people.models import Organization

DATA = Path(__file__).resolve().parents[2] / "data"
CITY_HEADER = "slug,name,state,kind,population_2020,latitude,longitude,timezone"
AWARD_HEADER = "slug,city,state,country,level,year,source"
PATERSON = "paterson-nj,Paterson,NJ,City,159732,40.915,-74.163,America/New_York"
NEWARK = "newark-nj,Newark,NJ,City,311549,40.725,-74.173,America/New_York"


def make_city(slug: str = "paterson-nj", **fields: Any) -> City:
    """A city with its organization; fields of either by name."""
    of_organization = {"name": "Paterson", "country": "US", "state": "NJ", "time_zone": "America/New_York"}
    of_organization |= {name: fields.pop(name) for name in list(fields) if name in of_organization}
    organization = Organization.objects.create(kind=OrganizationKind.CITY, slug=slug, **of_organization)
    of_city = {"kind": "City", "population": 159732, "population_year": 2020} | fields
    return City.objects.create(organization=organization, **of_city)


def award(city: City, level: str, year: int | None) -> HistoricAward:
    return HistoricAward.objects.create(city=city, level=level, year=year)


def csv_of(header: str, *lines: str) -> bytes:
    return "\n".join([header, *lines, ""]).encode()

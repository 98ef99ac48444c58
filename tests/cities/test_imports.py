import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cities.models import City, HistoricAward
from cities.selectors import historic_level_of
from cities.services import import_certificates, import_cities
from core.imports import ImportReport, UnreadableFile
from core.models import AuditEvent
from people.enums import OrganizationKind
from people.models import Organization
from people.services import system_user
from tests.cities.factories import AWARD_HEADER, CITY_HEADER, DATA, NEWARK, PATERSON, award, csv_of, make_city

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
US = (DATA / "us_municipalities.csv").read_bytes()
CERTIFIED = (DATA / "certified_cities.csv").read_bytes()


def cities(source: bytes) -> ImportReport:
    return import_cities(source=source, by=system_user(), now=NOW)


def certificates(source: bytes) -> ImportReport:
    return import_certificates(source=source, by=system_user(), now=NOW)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, len(report.refused)


def refusals(report: ImportReport) -> list[tuple[int, str]]:
    return [(refusal.line, refusal.reason) for refusal in report.refused]


def test_all_municipalities_come_in_and_only_once():
    first, again = cities(US), cities(US)

    assert counts(first) == (3593, 0, 0, 0)
    assert counts(again) == (0, 0, 3593, 0)
    assert City.objects.filter(population__gte=30000).count() == 1418
    assert {city.slug for city in City.objects.matching("hamilton nj")} >= {
        "hamilton-nj",
        "hamilton-nj-township",
    }


@pytest.mark.parametrize("count", [1, 3, 50])
def test_import_takes_the_same_queries_for_any_number_of_rows(count, django_assert_num_queries):
    system = system_user()
    source = b"".join(US.splitlines(keepends=True)[: 1 + count])

    with django_assert_num_queries(7):
        import_cities(source=source, by=system, now=NOW)


def test_facts_of_a_city_are_kept():
    cities(csv_of(CITY_HEADER, PATERSON))

    city = City.objects.get()
    assert (city.slug, city.name, city.state, city.country) == ("paterson-nj", "Paterson", "NJ", "US")
    assert (city.kind, city.population, city.population_year) == ("City", 159732, 2020)
    assert (str(city.latitude), str(city.longitude), city.time_zone) == (
        "40.91500",
        "-74.16300",
        "America/New_York",
    )
    assert city.organization.kind == OrganizationKind.CITY


def test_changed_facts_are_taken_over_and_audited():
    cities(csv_of(CITY_HEADER, PATERSON, NEWARK))

    report = cities(
        csv_of(CITY_HEADER, PATERSON.replace("159732", "160000").replace(",Paterson", ",Silk City"), NEWARK)
    )

    assert counts(report) == (0, 1, 1, 0)
    city = City.objects.get(organization__slug="paterson-nj")
    assert (city.name, city.population) == ("Silk City", 160000)
    event = AuditEvent.objects.filter(action="cities.cities_imported").latest("id")
    assert event.old == {"values": {"paterson-nj": {"name": "Paterson", "population": 159732}}}
    assert event.new["values"] == {"paterson-nj": {"name": "Silk City", "population": 160000}}
    assert (event.new["added"], event.new["changed"], event.new["unchanged"]) == (0, 1, 1)


def test_import_without_changes_leaves_no_event():
    cities(csv_of(CITY_HEADER, PATERSON))
    cities(csv_of(CITY_HEADER, PATERSON))

    assert AuditEvent.objects.filter(action="cities.cities_imported").count() == 1


def test_bad_lines_are_named_and_lose_no_other():
    lines = [
        PATERSON,
        "Bad Slug,A,NJ,City,1,1,1,America/New_York",
        "b-nj,,NJ,City,1,1,1,America/New_York",
        "c-nj,C,ZZ,City,1,1,1,America/New_York",
        "d-nj,D,NJ,City,-5,1,1,America/New_York",
        "e-nj,E,NJ,City,many,1,1,America/New_York",
        "f-nj,F,NJ,City,1,91,1,America/New_York",
        "g-nj,G,NJ,City,1,1,nan,America/New_York",
        "h-nj,H,NJ,City,1,1,1,America/Nowhere",
        "i-nj,I,NJ,City,1,1,1",
        'j-nj,"J,NJ,City,1,1,1,America/New_York',
        "k-nj,K\x07,NJ,City,1,1,1,America/New_York",
        f"l-nj,{'L' * 161},NJ,City,1,1,1,America/New_York",
        "m-nj,M,NJ,City,,1,1,America/New_York",
        PATERSON,
        "",
        NEWARK,
    ]

    report = cities(csv_of(CITY_HEADER, *lines))

    assert {city.slug for city in City.objects.all()} == {"paterson-nj", "newark-nj"}
    assert counts(report) == (2, 0, 0, 14)
    assert sorted(refusals(report)) == [
        (3, "slug: “Bad Slug” must be lower-case letters, digits and single hyphens"),
        (4, "name: is empty"),
        (5, "state: “ZZ” is no state of the United States"),
        (6, "population_2020: “-5” is no whole number of 0 or more"),
        (7, "population_2020: “many” is no whole number of 0 or more"),
        (8, "latitude: “91” must be degrees between -90 and 90"),
        (9, "longitude: “nan” must be degrees between -180 and 180"),
        (10, "timezone: “America/Nowhere” is no known time zone"),
        (11, "has 7 values, and the header has 8"),
        (12, "is no valid CSV: unexpected end of data"),
        (13, "has control characters"),
        (14, "name: “LLLLLLLLLLLLLLLLLLLL…” is longer than 160 characters"),
        (15, "population_2020: is empty"),
        (16, "slug: the same is on line 2 already"),
    ]


def test_line_in_another_encoding_is_refused_alone():
    source = (
        csv_of(CITY_HEADER, PATERSON) + b"canon-co,Ca\xf1on,CO,City,1,1,1,America/Denver\n" + NEWARK.encode()
    )

    report = cities(source)

    assert counts(report) == (2, 0, 0, 1)
    assert refusals(report) == [(3, "is not UTF-8 text")]


def test_second_line_counts_when_the_first_of_the_same_slug_was_bad():
    report = cities(csv_of(CITY_HEADER, PATERSON.replace("159732", "-1"), PATERSON))

    assert counts(report) == (1, 0, 0, 1)


def test_byte_order_mark_line_ends_order_and_further_columns_do_not_matter():
    header = "timezone,longitude,latitude,population_2020,kind,state,name,slug,remark"
    values = ",".join([*reversed(PATERSON.split(",")), "hello"])

    report = cities(b"\xef\xbb\xbf" + f"{header}\r\n{values}\r\n".encode())

    assert counts(report) == (1, 0, 0, 0)
    assert City.objects.get().slug == "paterson-nj"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "lacks the columns slug, name"),
        (b"slug,name\n", "lacks the columns state, kind, .*It has: slug, name"),
        (f"{CITY_HEADER},slug\n".encode(), "these columns twice: slug"),
        (CITY_HEADER.encode("utf-16"), "header can't be read: is not UTF-8"),
        (b'"slug,name\n', "header can't be read: is no valid CSV"),
    ],
)
def test_file_that_is_none_of_ours_is_refused_as_a_whole(source, reason):
    with pytest.raises(UnreadableFile, match=reason):
        cities(source)


def test_slug_of_another_organization_is_refused():
    Organization.objects.create(kind=OrganizationKind.PARTNER, name="Partner", slug="paterson-nj")

    report = cities(csv_of(CITY_HEADER, PATERSON, NEWARK))

    assert counts(report) == (1, 0, 0, 1)
    assert refusals(report) == [(2, "slug: “paterson-nj” belongs to a Partner")]


def test_organization_of_a_city_without_facts_gets_them():
    Organization.objects.create(kind=OrganizationKind.CITY, name="Old name", slug="paterson-nj", state="NJ")

    report = cities(csv_of(CITY_HEADER, PATERSON))

    assert counts(report) == (1, 0, 0, 0)
    assert City.objects.get().name == "Paterson"


def test_all_certificates_come_in_and_only_once():
    cities(US)

    first, again = certificates(CERTIFIED), certificates(CERTIFIED)

    assert (counts(first), first.cities_added) == ((115, 0, 0, 0), 25)
    assert (counts(again), again.cities_added) == ((0, 0, 115, 0), 0)
    assert City.objects.filter(historic_awards__isnull=False).distinct().count() == 86
    bogota = City.objects.get(organization__slug="bogota-col")
    assert (bogota.name, bogota.country, bogota.population, bogota.time_zone) == ("Bogotá", "CO", None, "")
    levels = {
        slug: historic_level_of(City.objects.get(organization__slug=slug))
        for slug in ("scottsdale-az", "los-angeles-ca", "tulsa-ok", "paterson-nj", "newark-nj")
    }
    assert levels == {
        "scottsdale-az": "gold",
        "los-angeles-ca": "platinum",
        "tulsa-ok": "silver",
        "paterson-nj": None,
        "newark-nj": None,
    }


def test_certificates_before_the_cities_are_refused_by_line():
    report = certificates(CERTIFIED)

    assert report.cities_added == 25
    assert City.objects.count() == 25
    assert (2, "slug: there is no city “los-angeles-ca”; import the cities first") in refusals(report)


def test_bad_award_lines_are_named_and_lose_no_other():
    make_city("paterson-nj", state="NJ")
    Organization.objects.create(kind=OrganizationKind.PARTNER, name="Partner", slug="partner-bra")
    lines = [
        "paterson-nj,Paterson,NJ,US,gold,2024,https://example.org/a",
        "paterson-nj,Paterson,NJ,US,gold,2024,again",
        "paterson-nj,Paterson,NY,US,gold,2025,",
        "paterson-nj,Paterson,,BR,gold,2025,",
        "paterson-nj,Paterson,NJ,US,gild,2025,",
        "paterson-nj,Paterson,NJ,US,gold,1066,",
        "paterson-nj,Paterson,NJ,US,gold,soon,",
        "paterson-nj,Paterson,NJ,USA,gold,2025,",
        "partner-bra,Partner,,BR,gold,2025,",
        "recife-bra,Recife,,BR,,,",
    ]

    report = certificates(csv_of(AWARD_HEADER, *lines))

    assert counts(report) == (2, 0, 0, 8)
    assert sorted(refusals(report)) == [
        (3, "slug: the same is on line 2 already"),
        (4, "slug: “paterson-nj” lies in NJ, US"),
        (5, "slug: “paterson-nj” lies in NJ, US"),
        (6, "level: “gild” is none of silver, gold, platinum"),
        (7, "year: “1066” is no year between 2000 and 2099"),
        (8, "year: “soon” is no year between 2000 and 2099"),
        (9, "country: “USA” is no two-letter country code"),
        (10, "slug: “partner-bra” belongs to a Partner"),
    ]
    assert {city.slug for city in City.objects.all()} == {"paterson-nj", "recife-bra"}


def test_level_documented_later_completes_the_award_of_that_year():
    city = make_city("paterson-nj", state="NJ")
    award(city, "", 2022)

    report = certificates(csv_of(AWARD_HEADER, "paterson-nj,Paterson,NJ,US,silver,2022,https://example.org"))

    assert counts(report) == (0, 1, 0, 0)
    kept = HistoricAward.objects.get()
    assert (kept.level, kept.year, kept.source) == ("silver", 2022, "https://example.org")
    event = AuditEvent.objects.get(action="cities.certificates_imported")
    assert event.old["values"] == {"paterson-nj 2022": {"level": "", "source": ""}}


def test_organization_outside_the_us_without_facts_becomes_a_city():
    Organization.objects.create(kind=OrganizationKind.CITY, name="Recife", slug="recife-bra", country="BR")

    report = certificates(
        csv_of(AWARD_HEADER, "recife-bra,Recife,,BR,gold,2024,", "recife-bra,Recife,,BR,,2022,")
    )

    assert (counts(report), report.cities_added) == ((2, 0, 0, 0), 1)


def call(name: str, *args: object) -> str:
    out = StringIO()
    call_command(name, *map(str, args), stdout=out)
    return out.getvalue()


def test_command_reports_as_text_and_as_json(tmp_path):
    path = tmp_path / "cities.csv"
    path.write_bytes(csv_of(CITY_HEADER, PATERSON, NEWARK.replace("311549", "x")))

    assert call("import_cities", path) == (
        "added 1, changed 0, unchanged 0, refused 1\n"
        "line 3: population_2020: “x” is no whole number of 0 or more\n"
    )
    assert json.loads(call("import_cities", path, "--json")) == {
        "added": 0,
        "changed": 0,
        "unchanged": 1,
        "refused": [{"line": 3, "reason": "population_2020: “x” is no whole number of 0 or more"}],
    }


def test_certificates_command_counts_the_cities_it_made(tmp_path):
    path = tmp_path / "certified.csv"
    path.write_bytes(csv_of(AWARD_HEADER, "recife-bra,Recife,,BR,gold,2024,"))

    assert json.loads(call("import_certificates", path, "--json")) == {
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": [],
        "cities_added": 1,
    }


def test_command_says_what_is_wrong_with_a_file(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")

    with pytest.raises(CommandError, match="can't be read"):
        call("import_cities", tmp_path / "nothing.csv")
    with pytest.raises(CommandError, match="lacks the columns"):
        call("import_cities", empty)

import csv
import re
from collections import defaultdict
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from cities.services import import_certificates, import_cities
from people.services import system_user
from tests.cities.factories import DATA, award, make_city
from tests.public.strangers import TODAY, YEAR, certify, revoke, words
from tests.scenes import START, make_standard

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
CERTIFIED = DATA / "certified_cities.csv"


def shown(level: str, year: str) -> tuple[str, str]:
    return level.capitalize() or "level not on record", year or "year not on record"


def badge_of(client: Client, slug: str) -> ElementTree.Element:
    response = client.get(f"/cities/{slug}/badge.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert b"style" not in response.content
    assert b"<script" not in response.content
    return ElementTree.fromstring(response.content)  # noqa: S314 -- our own drawing


def history(client: Client, slug: str) -> list[tuple[str, str]]:
    """Level and year of each award on the page of a city."""
    html = client.get(f"/cities/{slug}/").content.decode()
    body = html[html.index('id="history"') : html.index("</table>")]
    rows = re.findall(r'<th scope="row">([^<]+)</th>\s*<td data-label="Level">([^<]+)</td>', body)
    return [(level, year) for year, level in rows]


@pytest.mark.slow
def test_whole_file_of_certified_cities_shows_as_it_stands(client: Client):
    import_cities(source=(DATA / "us_municipalities.csv").read_bytes(), by=system_user(), now=START)
    import_certificates(source=CERTIFIED.read_bytes(), by=system_user(), now=START)
    expected = defaultdict(list)
    with CERTIFIED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            expected[row["slug"]].append(shown(row["level"], row["year"]))

    listed = {city.slug for page in (1, 2) for city in client.get(f"/cities/?page={page}").context["cities"]}
    found = {slug: sorted(history(client, slug)) for slug in expected}

    assert (len(expected), sum(map(len, expected.values()))) == (86, 115)
    assert listed == set(expected)
    assert found == {slug: sorted(awards) for slug, awards in expected.items()}
    assert history(client, "scottsdale-az") == [("Gold", "2023"), ("Silver", "2020"), ("Silver", "2019")]
    assert history(client, "tempe-az") == [("Platinum", "2024"), ("Gold", "2021"), ("Gold", "2020")]
    assert "Paterson is certified; the level is not on record." in words(client, "/cities/paterson-nj/")
    for slug in expected:
        assert "expired" not in words(client, f"/cities/{slug}/")


def test_page_says_level_year_and_source(client: Client):
    city = make_city("tempe-az", name="Tempe", state="AZ")
    city.historic_awards.create(level="gold", year=2020, source="https://www.example.org/a-press-release")
    city.historic_awards.create(level="platinum", year=2024, source="“A city on the rise”, The Times")
    make_standard()

    response = client.get("/cities/tempe-az/")
    html, text = response.content.decode(), words(client, "/cities/tempe-az/")

    assert "Tempe is certified Platinum." in text
    assert 'aria-label="Certified Platinum, 2024"' in html
    assert (
        '<a href="https://www.example.org/a-press-release" rel="external noreferrer">example.org</a>' in html
    )
    assert "“A city on the rise”, The Times" in text
    assert "What Platinum means" in text
    assert "Gold 80% of the criteria by weight" in text


def test_source_that_is_no_web_address_is_no_link(client: Client):
    city = make_city()
    city.historic_awards.create(level="gold", year=2020, source="javascript:alert(1)")

    assert 'href="javascript' not in client.get("/cities/paterson-nj/").content.decode()


def test_certificate_shows_its_number_and_its_dates(client: Client):
    city = make_city()
    certificate = certify(city, make_standard(), "platinum")
    award(city, "silver", 2019)

    text = words(client, "/cities/paterson-nj/")

    assert "Paterson is certified Platinum." in text
    assert f"Valid until {certificate.expires_on:%a, %b} {certificate.expires_on.day}," in text
    assert certificate.number in text
    assert "2019 Silver from before Milepost" in text


def test_history_keeps_what_expired_and_what_was_revoked(client: Client):
    standard, city = make_standard(), make_city()
    certify(city, standard, "silver", on=TODAY() - 4 * YEAR)
    revoke(certify(city, standard, "platinum", on=TODAY() - YEAR))
    certify(city, standard, "gold")

    html = client.get("/cities/paterson-nj/").content.decode()

    assert "Paterson is certified <strong>Gold</strong>." in html
    assert (html.count(">expired<"), html.count(">revoked<")) == (1, 1)
    assert "A secret reason" not in html


@pytest.mark.parametrize("count", [1, 3, 50])
def test_page_takes_the_same_queries_for_any_history(client: Client, count: int, django_assert_num_queries):
    city, standard = make_city(), make_standard()
    for n in range(count):
        award(city, "gold", 2000 + n)
        certify(city, standard, on=TODAY() - timedelta(days=n))

    with django_assert_num_queries(6):
        client.get("/cities/paterson-nj/")


@pytest.mark.parametrize(
    ("level", "year", "title", "line"),
    [
        ("gold", 2023, "Certified Gold", "Data-driven city · 2023"),
        ("", 2022, "Certified", "Data-driven city · 2022"),
        ("", None, "Certified", "Data-driven city"),
    ],
)
def test_badge_names_level_and_year(client: Client, level: str, year: int | None, title: str, line: str):
    award(make_city(name='Pat<er>son & "Sons"'), level, year)

    drawing = badge_of(client, "paterson-nj")

    assert [text.text for text in drawing.iter(f"{SVG}text")] == [title, line]
    assert drawing.find(f"{SVG}title").text.startswith('Pat<er>son & "Sons": Certified')


def test_badge_grows_with_its_words(client: Client):
    standard = make_standard()
    certify(make_city(), standard, "platinum")
    award(make_city("newark-nj"), "", 2020)

    widths = [int(badge_of(client, slug).get("width")) for slug in ("paterson-nj", "newark-nj")]

    assert widths[0] > widths[1]


def test_page_offers_the_badge_by_its_full_address(client: Client, settings: Settings):
    settings.BASE_URL = "https://milepost.example"
    award(make_city(), "gold", 2023)

    html = client.get("/cities/paterson-nj/").content.decode()

    assert '<img src="/cities/paterson-nj/badge.svg"' in html
    assert 'src="https://milepost.example/cities/paterson-nj/badge.svg"' in html

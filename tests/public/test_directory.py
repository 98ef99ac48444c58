from datetime import timedelta

import pytest
from django.test import Client

from cities.models import City
from tests.cities.factories import award, make_city
from tests.public.strangers import TODAY, YEAR, certify, revoke, words
from tests.scenes import make_cities, make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities() -> dict[str, City]:
    """Six certified cities of all kinds, and one that is not."""
    found = {
        "ames": make_city("ames-ia", name="Ames", state="IA"),
        "bogota": make_city("bogota-col", name="Bogotá", state="", country="CO"),
        "chico": make_city("chico-ca", name="Chico", state="CA"),
        "davis": make_city("davis-ca", name="Davis", state="CA"),
        "erie": make_city("erie-pa", name="Erie", state="PA"),
        "fargo": make_city("fargo-nd", name="Fargo", state="ND"),
        "gary": make_city("gary-in", name="Gary", state="IN"),
    }
    award(found["ames"], "silver", 2019)
    award(found["ames"], "gold", 2023)
    award(found["bogota"], "silver", 2024)
    award(found["chico"], "", 2022)
    award(found["davis"], "platinum", None)
    certify(found["erie"], make_standard(), "platinum")
    award(found["fargo"], "silver", 2018)
    return found


def names(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/cities/{query}")
    assert response.status_code == 200
    return [city.name for city in response.context["cities"]]


def test_directory_holds_every_certified_city_and_no_other(client: Client, cities: dict[str, City]):
    assert names(client) == ["Ames", "Bogotá", "Chico", "Davis", "Erie", "Fargo"]
    assert "Showing 1–6 of 6" in words(client, "/cities/")


def test_row_says_place_level_and_year(client: Client, cities: dict[str, City]):
    text = words(client, "/cities/")

    assert "Ames IA, United States Gold 2023" in text
    assert "Bogotá Colombia Silver 2024" in text
    assert "Chico CA, United States Certified, level not on record 2022" in text
    assert "Davis CA, United States Platinum year not on record" in text
    assert f"Erie PA, United States Platinum {TODAY().year}" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=bog", ["Bogotá"]),
        ("?q=davis+ca", ["Davis"]),
        ("?q=gary", []),
        ("?state=CA", ["Chico", "Davis"]),
        ("?country=CO", ["Bogotá"]),
        ("?level=silver", ["Bogotá", "Fargo"]),
        ("?level=platinum", ["Davis", "Erie"]),
        ("?level=unknown", ["Chico"]),
        ("?state=CA&level=platinum", ["Davis"]),
        ("?state=IN", ["Ames", "Bogotá", "Chico", "Davis", "Erie", "Fargo"]),
        ("?q=a%00b", ["Ames", "Bogotá", "Chico", "Davis", "Erie", "Fargo"]),
        ("?q=%25", []),
        ("?page=99", ["Ames", "Bogotá", "Chico", "Davis", "Erie", "Fargo"]),
        ("?sort=-city", ["Fargo", "Erie", "Davis", "Chico", "Bogotá", "Ames"]),
        ("?sort=place", ["Bogotá", "Chico", "Davis", "Ames", "Fargo", "Erie"]),
        ("?sort=-level", ["Davis", "Erie", "Ames", "Bogotá", "Fargo", "Chico"]),
        ("?sort=year", ["Fargo", "Chico", "Ames", "Bogotá", "Erie", "Davis"]),
        ("?sort=-year", ["Erie", "Bogotá", "Ames", "Chico", "Fargo", "Davis"]),
        ("?sort=score", ["Ames", "Bogotá", "Chico", "Davis", "Erie", "Fargo"]),
    ],
)
def test_directory_filters_and_sorts(client: Client, cities: dict[str, City], query: str, found: list[str]):
    assert names(client, query) == found


def test_filters_offer_only_places_of_certified_cities(client: Client, cities: dict[str, City]):
    html = client.get("/cities/").content.decode()

    assert '<option value="CA">' in html
    assert '<option value="IN">' not in html


def test_empty_list_says_what_to_do(client: Client, cities: dict[str, City]):
    assert "No certified city fits." in words(client, "/cities/?q=nowhere")


def test_directory_without_cities_says_so(client: Client):
    assert "No city has been certified yet." in words(client, "/cities/")


def test_city_whose_certificate_ran_out_is_no_longer_certified(client: Client):
    city = make_city()
    award(city, "gold", 2020)
    certify(city, make_standard(), on=TODAY() - 3 * YEAR)

    assert names(client) == []


def test_certificate_holds_to_the_day_before_it_expires(client: Client):
    standard = make_standard()
    certify(make_city("a", name="Ames"), standard, on=TODAY() - 3 * YEAR + timedelta(days=1))

    assert names(client) == ["Ames"]


def test_revoked_certificate_leaves_what_was_held_before(client: Client):
    standard, city, bare = make_standard(), make_city(), make_city("bare", name="Bare")
    award(city, "silver", 2020)
    revoke(certify(city, standard, "platinum"))
    revoke(certify(bare, standard))

    assert names(client) == ["Paterson"]
    assert "Paterson NJ, United States Silver 2020" in words(client, "/cities/")


@pytest.mark.parametrize("count", [1, 3, 50, 60])
def test_directory_takes_the_same_queries_for_any_number(client: Client, count, django_assert_num_queries):
    for city in make_cities(count):
        award(city, "silver", 2020)
        award(city, "gold", None)

    with django_assert_num_queries(5):
        response = client.get("/cities/?q=town&level=gold&sort=-level")

    assert response.context["page"].paginator.count == count
    assert len(response.context["cities"]) == min(count, 50)

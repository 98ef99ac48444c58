from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from people.services import system_user
from standards.services import import_figures
from tests.cities.factories import DATA, award, make_city
from tests.public.strangers import TODAY, certify, words
from tests.scenes import START, make_standard

pytestmark = pytest.mark.django_db


def test_home_quotes_the_program_with_date_and_source(client: Client):
    source = (DATA / "program_counts.csv").read_bytes()
    import_figures(source=source, by=system_user(), now=START)

    text = words(client, "/")

    assert "As the program published" in text
    assert "cities certified so far 104 Feb 26, 2025 · program press release" in text
    assert "cities that submitted an assessment 700 February 2025 · city press release" in text
    assert "83" not in text


def test_home_without_published_figures_quotes_nothing(client: Client):
    assert "As the program published" not in words(client, "/")


def test_home_counts_each_certified_city_once(client: Client):
    twice = make_city("boston-ma", name="Boston")
    award(twice, "silver", 2018)
    award(twice, "gold", 2021)
    assert "Browse the one certified city on record" in words(client, "/")

    award(make_city("newark-nj", name="Newark"), "", None)

    assert "Browse all 2 certified cities on record" in words(client, "/")


def test_home_looks_for_a_city_in_the_directory(client: Client):
    assert '<form class="mp-search" method="get" action="/cities/"' in client.get("/").content.decode()


def test_latest_announcements_come_first_and_then_the_newest_on_record(client: Client):
    standard = make_standard()
    for year in (2018, 2021, 2024, None):
        award(make_city(f"town-{year}", name=f"Town of {year}"), "gold", year)
    for n in (1, 2, 3):
        certify(make_city(f"new-{n}", name=f"New {n}"), standard, on=TODAY() - timedelta(days=n))

    html = client.get("/").content.decode()

    shown = ["New 1", "New 2", "New 3", "Town of 2024", "Town of 2021"]
    places = [html.index(f">{name}</a>") for name in shown]
    assert places == sorted(places)
    assert "Town of 2018" not in html


def test_home_asks_the_same_few_questions(client: Client, django_assert_num_queries):
    for n in range(7):
        award(make_city(f"city-{n}"), "gold", 2020)

    with django_assert_num_queries(5):
        client.get("/")


def test_home_refuses_to_be_posted_to(client: Client):
    assert client.post("/").status_code == 405


@pytest.mark.parametrize("address", ["/", "/cities/", "/cities/paterson-nj/", "/verify/MP-2025-0001/"])
def test_demonstration_says_so_to_strangers(client: Client, settings: Settings, address: str):
    settings.DEMO = True

    assert "Demonstration: real cities, invented progress." in client.get(address).content.decode()

"""Pages for strangers are the same for everyone, leave no trace, and can be cached."""

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from cities.models import City
from people.services import system_user
from standards.services import import_figures
from tests.cities.factories import DATA, award, make_city
from tests.journeys.people import barriers_on, sideways_on_a_phone
from tests.public.strangers import certify
from tests.scenes import START, Scene, make_person, make_standard

FOUND = ("/", "/cities/", "/cities/?q=pat&sort=-year", "/cities/paterson-nj/", "/verify/{}/")
MISSING = ("/cities/nowhere-xx/", "/cities/nowhere-xx/badge.svg", "/verify/MP-1999-0001/")


@pytest.fixture
def number(db: None) -> str:
    """Of Paterson's certificate."""
    return _paterson()


def _paterson() -> str:
    city = make_city()
    award(city, "silver", 2019)
    return certify(city, make_standard(), "platinum").number


@pytest.mark.parametrize("address", [*FOUND, "/cities/paterson-nj/badge.svg", *MISSING])
def test_page_is_cacheable_and_leaves_no_trace(client: Client, number: str, address: str):
    response = client.get(address.format(number))

    assert response.status_code == (404 if address in MISSING else 200)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert b"csrf" not in response.content


@pytest.mark.parametrize("address", [*FOUND, "/cities/paterson-nj/badge.svg", *MISSING])
def test_page_is_the_same_for_somebody_signed_in(client: Client, number: str, address: str):
    anonymous = client.get(address.format(number)).content
    lead = make_person("Lead", City.objects.get().organization)

    assert Scene.sign_in(client, lead).get(address.format(number)).content == anonymous


def test_page_that_did_not_change_is_not_sent_again(client: Client, number: str):
    first = client.get("/cities/paterson-nj/")

    again = client.get("/cities/paterson-nj/", headers={"If-None-Match": first["ETag"]})
    award(City.objects.get(), "gold", 2020)
    changed = client.get("/cities/paterson-nj/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.parametrize("address", [*FOUND, *MISSING[:1], "/cities/newark-nj/"])
def test_page_has_no_barrier_and_fits_a_phone(
    browser: Browser,
    live_server: LiveServer,
    transactional_db: None,
    axe_script: str,
    settings: Settings,
    address: str,
):
    settings.DEMO = True
    import_figures(source=(DATA / "program_counts.csv").read_bytes(), by=system_user(), now=START)
    award(make_city("newark-nj", name="Newark"), "", None)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    page.goto(address.format(_paterson()))

    assert barriers_on(page, axe_script) == []
    assert sideways_on_a_phone(page) == []
    assert barriers_on(page, axe_script) == []
    assert [text for text in complaints if "404" not in text] == []
    assert context.cookies() == []
    context.close()

"""Nothing of a case shows to strangers before its announcement, though there is a case that could show."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.enums import DeclineReason
from cities.models import City
from tests.cities.factories import award
from tests.public.strangers import TODAY, certify
from tests.scenes import Scene
from workflows import services

pytestmark = pytest.mark.django_db

# Everything that a stranger may open; `{slug}` is the applicant's.
LISTS = (
    "/",
    "/cities/",
    "/cities/?q=paterson",
    "/cities/?state=NJ",
    "/cities/?level=gold",
    "/cities/?level=silver",
    "/cities/?level=unknown",
    "/cities/?sort=-year",
)


@pytest.fixture(params=["open", "decided", "scheduled", "declined", "withdrawn"])
def applicant(request: pytest.FixtureRequest, scene: Scene) -> City:
    """Paterson, on its way or turned back, beside a city that is certified."""
    award(scene.other_city, "gold", 2023)
    scene.now = timezone.now()
    scene.announce_on = scene.today + timedelta(days=2)
    if request.param == "open":
        scene.one("release_report")
    elif request.param == "decided":
        scene.one("announce")
    elif request.param == "scheduled":
        scene.do(scene.one("announce"))
    elif request.param == "declined":
        City.objects.filter(pk=scene.city.pk).update(population=9000)
        item = scene.one("confirm")
        services.decline_application_and_route(
            work_item_id=item.pk,
            rule=DeclineReason.POPULATION,
            reason="Too small.",
            by=scene.manager,
            now=scene.now,
        )
    else:
        scene.one("self_assess")
        services.withdraw_case(case_id=scene.case.pk, reason="An election.", by=scene.lead, now=scene.now)
    return scene.city


def test_nothing_tells_of_an_applicant(client: Client, applicant: City):
    for address in LISTS:
        text = client.get(address).content.decode().replace('value="paterson"', "")

        assert "aterson" not in text, address

    for address in ("/cities/{}/", "/cities/{}/badge.svg"):
        known, unknown = client.get(address.format("paterson-nj")), client.get(address.format("nowhere-xx"))
        assert known.status_code == unknown.status_code == 404
        assert known.content == unknown.content
        assert known.headers == unknown.headers
    assert client.get(f"/verify/MP-{TODAY().year}-0001/").status_code == 404


def test_certified_city_shows_its_old_award_while_a_new_one_waits(client: Client, scene: Scene):
    award(scene.city, "", 2022)
    scene.now = timezone.now()
    scene.announce_on = scene.today + timedelta(days=2)
    scene.do(scene.one("announce"))

    html = client.get("/cities/paterson-nj/").content.decode()

    assert "Paterson is <strong>certified</strong>; the level is not on record." in html
    assert "MP-" not in html
    assert "mp-seal--plain" in html


def test_award_shows_from_its_announcement(client: Client, scene: Scene):
    scene.now = timezone.now()
    scene.walk_to_end()

    html = client.get("/cities/paterson-nj/").content.decode()

    assert "Paterson is certified <strong>Silver</strong>." in html
    assert "paterson-nj" in client.get("/").content.decode()


def test_applicant_costs_as_many_questions_as_nobody(client: Client, scene: Scene, django_assert_num_queries):
    scene.open_case()

    for slug in ("paterson-nj", "nowhere-xx"):
        with django_assert_num_queries(2):
            client.get(f"/cities/{slug}/")


def test_future_certificate_is_nowhere(client: Client, scene: Scene):
    certify(scene.city, scene.standard, on=TODAY() + timedelta(days=2))

    pages = [client.get(address).content.decode() for address in LISTS]

    assert not any("Paterson" in page for page in pages)
    assert client.get("/cities/paterson-nj/").status_code == 404

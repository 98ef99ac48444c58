import pytest
from django.test import Client

from cities.models import City, HistoricAward
from people.enums import OrganizationKind
from people.models import Organization

pytestmark = pytest.mark.django_db


def make_city(slug: str) -> City:
    organization = Organization.objects.create(kind=OrganizationKind.CITY, name=slug.title(), slug=slug)
    return City.objects.create(organization=organization)


def test_home_counts_each_city_on_record_once(client: Client):
    twice = make_city("boston-ma")
    HistoricAward.objects.create(city=twice, level="silver", year=2018)
    HistoricAward.objects.create(city=twice, level="gold", year=2021)
    make_city("paterson-nj")

    html = client.get("/").content.decode()

    assert "<strong>1</strong>" in html
    assert "city on record" in html


def test_home_without_records_shows_no_figure(client: Client):
    assert "on record" not in client.get("/").content.decode()


def test_home_is_cacheable_and_leaves_no_trace(client: Client):
    response = client.get("/")

    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_home_asks_the_database_once(client: Client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/")


def test_home_refuses_to_be_posted_to(client: Client):
    assert client.post("/").status_code == 405

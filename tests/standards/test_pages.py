import pytest
from django.urls import reverse

from people.models import User
from people.services import system_user
from standards.services import load_standard
from tests.standards.factories import NOW, small_standard, wwc_v3
from tests.standards.test_fileformat import FULL

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(User.objects.create(email="reader@city.example", name="Reader"))
    return client


def test_standard_page_shows_criteria_checks_and_levels(reader):
    wwc_v3()

    page = reader.get("/standards/wwc-v3/").content.decode()

    assert "43 criteria in 8 practice areas" in page
    assert "3 of these 4 must hold" in page
    assert "(within 12 months)" in page
    assert "22 of 43 criteria" in page
    assert "51% of the total weight" in page
    assert "Every criterion counts the same." in page
    assert "United States, Canada, Mexico" in page
    assert "30,000 people or more" in page
    assert "more than 1/2 of the votes cast" in page
    assert page.count("<h1") == 1


def test_standard_page_shows_every_kind_of_rule(reader):
    small_standard(
        decision="{quorum: 3, majority: 1/2, gates: [{code: G1, statement: A gate}]}",
        levels="[{slug: a, name: A, minimum: 2 points, mandatory: [DM1], area_minimums: {OD: 1}}]",
    )

    page = reader.get(reverse("standards:standard-detail", args=["small-v1"])).content.decode()

    for words in (
        "2 of 3 criteria",
        'Met in any case: <a href="#criterion-DM1">',
        "At least 1 met in Area OD",
        "A gate",
    ):
        assert words in page


def test_standard_page_says_points_where_weights_differ(reader):
    load_standard(source=FULL, by=system_user(), now=NOW)

    page = reader.get("/standards/example-v1/").content.decode()

    assert "all together weigh 3 points" in page
    assert "2 of 3 points" in page
    assert "Counts 2 times" in page
    assert 'Counts only when these count: <a href="#criterion-DM1">' in page


@pytest.mark.parametrize("count", [1, 3, 50])
def test_standard_list_takes_the_same_queries(reader, count, django_assert_num_queries):
    for number in range(count):
        small_standard(f"small-v{number}")

    with django_assert_num_queries(5):
        page = reader.get("/standards/").content.decode()

    assert page.count("A small standard") == count


def test_empty_standard_list_says_so(reader):
    assert "No standard is published yet" in reader.get("/standards/").content.decode()


def test_unknown_standard_is_not_found(reader):
    assert reader.get("/standards/nothing/").status_code == 404


@pytest.mark.parametrize("address", ["/standards/", "/standards/small-v1/"])
def test_strangers_are_asked_to_sign_in(client, address):
    small_standard()

    response = client.get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from cities.models import City, HistoricAward
from cities.selectors import historic_award_of, historic_level_of, historic_levels
from people.enums import OrganizationKind, Role
from people.models import Organization, User
from people.services import affiliate, system_user
from tests.cities.factories import award, make_city

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def person(email: str, role: Role | None = None, organization: Organization | None = None) -> User:
    user = User.objects.create(email=email, name=email)
    if role and organization:
        affiliate(
            person=user, organization=organization, role=role, since=NOW.date(), by=system_user(), now=NOW
        )
    return user


def test_people_of_a_city_see_their_own():
    paterson, newark = make_city("paterson-nj"), make_city("newark-nj", name="Newark")
    lead = person("lead@paterson.example", Role.CITY_LEAD, paterson.organization)
    sponsor = person("mayor@newark.example", Role.CITY_SPONSOR, newark.organization)

    assert list(City.objects.visible_to(lead)) == [paterson]
    assert list(City.objects.visible_to(sponsor)) == [newark]


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganizationKind.PROGRAM, Role.PROGRAM_MANAGER),
        (OrganizationKind.PROGRAM, Role.PROGRAM_DIRECTOR),
        (OrganizationKind.PROGRAM, Role.ASSESSOR),
        (OrganizationKind.PROGRAM, Role.COMMITTEE_MEMBER),
        (OrganizationKind.PARTNER, Role.PARTNER_LEAD),
        (OrganizationKind.PARTNER, Role.COACH),
    ],
)
def test_program_partners_assessors_and_committee_see_every_city(kind, role):
    make_city("paterson-nj")
    make_city("newark-nj")
    office = Organization.objects.create(kind=kind, name="Office", slug="office")

    assert City.objects.visible_to(person("p@office.example", role, office)).count() == 2


def test_strangers_see_no_city():
    city = make_city()
    lead = person("lead@paterson.example", Role.CITY_LEAD, city.organization)
    lead.is_active = False

    for stranger in (None, AnonymousUser(), person("nobody@example.org"), lead):
        assert not City.objects.visible_to(stranger).exists()


def test_city_speaks_for_its_organization():
    city = make_city(state="NJ")

    assert (city.name, city.slug, str(city)) == ("Paterson", "paterson-nj", "Paterson")
    assert (city.country, city.state, city.time_zone) == ("US", "NJ", "America/New_York")


def test_matching_needs_every_word():
    make_city("hamilton-nj", name="Hamilton")
    make_city("hamilton-oh", name="Hamilton")

    assert City.objects.matching("hamil").count() == 2
    assert [city.slug for city in City.objects.matching("hamilton nj")] == ["hamilton-nj"]


@pytest.mark.parametrize("count", [1, 3, 50])
def test_list_takes_one_query(count, django_assert_num_queries):
    for number in range(count):
        make_city(f"city-{number:02}", name=f"City {number:02}")

    with django_assert_num_queries(1):
        assert len([city.name for city in City.objects.for_list()]) == count


@pytest.mark.parametrize("count", [1, 3, 50])
def test_detail_takes_two_queries(count, django_assert_num_queries):
    for number in range(count):
        award(make_city(f"city-{number}"), "gold", 2020 + number % 5)

    with django_assert_num_queries(2):
        levels = [one.level for city in City.objects.for_detail() for one in city.historic_awards.all()]

    assert levels == ["gold"] * count


def test_current_historic_award_comes_with_its_row():
    city = make_city()
    award(city, "silver", 2019)
    newest = award(city, "gold", 2023)

    assert historic_award_of(city) == newest
    assert historic_level_of(make_city("newark-nj")) is None


def test_historic_levels_of_many_cities_take_one_query(django_assert_num_queries):
    gold, unknown, none = make_city("a"), make_city("b"), make_city("c")
    award(gold, "silver", 2019)
    award(gold, "gold", 2023)
    award(unknown, "", 2022)

    with django_assert_num_queries(1):
        levels = historic_levels([gold.pk, unknown.pk, none.pk])

    assert levels == {gold.pk: "gold", unknown.pk: None}


def test_same_award_can_not_be_kept_twice_even_undated():
    city = make_city()
    award(city, "silver", None)

    with pytest.raises(IntegrityError, match="historic_award_once"), transaction.atomic():
        award(city, "silver", None)
    assert str(HistoricAward.objects.get()) == "silver ?"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"population": 5, "population_year": None}, "city_population_with_its_year"),
        ({"latitude": 91}, "city_latitude_on_earth"),
        ({"longitude": -181}, "city_longitude_on_earth"),
    ],
)
def test_database_refuses_impossible_facts(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_city(**fields)

"""Who coached a city, works for a partner that did, or worked for the city lately, does not judge it."""

from datetime import date, timedelta

import pytest

from cases.models import Participation
from cases.rules import conflicted, conflicts_of, has_conflict
from certification.selectors import assessors_for
from people.enums import Role
from people.models import Affiliation, Organization, User
from tests.scenes import SINCE, Scene

TODAY = date(2026, 3, 2)
THREE_YEARS = timedelta(days=1096)


def belong(person: User, organization: Organization, role: Role, until: date | None = None) -> None:
    Affiliation.objects.create(person=person, organization=organization, role=role, since=SINCE, until=until)


def conflict(scene: Scene, person: User) -> list[str]:
    return conflicts_of([person.pk], scene.case, today=TODAY).get(person.pk, [])


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """The first partner coached the city in a case that has ended."""
    scene.engagements = 1
    scene.walk_to_end()
    return scene


def test_nobody_has_a_conflict_without_a_tie(scene: Scene) -> None:
    scene.open_case()

    people = [scene.assessor, scene.other_partner.coach, scene.other_lead, scene.committee[0]]
    assert conflicted([person.pk for person in people], scene.case, today=TODAY) == set()
    assert not has_conflict(scene.assessor, scene.case, today=TODAY)


@pytest.mark.parametrize("role", [Role.CITY_LEAD, Role.CITY_CONTRIBUTOR, Role.CITY_SPONSOR])
def test_whoever_works_for_the_city_has_one(scene: Scene, role: Role) -> None:
    scene.open_case()
    belong(scene.assessor, scene.city.organization, role)

    assert conflict(scene, scene.assessor) == ["city"]


def test_whoever_left_the_city_within_three_years_has_one(scene: Scene) -> None:
    scene.open_case()
    belong(scene.assessor, scene.city.organization, Role.CITY_LEAD, until=TODAY - THREE_YEARS + timedelta(1))
    belong(scene.reconciler, scene.city.organization, Role.CITY_LEAD, until=TODAY - THREE_YEARS)

    assert conflict(scene, scene.assessor) == ["city"]
    assert conflict(scene, scene.reconciler) == []


def test_years_are_a_setting(scene: Scene, settings: object) -> None:
    scene.open_case()
    belong(scene.assessor, scene.city.organization, Role.CITY_LEAD, until=TODAY - timedelta(days=400))

    settings.CONFLICT_YEARS = 1

    assert conflict(scene, scene.assessor) == []


def test_whoever_worked_for_another_city_has_none(scene: Scene) -> None:
    scene.open_case()
    belong(scene.assessor, scene.other_city.organization, Role.CITY_LEAD)

    assert conflict(scene, scene.assessor) == []


def test_whoever_coached_the_city_has_one_for_ever(coached: Scene) -> None:
    Affiliation.objects.filter(person=coached.partner.coach).update(until=date(2021, 1, 1))

    assert conflict(coached, coached.partner.coach) == ["coached"]


def test_whoever_belongs_to_a_partner_that_coached_has_one(coached: Scene) -> None:
    belong(coached.assessor, coached.partner.organization, Role.ASSESSOR)
    belong(coached.reconciler, coached.other_partner.organization, Role.ASSESSOR)

    assert conflict(coached, coached.partner.second_coach) == ["partner"]
    assert conflict(coached, coached.assessor) == ["partner"]
    assert conflict(coached, coached.reconciler) == []


def test_ended_participations_count(coached: Scene) -> None:
    assert not Participation.objects.filter(role="coach", until=None).exists()

    assert conflict(coached, coached.partner.coach) == ["coached", "partner"]


def test_coaching_of_an_earlier_case_counts_in_the_next(coached: Scene) -> None:
    coached.now += timedelta(days=30)
    coached.open_case()

    assert conflict(coached, coached.partner.coach) == ["coached", "partner"]


def test_offer_that_was_declined_makes_no_conflict(scene: Scene) -> None:
    scene.engagements = 1
    scene.decline(scene.one("respond"))
    belong(scene.assessor, scene.partner.organization, Role.ASSESSOR)

    assert conflict(scene, scene.assessor) == []


def test_assessors_are_listed_with_what_speaks_against_them(scene: Scene) -> None:
    scene.walk_to("review")
    belong(scene.other_assessor, scene.city.organization, Role.CITY_LEAD)

    found = {one.person: (one.open_reviews, one.conflicts) for one in assessors_for(scene.case, today=TODAY)}

    assert found == {
        scene.assessor: (1, []),
        scene.reconciler: (1, []),
        scene.other_assessor: (0, ["city"]),
    }
    assert assessors_for(scene.case, today=TODAY)[-1].person == scene.other_assessor


def test_permission_falls_with_the_conflict(scene: Scene) -> None:
    scene.walk_to("review")
    review = scene.review_of(scene.assessor)
    assert scene.fresh(scene.assessor).has_perm("certification.submit_review", review)

    belong(scene.assessor, scene.city.organization, Role.CITY_CONTRIBUTOR)

    assert not scene.fresh(scene.assessor).has_perm("certification.submit_review", review)

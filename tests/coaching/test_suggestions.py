"""Who fits, and why: partners for a city's gaps, coaches for an engagement."""

from datetime import date, timedelta
from typing import Any

import pytest

from coaching.models import Engagement, PartnerProfile
from coaching.selectors import gaps_of
from coaching.services import Offer
from coaching.suggestions import partners_for_gaps
from core.errors import InvalidInput
from tests.scenes import Scene
from workflows import services


def tell(scene: Scene, **facts: Any) -> None:
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(**facts)


def suggested(scene: Scene) -> list[tuple[str, list[str], list[str]]]:
    fits = partners_for_gaps(gaps_of(scene.assessment), scene.city)
    return [(fit.profile.organization.slug, fit.reasons, fit.warnings) for fit in fits]


def test_partner_is_suggested_with_its_reasons(scene: Scene) -> None:
    scene.walk_to("plan_coaching")
    tell(scene, area_codes=["DM", "OD"], region="US-NJ", capacity=5)

    second = suggested(scene)[1]

    reasons = ["coaches Data management and Open data: 3 of 5 gaps", "serves New Jersey"]
    assert second == ("first-partner", [*reasons, "5 of 5 engagements free"], [])


@pytest.mark.parametrize(
    ("facts", "first", "warning"),
    [
        ({"region": "US-TX"}, "other-partner", "does not serve New Jersey"),
        ({"capacity": 0}, "other-partner", "full: 0 of 0 engagements running"),
        ({"area_codes": ["DM", "OD"]}, "other-partner", None),
        ({"capacity": 2}, "first-partner", None),
    ],
)
def test_place_and_room_come_before_fit(
    scene: Scene, facts: dict[str, Any], first: str, warning: str | None
) -> None:
    scene.walk_to("plan_coaching")
    tell(scene, **facts)

    found = suggested(scene)

    assert found[0][0] == first
    assert [text for _slug, _reasons, warnings in found for text in warnings] == [warning] * bool(warning)


def test_unanswered_offers_take_room(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("respond")
    tell(scene, capacity=1)

    fits = partners_for_gaps(gaps_of(scene.assessment), scene.city)

    (first,) = [fit for fit in fits if fit.profile.organization == scene.partner.organization]
    assert first.free == 0
    assert "1 offer not answered" in first.reasons


def test_suggestions_take_the_same_queries_for_many_partners(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    scene.walk_to("plan_coaching")
    gaps = gaps_of(scene.assessment)

    with django_assert_num_queries(1):
        partners_for_gaps(gaps, scene.city)


def test_expired_criteria_are_gaps(scene: Scene) -> None:
    scene.walk_to("plan_coaching")
    answer = scene.response("DM1")
    answer.ticked.set(answer.criterion.checks.filter(position__lt=2))  # a role, and a meeting this year

    fresh = gaps_of(scene.assessment, today=scene.today)
    old = gaps_of(scene.assessment, today=scene.today + timedelta(days=500))

    assert [one.code for one in fresh[0].criteria] == ["DM2"]
    assert [one.code for one in old[0].criteria] == ["DM1", "DM2"]
    assert [one.code for one in old[0].expired] == ["DM1"]


def plan(scene: Scene, *offers: Offer) -> None:
    services.plan_coaching_and_route(
        work_item_id=scene.one("plan_coaching").pk,
        offers=offers,
        reason_for_none="",
        by=scene.manager,
        now=scene.tick(),
    )


def criteria(scene: Scene, *codes: str) -> list[Any]:
    return list(scene.standard.criteria.filter(code__in=codes).select_related("area"))


def test_offer_of_criteria_takes_their_areas_and_one_of_areas_all_their_gaps(scene: Scene) -> None:
    some = Offer(
        scene.partner.organization, criteria=criteria(scene, "DM2", "WW1"), until_on=date(2025, 9, 1)
    )
    whole = Offer(scene.other_partner.organization, list(scene.standard.areas.filter(code="DM")))

    plan(scene, some, whole)

    first, second = scene.engagement(), scene.engagement(scene.other_partner)
    assert [area.code for area in first.areas.all()] == ["DM", "WW"]
    assert [one.code for one in first.criteria.all()] == ["DM2", "WW1"]
    assert first.until_on == date(2025, 9, 1)
    assert [one.code for one in second.criteria.all()] == ["DM2"]


def test_offer_is_refused_for_what_is_met_not_coached_or_past(scene: Scene) -> None:
    tell(scene, area_codes=["DM"])
    partner = scene.partner.organization
    wrong = [
        (Offer(partner, criteria=criteria(scene, "DM1")), "criteria"),
        (Offer(partner, criteria=criteria(scene, "OD1")), "criteria"),
        (Offer(partner, criteria=criteria(scene, "DM2"), until_on=scene.today), "until_on"),
    ]

    for offer, field in wrong:
        with pytest.raises(InvalidInput) as refused:
            plan(scene, offer)
        assert set(refused.value.errors) == {field}

    assert not Engagement.objects.exists()

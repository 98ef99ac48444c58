from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.enums import Choice
from coaching.models import CoachingPlan, Engagement, PartnerProfile
from coaching.services import Offer
from standards.models import Criterion
from tests.scenes import Scene
from tests.workflows.pages import page_of, statuses

UNTIL = "2099-06-30"
PLAN = {
    "deed": "offer",
    "first-partner-chosen": "on",
    "first-partner-criteria": ["DM2", "OD1"],
    "first-partner-goal": "An inventory that people use.",
    "first-partner-until_on": UNTIL,
    "other-partner-criteria": ["WW1", "WW2"],
    "other-partner-goal": "",
    "other-partner-until_on": UNTIL,
}


def flat(page: str) -> str:
    """The page with every run of blanks as one."""
    return " ".join(page.split())


# Planning


def test_plan_page_shows_gaps_and_what_each_partner_brings(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(
        area_codes=["OD"], region="US", capacity=5
    )
    scene.sign_in(client, scene.manager)

    answer = client.get(item.get_absolute_url())

    page = answer.content.decode()
    assert "1 of 6 met" in page
    assert "DM2" in page
    assert "coaches Open data: 2 of 5 gaps · serves New Jersey · 5 of 5 engagements free" in flat(page)
    assert "5 of 5 gaps · works anywhere · 0 engagements running" in flat(page)
    form = answer.context["offer_form"]
    assert form["first-partner-criteria"].initial == ["OD1", "OD2"]
    assert form["other-partner-criteria"].initial == ["DM2", "OD1", "OD2", "WW1", "WW2"]


def test_plan_leaves_out_partners_that_coach_no_gap(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(area_codes=["XX"])
    scene.sign_in(client, scene.manager)

    page = client.get(item.get_absolute_url()).content.decode()

    assert scene.other_partner.organization.name in page
    assert scene.partner.organization.name not in page


def test_plan_offers_to_several_partners_at_once(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), PLAN | {"other-partner-chosen": "on"})

    assert answer["Location"] == reverse("workflows:case-coaching", args=[scene.case.pk])
    first, second = scene.engagement(), scene.engagement(scene.other_partner)
    assert first.goal == "An inventory that people use."
    assert [area.code for area in first.areas.all()] == ["DM", "OD"]
    assert [one.code for one in first.criteria.all()] == ["DM2", "OD1"]
    assert (first.until_on, second.until_on) == (date(2099, 6, 30), date(2099, 6, 30))
    assert [area.code for area in second.areas.all()] == ["WW"]
    city_page = scene.sign_in(client, scene.lead).get(page_of(first)).content.decode()
    assert "DM2" in city_page
    assert "Jun 30, 2099" in city_page
    stranger = scene.sign_in(client, scene.other_partner.coach).get(page_of(first)).content.decode()
    assert "Jun 30, 2099" not in stranger
    assert {one.subject for one in scene.open_items("respond")} == {first.pk, second.pk}


def test_plan_that_has_a_criterion_coached_twice_is_made_when_it_is_meant(
    scene: Scene, client: Client
) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)
    both = PLAN | {"other-partner-chosen": "on", "other-partner-criteria": ["OD1", "WW1"]}

    refused = client.post(item.get_absolute_url(), both)

    assert refused.status_code == 400
    first, second = scene.partner.organization, scene.other_partner.organization
    assert refused.context["form"].errors["twice"] == [
        f"OD1 would be coached twice: offered to {first}, and now offered to {second}."
    ]
    page = refused.content.decode()
    assert "An inventory that people use." in page
    assert 'name="twice"' in page
    assert page.index("data-errors") < page.index("Gaps by practice area")
    assert 'name="twice"' not in client.get(item.get_absolute_url()).content.decode()
    assert not Engagement.objects.exists()

    assert client.post(item.get_absolute_url(), both | {"twice": "on"}).status_code == 302
    assert Engagement.objects.count() == 2


def test_plan_without_a_tick_is_refused_and_keeps_the_text(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {**PLAN, "first-partner-chosen": ""})

    assert answer.status_code == 400
    assert "Tick at least one partner" in answer.content.decode()
    assert "An inventory that people use." in answer.content.decode()
    assert not CoachingPlan.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("criteria", []), ("criteria", ["DM1"]), ("until_on", ""), ("until_on", "2020-01-01")],
)
def test_plan_that_is_incomplete_is_refused_at_the_field_and_keeps_the_rest(
    scene: Scene, client: Client, field: str, value: Any
) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {**PLAN, f"first-partner-{field}": value})

    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {f"first-partner-{field}"}
    assert "An inventory that people use." in answer.content.decode()
    assert not Engagement.objects.exists()


def test_plan_for_an_area_that_the_partner_does_not_coach_is_refused(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(area_codes=["OD"])
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), PLAN)

    assert answer.status_code == 400
    assert not Engagement.objects.exists()


def test_fields_of_a_partner_that_is_not_asked_are_no_mistake(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {**PLAN, "other-partner-until_on": "tomorrow"})

    assert answer.status_code == 302
    assert Engagement.objects.get() == scene.engagement()


def test_plan_of_no_coaching_needs_a_reason(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    refused = client.post(item.get_absolute_url(), {"deed": "none", "reason_for_none": " "})
    taken = client.post(item.get_absolute_url(), {"deed": "none", "reason_for_none": "Nobody is free."})

    assert refused.status_code == 400
    assert taken.status_code == 302
    assert scene.stage == "reassessment"
    assert CoachingPlan.objects.get().reason_for_none == "Nobody is free."


def test_second_click_on_the_plan_makes_no_second_plan(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)
    client.post(item.get_absolute_url(), PLAN)

    answer = client.post(item.get_absolute_url(), PLAN, follow=True)

    assert answer.status_code == 200
    assert "Nothing was changed by your attempt" in answer.content.decode()
    assert Engagement.objects.count() == 1


def test_plan_after_another_managers_plan_says_so(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.do(item)
    scene.sign_in(client, scene.director)

    answer = client.post(item.get_absolute_url(), PLAN)

    assert answer.status_code == 409
    assert scene.manager.name in answer.content.decode()


def test_plan_after_not_yet_shows_the_committees_reasons(scene: Scene, client: Client) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("vote")
    for member in scene.seated():
        scene.cast(scene.item("vote"), member, Choice.NOT_YET)
    scene.sign_in(client, scene.manager)

    page = client.get(scene.item("plan_coaching").get_absolute_url()).content.decode()

    assert "Not enough, says Member 1" in page


def test_plan_page_is_the_programs(scene: Scene, client: Client) -> None:
    url = scene.one("plan_coaching").get_absolute_url()

    found = statuses(
        scene, client, url, "manager", "director", "lead", "partner_lead", "member", "other_lead"
    )

    assert found == {
        "manager": 200,
        "director": 200,
        "lead": 403,
        "partner_lead": 403,
        "member": 403,
        "other_lead": 404,
    }


# Mending

OTHER = {"deed": "offer", "criteria": ["DM2"], "goal": "Instead.", "until_on": UNTIL}


def declined(scene: Scene) -> None:
    scene.engagements = 1
    scene.decline(scene.one("respond"))


def test_mending_shows_why_and_offers_to_another_partner(scene: Scene, client: Client) -> None:
    declined(scene)
    item = scene.item("mend_plan")
    scene.sign_in(client, scene.manager)
    profile = PartnerProfile.objects.get(organization=scene.other_partner.organization)

    page = client.get(item.get_absolute_url()).content.decode()
    answer = client.post(item.get_absolute_url(), OTHER | {"partner": profile.pk})

    assert "No room." in page
    assert answer.status_code == 302
    assert scene.engagement(scene.other_partner).goal == "Instead."
    assert scene.item("respond").organization == scene.other_partner.organization


def test_mending_shows_who_coaches_what_and_asks_before_it_is_coached_twice(
    scene: Scene, client: Client
) -> None:
    scene.one("plan_coaching")
    offered = {"DM": scene.partner, "WW": scene.other_partner}
    areas = {area.code: area for area in scene.standard.areas.all()}
    scene.plan_coaching(
        scene.item("plan_coaching"),
        [Offer(partner.organization, [areas[code]]) for code, partner in offered.items()],
    )
    scene.decline(next(one for one in scene.open_items("respond") if one.subject == scene.engagement().pk))
    item, other = scene.item("mend_plan"), scene.other_partner.organization
    Engagement.objects.get(partner=other).criteria.add(Criterion.objects.get(code="DM2"))
    scene.sign_in(client, scene.manager)
    given = OTHER | {"partner": PartnerProfile.objects.get(organization=other).pk}

    page = flat(client.get(item.get_absolute_url()).content.decode())
    refused = client.post(item.get_absolute_url(), given)

    assert f'<span class="mp-tag">offered to {other}</span>' in page
    assert "has an engagement in this case already" in page
    assert refused.status_code == 400
    assert refused.context["form"].errors["twice"] == [
        f"DM2 would be coached twice: offered to {other} already."
    ]
    assert "Instead." in refused.content.decode()

    Engagement.objects.get(partner=other).criteria.set(Criterion.objects.filter(code="WW1"))
    again = client.post(item.get_absolute_url(), given).context["form"].errors["twice"]

    assert again == [f"{other} has an engagement in this case already."]
    assert client.post(item.get_absolute_url(), given | {"twice": "on"}).status_code == 302
    assert Engagement.objects.filter(partner=other).count() == 2


def test_mending_does_not_offer_to_who_declined(scene: Scene, client: Client) -> None:
    declined(scene)
    item = scene.item("mend_plan")
    scene.sign_in(client, scene.manager)
    profile = PartnerProfile.objects.get(organization=scene.partner.organization)

    answer = client.post(item.get_absolute_url(), OTHER | {"partner": profile.pk})

    assert answer.status_code == 400
    assert Engagement.objects.count() == 1


def test_mending_offers_no_area_that_the_partner_does_not_coach(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    scene.plan_coaching(
        scene.one("plan_coaching"),
        [Offer(scene.partner.organization, list(scene.standard.areas.all()), "Everything.")],
    )
    scene.decline(scene.item("respond"))
    profile = PartnerProfile.objects.get(organization=scene.other_partner.organization)
    PartnerProfile.objects.filter(pk=profile.pk).update(area_codes=["DM"])
    scene.sign_in(client, scene.manager)

    answer = client.post(
        scene.item("mend_plan").get_absolute_url(),
        OTHER | {"partner": profile.pk, "criteria": ["DM2", "OD1"]},
    )

    assert answer.status_code == 400
    assert "does not coach Open data" in answer.content.decode()
    assert "Instead." in answer.content.decode()
    assert scene.open_items("mend_plan")


def test_dropping_needs_a_reason_and_moves_the_case_on(scene: Scene, client: Client) -> None:
    declined(scene)
    item = scene.item("mend_plan")
    scene.sign_in(client, scene.manager)

    refused = client.post(item.get_absolute_url(), {"deed": "drop", "note": ""})
    client.post(item.get_absolute_url(), {"deed": "drop", "note": "Nobody else coaches this."})

    assert refused.status_code == 400
    assert scene.stage == "reassessment"
    assert scene.engagement().mend_note == "Nobody else coaches this."


def test_mending_without_another_partner_leaves_only_the_drop(scene: Scene, client: Client) -> None:
    declined(scene)
    PartnerProfile.objects.filter(organization=scene.other_partner.organization).delete()
    scene.sign_in(client, scene.manager)

    page = client.get(scene.item("mend_plan").get_absolute_url()).content.decode()

    assert "No other partner coaches these areas." in page
    assert "Offer the engagement" not in page

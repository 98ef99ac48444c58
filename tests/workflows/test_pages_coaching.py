import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import WorkItem
from certification.enums import Choice
from coaching.enums import EngagementStatus
from coaching.models import CoachingPlan, Engagement, Feedback, PartnerProfile, Session
from people.enums import Role
from people.models import User
from tests.scenes import Partner, Scene, make_cities, make_person

LIST = "/engagements/"
PLAN = {
    "deed": "offer",
    "first-partner-chosen": "on",
    "first-partner-areas": ["DM", "OD"],
    "first-partner-goal": "An inventory that people use.",
    "other-partner-areas": ["WW"],
    "other-partner-goal": "",
}
SESSION = {
    "deed": "log",
    "kind": "training",
    "held_on": "2025-04-01",
    "minutes": "90",
    "participants": "Budget office",
    "notes": "We mapped the data.",
}


def page_of(engagement: Engagement) -> str:
    return reverse("workflows:engagement-detail", args=[engagement.pk])


def first_partners(scene: Scene, step: str) -> WorkItem:
    """Walk until the first partner's engagement is at the step."""

    def found() -> list[WorkItem]:
        return [one for one in scene.open_items(step) if scene.partner_of(one) is scene.partner]

    scene.walk_to(step, until=lambda: bool(found()))
    return found()[0]


def statuses(scene: Scene, client: Client, url: str, *names: str) -> dict[str, int]:
    """What each of these people get at an address."""
    return {name: scene.sign_in(client, scene.everyone[name]).get(url).status_code for name in names}


def page_for(scene: Scene, client: Client, name: str, url: str) -> str:
    return scene.sign_in(client, scene.everyone[name]).get(url).content.decode()


# Planning


def test_plan_page_shows_gaps_and_what_each_partner_brings(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(
        area_codes=["OD"], region="US"
    )
    scene.sign_in(client, scene.manager)

    answer = client.get(item.get_absolute_url())

    page = answer.content.decode()
    assert "1 of 6 met" in page
    assert "DM2" in page
    assert "Region: US" in page
    assert "Works anywhere" in page
    areas = answer.context["offer_form"]["first-partner-areas"]
    assert areas.initial == ["OD"]
    assert answer.context["offer_form"]["other-partner-areas"].initial == ["DM", "OD", "WW"]


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
    assert [area.code for area in second.areas.all()] == ["WW"]
    assert {one.subject for one in scene.open_items("respond")} == {first.pk, second.pk}


def test_plan_without_a_tick_is_refused_and_keeps_the_text(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {**PLAN, "first-partner-chosen": ""})

    assert answer.status_code == 400
    assert "Tick at least one partner" in answer.content.decode()
    assert "An inventory that people use." in answer.content.decode()
    assert not CoachingPlan.objects.exists()


def test_plan_for_no_area_is_refused_at_the_field(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {**PLAN, "first-partner-areas": []})

    assert answer.status_code == 400
    assert "first-partner-areas" in answer.context["form"].errors


def test_plan_for_an_area_that_the_partner_does_not_coach_is_refused(scene: Scene, client: Client) -> None:
    item = scene.one("plan_coaching")
    PartnerProfile.objects.filter(organization=scene.partner.organization).update(area_codes=["OD"])
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), PLAN)

    assert answer.status_code == 400
    assert not Engagement.objects.exists()


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


# Answering an offer


def test_offer_shows_city_areas_and_goal_but_no_results(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "respond")
    scene.sign_in(client, scene.partner.lead)

    page = client.get(item.get_absolute_url()).content.decode()

    assert "159,732 residents" in page
    assert "Data management" in page
    assert "Goal of First partner" in page
    for secret in ("Answer to DM1", "Seen by", "1 of 6", "DM2"):
        assert secret not in page


def test_accepting_leads_to_the_choice_of_a_coach(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "respond")
    scene.sign_in(client, scene.partner.lead)

    answer = client.post(item.get_absolute_url(), {"deed": "accept"})

    assert answer["Location"] == page_of(scene.engagement())
    assert scene.engagement().status == EngagementStatus.ACCEPTED
    assert scene.item("assign_coach").owner == scene.partner.lead


def test_declining_needs_a_reason_and_goes_to_the_program(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "respond")
    scene.sign_in(client, scene.partner.lead)

    refused = client.post(item.get_absolute_url(), {"deed": "decline", "reason": ""})
    taken = client.post(item.get_absolute_url(), {"deed": "decline", "reason": "No room until May."})

    assert refused.status_code == 400
    assert scene.engagement().decline_reason == "No room until May."
    assert taken.status_code == 302
    assert scene.item("mend_plan").subject == scene.engagement().pk


def test_declining_after_accepting_is_no_second_answer(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "respond")
    scene.sign_in(client, scene.partner.lead)
    client.post(item.get_absolute_url(), {"deed": "accept"})

    answer = client.post(
        item.get_absolute_url(), {"deed": "decline", "reason": "Changed my mind."}, follow=True
    )

    assert "Nothing was changed by your attempt" in answer.content.decode()
    assert scene.engagement().status == EngagementStatus.ACCEPTED


def test_offer_is_answered_by_the_lead_of_its_partner_alone(scene: Scene, client: Client) -> None:
    url = first_partners(scene, "respond").get_absolute_url()

    found = statuses(
        scene, client, url, "partner_lead", "coach", "other_partner_lead", "lead", "manager", "other_lead"
    )

    assert found == {
        "partner_lead": 200,
        "coach": 403,
        "other_partner_lead": 403,
        "lead": 403,
        "manager": 403,
        "other_lead": 404,
    }


# Coaching


def test_coaches_are_offered_with_the_number_they_coach(scene: Scene, client: Client) -> None:
    scene.engagements = 3  # two of them with the first partner
    first = first_partners(scene, "assign_coach")
    scene.assign_coach(first)
    item = first_partners(scene, "assign_coach")
    scene.sign_in(client, scene.partner.lead)

    page = client.get(item.get_absolute_url()).content.decode()

    assert f"{scene.partner.coach.name} · coaching 1 now" in page
    assert f"{scene.partner.second_coach.name} · coaching 0 now" in page


def test_assigning_a_coach_puts_the_kick_off_on_their_desk(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "assign_coach")
    scene.sign_in(client, scene.partner.lead)

    answer = client.post(item.get_absolute_url(), {"coach": scene.partner.second_coach.pk})

    assert answer.status_code == 302
    kick_off = next(one for one in scene.open_items("kick_off") if one.subject == item.subject)
    assert kick_off.owner == scene.partner.second_coach


@pytest.mark.parametrize("chosen", ["other", "lead", "nobody"])
def test_only_a_coach_of_the_partner_can_be_chosen(scene: Scene, client: Client, chosen: str) -> None:
    item = first_partners(scene, "assign_coach")
    scene.sign_in(client, scene.partner.lead)
    people = {"other": scene.other_partner.coach.pk, "lead": scene.partner.lead.pk, "nobody": ""}

    answer = client.post(item.get_absolute_url(), {"coach": people[chosen]})

    assert answer.status_code == 400
    assert scene.engagement().coach is None


def test_partner_without_coaches_is_told_what_to_do(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "assign_coach")
    scene.partner.organization.affiliations.filter(role=Role.COACH).delete()
    scene.sign_in(client, scene.partner.lead)

    page = client.get(item.get_absolute_url()).content.decode()

    assert "Your organization has no coach yet." in page
    assert "Assign the coach" not in page


def test_kick_off_begins_the_coaching(scene: Scene, client: Client) -> None:
    item = scene.one("kick_off")
    scene.sign_in(client, scene.partner_of(item).coach)

    answer = client.post(item.get_absolute_url(), {"held_on": "2025-03-20"})

    assert answer.status_code == 302
    assert Engagement.objects.get(pk=item.subject).status == EngagementStatus.ACTIVE


def test_kick_off_in_the_future_is_refused_and_kept(scene: Scene, client: Client) -> None:
    item = scene.one("kick_off")
    scene.sign_in(client, scene.partner_of(item).coach)

    answer = client.post(item.get_absolute_url(), {"held_on": "2999-01-01"})

    assert answer.status_code == 400
    assert "held_on" in answer.context["form"].errors
    assert "2999-01-01" in answer.content.decode()


def test_logging_a_session_keeps_the_step_open(scene: Scene, client: Client) -> None:
    item = scene.one("work")
    scene.sign_in(client, scene.partner_of(item).coach)

    answer = client.post(item.get_absolute_url(), SESSION, follow=True)

    assert answer.redirect_chain == [(item.get_absolute_url(), 302)]
    assert "We mapped the data." in answer.content.decode()
    assert item in scene.open_items("work")
    assert Session.objects.get().minutes == 90


def test_wrong_session_is_refused_and_its_notes_are_kept(scene: Scene, client: Client) -> None:
    item = scene.one("work")
    scene.sign_in(client, scene.partner_of(item).coach)

    answer = client.post(item.get_absolute_url(), SESSION | {"minutes": "0", "held_on": "2999-01-01"})

    assert answer.status_code == 400
    assert "We mapped the data." in answer.content.decode()
    assert not Session.objects.exists()


def test_finishing_the_work_moves_on_to_closing(scene: Scene, client: Client) -> None:
    item = scene.one("work")
    scene.sign_in(client, scene.partner_of(item).coach)

    answer = client.post(item.get_absolute_url(), {"deed": "finish"}, follow=True)

    assert answer.status_code == 200
    assert Engagement.objects.get(pk=item.subject).status == EngagementStatus.CLOSING
    assert not Session.objects.exists()


def test_work_belongs_to_its_coach(scene: Scene, client: Client) -> None:
    item = scene.one("work")
    partner = scene.partner_of(item)
    colleagues = {"coach": partner.coach, "second": partner.second_coach, "lead": partner.lead}

    found = {
        name: scene.sign_in(client, person).get(item.get_absolute_url()).status_code
        for name, person in colleagues.items()
    }

    assert found == {"coach": 200, "second": 403, "lead": 403}


def test_closing_needs_a_summary(scene: Scene, client: Client) -> None:
    item = scene.one("close")
    scene.sign_in(client, scene.partner_of(item).coach)

    answer = client.post(item.get_absolute_url(), {"summary": "   "})

    assert answer.status_code == 400
    assert Engagement.objects.get(pk=item.subject).status == EngagementStatus.CLOSING


def test_closing_page_says_whether_the_case_moves_on(scene: Scene, client: Client) -> None:
    first, second = scene.walk_to("close", until=lambda: len(scene.open_items("close")) == 2)
    scene.sign_in(client, scene.partner_of(first).coach)
    early = client.get(first.get_absolute_url()).content.decode()
    scene.do(first)
    scene.sign_in(client, scene.partner_of(second).coach)

    late = client.get(second.get_absolute_url()).content.decode()
    client.post(second.get_absolute_url(), {"summary": "They know their data now."})

    assert "1 other engagement of this city is not settled yet" in early
    assert "closing it opens the re-assessment" in late
    assert scene.stage == "reassessment"


# Mending


def declined(scene: Scene) -> None:
    scene.engagements = 1
    scene.decline(scene.one("respond"))


def test_mending_shows_why_and_offers_to_another_partner(scene: Scene, client: Client) -> None:
    declined(scene)
    item = scene.item("mend_plan")
    scene.sign_in(client, scene.manager)
    profile = PartnerProfile.objects.get(organization=scene.other_partner.organization)

    page = client.get(item.get_absolute_url()).content.decode()
    answer = client.post(
        item.get_absolute_url(), {"deed": "offer", "partner": profile.pk, "areas": ["DM"], "goal": "Instead."}
    )

    assert "No room." in page
    assert answer.status_code == 302
    assert scene.engagement(scene.other_partner).goal == "Instead."
    assert scene.item("respond").organization == scene.other_partner.organization


def test_mending_does_not_offer_to_who_declined(scene: Scene, client: Client) -> None:
    declined(scene)
    item = scene.item("mend_plan")
    scene.sign_in(client, scene.manager)
    profile = PartnerProfile.objects.get(organization=scene.partner.organization)

    answer = client.post(item.get_absolute_url(), {"deed": "offer", "partner": profile.pk, "areas": ["DM"]})

    assert answer.status_code == 400
    assert Engagement.objects.count() == 1


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


# Feedback


def test_feedback_is_given_once_by_the_city_lead(scene: Scene, client: Client) -> None:
    item = scene.one("feedback")
    scene.sign_in(client, scene.lead)

    refused = client.post(item.get_absolute_url(), {"comment": "Very good."})
    taken = client.post(item.get_absolute_url(), {"satisfaction": "4", "comment": "Very good."})
    client.post(item.get_absolute_url(), {"satisfaction": "1", "comment": "Very bad."})

    assert refused.status_code == 400
    assert "Very good." in refused.content.decode()
    assert taken.status_code == 302
    assert Feedback.objects.get().satisfaction == "4"


def test_feedback_page_is_the_leads(scene: Scene, client: Client) -> None:
    url = scene.one("feedback").get_absolute_url()

    found = statuses(
        scene, client, url, "lead", "contributor", "sponsor", "partner_lead", "coach", "other_lead"
    )

    assert found == {
        "lead": 200,
        "contributor": 403,
        "sponsor": 403,
        "partner_lead": 403,
        "coach": 403,
        "other_lead": 404,
    }


def test_feedback_is_never_shown_to_the_partner(scene: Scene, client: Client) -> None:
    item = scene.one("feedback")
    scene.do(item)
    engagement = Engagement.objects.get(pk=item.subject)
    partner = scene.partner_of(item)

    readers = {"manager": scene.manager, "lead": scene.lead, "partner": partner.lead, "coach": partner.coach}
    pages = {
        name: scene.sign_in(client, person).get(page_of(engagement)).content.decode()
        for name, person in readers.items()
    }

    assert {name for name, page in pages.items() if "Thank you." in page} == {"manager", "lead"}


# The engagement's page


SECRETS = ("Goal of First partner", "We mapped the data.", "Budget office", "Coach of First partner")
READERS = {"lead", "contributor", "sponsor", "partner_lead", "coach", "manager", "director"}
STATUS_ONLY = {"other_partner_lead", "other_coach", "assessor", "other_assessor", "member"}


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """An engagement under way, with a session whose notes could leak."""
    item = first_partners(scene, "work")
    Session.objects.create(
        engagement_id=item.subject,
        kind="training",
        held_on="2025-04-01",
        minutes=90,
        participants="Budget office",
        notes="We mapped the data.",
        logged_at=scene.now,
        logged_by=scene.partner.coach,
    )
    return scene


def test_engagement_is_read_by_city_program_and_its_partner(coached: Scene, client: Client) -> None:
    url = page_of(coached.engagement())

    pages = {name: page_for(coached, client, name, url) for name in READERS}

    lacking = {name: [secret for secret in SECRETS if secret not in page] for name, page in pages.items()}
    assert lacking == {name: [] for name in READERS}


def test_engagement_shows_others_no_more_than_its_status(coached: Scene, client: Client) -> None:
    tab = reverse("workflows:case-coaching", args=[coached.case.pk])

    pages = {
        (name, url): page_for(coached, client, name, url)
        for name in STATUS_ONLY
        for url in (page_of(coached.engagement()), tab)
    }

    for page in pages.values():
        assert "First partner" in page
        assert "Active" in page
        assert [secret for secret in SECRETS if secret in page] == []


def test_engagement_of_another_city_does_not_exist(coached: Scene, client: Client) -> None:
    tab = reverse("workflows:case-coaching", args=[coached.case.pk])

    for url in (page_of(coached.engagement()), tab):
        found = statuses(coached, client, url, "other_lead", "other_contributor")
        assert found == {"other_lead": 404, "other_contributor": 404}


def test_why_it_was_declined_is_for_program_and_partner(scene: Scene, client: Client) -> None:
    declined(scene)

    told = {
        name
        for name, person in scene.everyone.items()
        if person.is_active
        and person != scene.system
        and "No room." in scene.sign_in(client, person).get(page_of(scene.engagement())).content.decode()
    }

    assert told == {"manager", "director", "partner_lead"}


def test_coach_logs_a_session_on_the_engagements_page(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.partner.coach)
    url = page_of(coached.engagement())

    wrong = client.post(url, SESSION | {"minutes": "5000"})
    right = client.post(url, SESSION)

    assert wrong.status_code == 400
    assert "We mapped the data." in wrong.content.decode()
    assert right["Location"] == url
    assert coached.engagement().sessions.count() == 2


def test_nobody_else_logs_a_session(coached: Scene, client: Client) -> None:
    url = page_of(coached.engagement())

    found = {
        name: coached.sign_in(client, coached.everyone[name]).post(url, SESSION).status_code
        for name in ("partner_lead", "lead", "manager", "other_coach", "other_lead")
    }

    assert found == {
        "partner_lead": 403,
        "lead": 403,
        "manager": 403,
        "other_coach": 403,
        "other_lead": 404,
    }
    assert coached.engagement().sessions.count() == 1


def test_session_can_not_be_logged_after_the_close(coached: Scene, client: Client) -> None:
    coached.walk_to("feedback")
    engagement = Engagement.objects.get(status=EngagementStatus.CLOSED)
    coached.sign_in(client, User.objects.get(pk=engagement.coach_id))

    page = client.get(page_of(engagement)).content.decode()
    answer = client.post(page_of(engagement), SESSION)

    assert "Log the session" not in page
    assert answer.status_code == 409


def test_case_tab_lists_each_plan_with_its_engagements(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.lead)

    page = client.get(reverse("workflows:case-coaching", args=[coached.case.pk])).content.decode()

    assert "Coaching after round 1" in page
    assert "Goal of First partner" in page
    assert "Goal of Other partner" in page


def test_case_tab_tells_why_nobody_coaches_to_city_and_program_only(scene: Scene, client: Client) -> None:
    scene.plan_coaching(scene.one("plan_coaching"), offers=[])
    tab = reverse("workflows:case-coaching", args=[scene.case.pk])

    told = {
        name
        for name in ("lead", "contributor", "manager", "partner_lead", "assessor", "member")
        if "Nobody is free." in scene.sign_in(client, scene.everyone[name]).get(tab).content.decode()
    }

    assert told == {"lead", "contributor", "manager"}


# The list


def many_engagements(scene: Scene, count: int, partner: Partner) -> None:
    """Engagements with cities of their own, spread over both coaches."""
    plan = scene.engagement().plan
    for number, city in enumerate(make_cities(count, start=100 + Engagement.objects.count())):
        case = type(scene.case).objects.create(
            city=city,
            standard=scene.standard,
            kind="first",
            cohort_year=2025,
            stage="coaching",
            stage_entered_at=scene.now,
            opened_at=scene.now,
            opened_by=scene.manager,
        )
        Engagement.objects.create(
            case=case,
            plan=plan,
            partner=partner.organization,
            status=EngagementStatus.ACTIVE,
            coach=(partner.coach, partner.second_coach)[number % 2],
            offered_at=scene.now,
            offered_by=scene.manager,
        ).areas.set(plan.case.standard.areas.all()[:2])


def cities_in(client: Client, query: str = "") -> list[str]:
    return [engagement.case.city.name for engagement, _step in client.get(LIST + query).context["rows"]]


def test_list_shows_a_coachs_own_first(coached: Scene, client: Client) -> None:
    many_engagements(coached, 3, coached.partner)
    coached.sign_in(client, coached.partner.second_coach)

    assert cities_in(client)[0] == "Town 103"
    assert len(cities_in(client)) == 4
    assert cities_in(client, "?whose=mine") == ["Town 103"]


def test_list_filters_and_sorts(coached: Scene, client: Client) -> None:
    many_engagements(coached, 3, coached.partner)
    coached.sign_in(client, coached.partner.lead)

    assert cities_in(client, "?q=paterson") == ["Paterson"]
    assert cities_in(client, "?status=declined") == []
    assert cities_in(client, "?sort=-city") == ["Town 104", "Town 103", "Town 102", "Paterson"]
    assert cities_in(client, "?sort=nonsense&status=nonsense") == cities_in(client)


def test_list_takes_the_same_queries_however_long(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.partner.coach)
    counts = []

    for more in (0, 2, 47):
        many_engagements(coached, more, coached.partner)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))

    assert counts == [8, 8, 8]


def test_list_shows_nothing_of_another_partner(coached: Scene, client: Client) -> None:
    many_engagements(coached, 2, coached.other_partner)
    coached.sign_in(client, coached.partner.lead)

    assert cities_in(client) == ["Paterson"]


def test_list_links_the_readers_own_step(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.partner.coach)
    item = next(one for one in coached.open_items("work") if one.subject == coached.engagement().pk)

    page = client.get(LIST).content.decode()

    assert item.get_absolute_url() in page


def test_list_without_engagements_says_what_will_come(scene: Scene, client: Client) -> None:
    scene.sign_in(client, make_person("New coach", scene.partner.organization, Role.COACH))

    page = client.get(LIST).content.decode()

    assert "No city yet." in page

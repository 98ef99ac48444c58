import pytest
from django.test import Client

from coaching.enums import EngagementStatus
from coaching.models import Engagement, Feedback, Session
from people.enums import Role
from tests.scenes import Scene
from tests.workflows.pages import SESSION, first_partners, page_of, statuses

# Answering an offer


def test_offer_shows_city_areas_and_goal_but_no_results(scene: Scene, client: Client) -> None:
    item = first_partners(scene, "respond")
    scene.sign_in(client, scene.partner.lead)

    page = client.get(item.get_absolute_url()).content.decode()

    assert "159,732 residents" in page
    assert "Data management" in page
    assert "Goal of First partner" in page
    pages = page + client.get(page_of(scene.engagement())).content.decode()
    assert "1, named once you accept" in " ".join(pages.split())
    for secret in ("Answer to DM1", "Seen by", "1 of 6", "DM2"):
        assert secret not in pages


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

    assert f'{scene.partner.coach.name} <span class="mp-small">expertise not told · coaches 1 now' in page
    assert f'{scene.partner.second_coach.name} <span class="mp-small">expertise not told · coaches 0' in page


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

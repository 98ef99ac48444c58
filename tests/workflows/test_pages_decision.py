import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.deadlines import program_calendar
from certification.enums import Choice, DecisionStatus
from certification.models import Certificate
from people.models import User
from tests.scenes import Scene
from tests.workflows.pages import page_for, statuses, tab

OUTSIDE = ("partner_lead", "other_coach", "assessor", "other_assessor", "member")
TABS = ("case-detail", "case-coaching", "case-documents", "case-people", "case-deadlines", "case-decision")


@pytest.fixture
def ready(scene: Scene) -> Scene:
    """A case whose first round reached silver; the packet is about to be opened."""
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("open_packet")
    return scene


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """The same after coaching, in the second round."""
    scene.met = {1: ("DM1",), 2: ("DM1", "DM2", "OD1")}
    scene.engagements = 1
    scene.walk_to("open_packet")
    return scene


@pytest.fixture
def voting(ready: Scene) -> Scene:
    ready.do_step("open_packet")
    return ready


# Confidential until announced


def told(scene: Scene, client: Client, person: User) -> dict[str, str]:
    """Everything the pages of the case and the lists tell this person, without the tokens of forms."""
    urls = [*(tab(scene, name) for name in TABS), reverse("workflows:case-list"), reverse("workflows:desk")]
    pages = {url: page_for(scene, client, person, url) for url in urls}
    return {url: re.sub(r"csrf\w*\W+(\w+\W+){0,4}\w{64}|\w{64}", "", page) for url, page in pages.items()}


@pytest.mark.slow
def test_pages_do_not_tell_others_how_the_decision_stands(coached: Scene, client: Client) -> None:
    """From the opening of the vote to the announcement, a reader outside sees the same pages throughout."""
    coached.do_step("open_packet")
    readers = {name: coached.everyone[name] for name in OUTSIDE}
    for member, choice in zip(
        coached.committee[:4], [Choice.CERTIFY, Choice.CERTIFY, Choice.CERTIFY, Choice.NOT_YET], strict=True
    ):
        coached.cast(coached.item("vote"), member, choice)
    open_vote = {name: told(coached, client, person) for name, person in readers.items()}
    coached.cast(coached.item("vote"), coached.committee[4])
    decided = {name: told(coached, client, person) for name, person in readers.items()}
    coached.announce(
        coached.item("announce"), on=program_calendar().local_day(timezone.now()) + timedelta(days=9)
    )
    scheduled = {name: told(coached, client, person) for name, person in readers.items()}

    assert coached.decision.status == DecisionStatus.SCHEDULED
    for name in set(OUTSIDE) - {"member"}:
        for url, page in open_vote[name].items():
            assert decided[name][url] == page, (name, url)
            assert scheduled[name][url] == page, (name, url)
    for url, page in decided["member"].items():
        assert scheduled["member"][url] == page, url
    assert all("Not enough, says" not in page for pages in scheduled.values() for page in pages.values())


def test_city_and_program_read_the_outcome_before_its_announcement(voting: Scene, client: Client) -> None:
    voting.vote(voting.item("vote"), [Choice.NOT_YET])

    for name in ("lead", "contributor", "sponsor", "manager", "director"):
        page = page_for(voting, client, voting.everyone[name], tab(voting))
        assert "Not enough, says Member 1" in page
        assert "Outcome" in page
        assert ("4 of 5 votes to certify" in page) == (name in ("manager", "director"))


def test_steps_of_the_decision_do_not_exist_for_others(voting: Scene, client: Client) -> None:
    vote = voting.item("vote").get_absolute_url()
    voting.do_step("vote")
    announce = voting.item("announce").get_absolute_url()

    for url in (vote, announce):
        found = statuses(voting, client, url, *OUTSIDE[:4], "other_lead")
        assert set(found.values()) == {404}


def test_cancelled_decision_is_never_told(voting: Scene, client: Client) -> None:
    voting.do_step("vote")
    voting.sign_in(client, voting.lead).post(tab(voting, "case-withdraw"), {"reason": "An election."})

    page = page_for(voting, client, voting.partner.lead, tab(voting))

    assert voting.stage == "withdrawn"
    assert "No decision yet." in page
    assert "Silver" not in page


# Announcing


@pytest.fixture
def decided(voting: Scene) -> Scene:
    voting.vote(voting.item("vote"), [Choice.NOT_YET])
    return voting


def test_announcing_for_today_publishes_at_once(decided: Scene, client: Client) -> None:
    decided.sign_in(client, decided.manager)
    url = decided.item("announce").get_absolute_url()
    today = program_calendar().local_day(timezone.now())

    page = client.get(url).content.decode()
    client.post(url, {"announce_on": today.isoformat()})
    client.post(url, {"announce_on": today.isoformat()})

    assert "Not enough, says Member 1" in page
    assert "4 of 5 to certify" in page
    assert decided.stage == "certified"
    assert Certificate.objects.get().announced_on == today


def test_announcing_for_a_past_day_is_refused_and_kept(decided: Scene, client: Client) -> None:
    decided.sign_in(client, decided.manager)

    answer = client.post(decided.item("announce").get_absolute_url(), {"announce_on": "2020-05-06"})

    assert answer.status_code == 400
    assert "2020-05-06" in answer.content.decode()
    assert decided.decision.status == DecisionStatus.CERTIFY


def test_announcing_later_shows_no_certificate_to_anybody(decided: Scene, client: Client) -> None:
    decided.sign_in(client, decided.manager)
    later = program_calendar().local_day(timezone.now()) + timedelta(days=9)
    client.post(decided.item("announce").get_absolute_url(), {"announce_on": later.isoformat()})

    found = statuses(decided, client, tab(decided, "certificate-detail"), "manager", "lead", *OUTSIDE)

    assert decided.decision.status == DecisionStatus.SCHEDULED
    assert set(found.values()) == {404}


def test_announcement_is_the_programs(decided: Scene, client: Client) -> None:
    url = decided.item("announce").get_absolute_url()

    found = statuses(decided, client, url, "manager", "director", "lead", "other_lead")

    assert found == {"manager": 200, "director": 200, "lead": 403, "other_lead": 404}


def test_certificate_is_shown_to_all_who_see_the_case(decided: Scene, client: Client) -> None:
    today = program_calendar().local_day(timezone.now())
    decided.sign_in(client, decided.manager)
    client.post(decided.item("announce").get_absolute_url(), {"announce_on": today.isoformat()})
    certificate = Certificate.objects.get()
    url = tab(decided, "certificate-detail")

    pages = {
        name: page_for(decided, client, decided.everyone[name], url) for name in ("lead", "manager", *OUTSIDE)
    }
    seen = statuses(decided, client, url, "other_lead", "other_contributor")

    for page in pages.values():
        assert certificate.number in page
        assert "is certified Silver" in page
        assert f'datetime="{certificate.announced_on}"' in page
        assert f'datetime="{certificate.expires_on}"' in page
    assert seen == {"other_lead": 404, "other_contributor": 404}


def test_decision_tab_of_another_city_does_not_exist(voting: Scene, client: Client) -> None:
    assert statuses(voting, client, tab(voting), "other_lead") == {"other_lead": 404}

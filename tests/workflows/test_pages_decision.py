import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.deadlines import program_calendar
from cases.models import Participation
from certification.enums import Choice, DecisionStatus
from certification.models import Certificate, Decision, Recusal, Response, Vote
from people.enums import Role
from people.models import User
from tests.scenes import Scene, make_person

OUTSIDE = ("partner_lead", "other_coach", "assessor", "other_assessor", "member")
TABS = ("case-detail", "case-coaching", "case-documents", "case-people", "case-deadlines", "case-decision")


def tab(scene: Scene, name: str = "case-decision") -> str:
    return reverse(f"workflows:{name}", args=[scene.case.pk])


def page_for(scene: Scene, client: Client, person: User, url: str) -> str:
    return scene.sign_in(client, person).get(url).content.decode()


def statuses(scene: Scene, client: Client, url: str, *names: str) -> dict[str, int]:
    return {name: scene.sign_in(client, scene.everyone[name]).get(url).status_code for name in names}


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


# Opening the packet


def test_preview_names_who_decides_and_who_may_not(coached: Scene, client: Client) -> None:
    coach = coached.partner.coach
    coach.affiliations.create(organization=coached.office, role=Role.COMMITTEE_MEMBER, since="2020-01-01")
    coached.sign_in(client, coached.manager)

    page = client.get(coached.item("open_packet").get_absolute_url()).content.decode()

    assert "3 of 6" in page
    assert "5 members are free of a conflict of interest. The quorum is 3." in page
    assert f"{coach.name}: coached this city" in page


def test_opening_freezes_the_packet_and_seats_the_free_members(ready: Scene, client: Client) -> None:
    ready.sign_in(client, ready.manager)
    url = ready.item("open_packet").get_absolute_url()

    answer = client.post(url)
    again = client.post(url)

    assert answer["Location"] == tab(ready)
    assert again.status_code == 302
    assert Decision.objects.count() == 1
    assert set(ready.seated()) == set(ready.committee)


def test_packet_can_not_be_opened_without_a_quorum(ready: Scene, client: Client) -> None:
    for member in ready.committee[:3]:
        member.affiliations.update(until="2021-01-01")
    ready.sign_in(client, ready.manager)
    url = ready.item("open_packet").get_absolute_url()

    page = client.get(url).content.decode()
    answer = client.post(url)

    assert "Too few members may decide" in page
    assert "Open the packet and the vote" not in page
    assert answer.status_code == 409
    assert not Decision.objects.exists()


def test_packet_is_opened_by_the_program(ready: Scene, client: Client) -> None:
    url = ready.item("open_packet").get_absolute_url()

    found = statuses(
        ready, client, url, "manager", "director", "lead", "member", "partner_lead", "other_lead"
    )

    assert found == {
        "manager": 200,
        "director": 200,
        "lead": 403,
        "member": 403,
        "partner_lead": 403,
        "other_lead": 404,
    }


# The packet


def test_packet_is_read_by_program_and_seated_members(voting: Scene, client: Client) -> None:
    for name in ("packet-detail", "packet-download"):
        url = reverse(f"workflows:{name}", args=[voting.decision.pk])

        found = statuses(
            voting, client, url, "manager", "director", "member", "lead", "contributor", *OUTSIDE[:4]
        )

        assert {who for who, status in found.items() if status == 200} == {"manager", "director", "member"}
        assert set(found.values()) == {200, 404}


def test_packet_shows_answers_findings_and_shared_coaching(coached: Scene, client: Client) -> None:
    coached.do_step("open_packet")
    page = page_for(
        coached, client, coached.committee[0], reverse("workflows:packet-detail", args=[coached.decision.pk])
    )

    for part in (
        "Answer to DM2 in round 2",
        "Seen by Assessor",
        "Goal of First partner",
        coached.decision.packet_sha256,
    ):
        assert part in page


def test_downloaded_packet_has_the_checksum_that_is_shown(voting: Scene, client: Client) -> None:
    Response.objects.update(narrative="Changed after the packet was frozen: ä")
    voting.sign_in(client, voting.committee[0])

    answer = client.get(reverse("workflows:packet-download", args=[voting.decision.pk]))

    assert answer["Content-Disposition"].startswith('attachment; filename="packet-paterson-nj-')
    assert hashlib.sha256(answer.content).hexdigest() == voting.decision.packet_sha256
    assert json.loads(answer.content) == voting.decision.packet
    assert b"Changed after" not in answer.content


def test_packet_closes_for_a_member_whose_seat_has_ended(voting: Scene, client: Client) -> None:
    Participation.objects.filter(person=voting.committee[0]).update(until=timezone.now())
    url = reverse("workflows:packet-detail", args=[voting.decision.pk])

    assert voting.sign_in(client, voting.committee[0]).get(url).status_code == 404


# Voting


def test_member_votes_once_and_for_good(voting: Scene, client: Client) -> None:
    member = voting.committee[0]
    voting.sign_in(client, member)
    url = voting.item("vote").get_absolute_url()

    page = client.get(url).content.decode()
    first = client.post(url, {"deed": "vote", "choice": "certify", "reason": ""})
    second = client.post(url, {"deed": "vote", "choice": "not_yet", "reason": "Changed my mind."})

    assert "Shall Paterson be certified Silver?" in page
    assert "Answer to DM2 in round 1" in page
    assert first["Location"] == tab(voting)
    assert second.status_code in (302, 403, 409)
    assert Vote.objects.get(member=member).choice == Choice.CERTIFY


def test_not_yet_needs_a_reason(voting: Scene, client: Client) -> None:
    voting.sign_in(client, voting.committee[0])
    url = voting.item("vote").get_absolute_url()

    refused = client.post(url, {"deed": "vote", "choice": "not_yet", "reason": " "})
    taken = client.post(url, {"deed": "vote", "choice": "not_yet", "reason": "The inventory is old."})

    assert refused.status_code == 400
    assert "reason" in refused.context["form"].errors
    assert taken.status_code == 302
    assert Vote.objects.get().reason == "The inventory is old."


def test_reason_without_a_choice_is_kept(voting: Scene, client: Client) -> None:
    voting.sign_in(client, voting.committee[0])

    answer = client.post(
        voting.item("vote").get_absolute_url(), {"deed": "vote", "reason": "The inventory is old."}
    )

    assert answer.status_code == 400
    assert "The inventory is old." in answer.content.decode()


def test_member_stands_aside_with_a_reason(voting: Scene, client: Client) -> None:
    voting.sign_in(client, voting.committee[0])
    url = voting.item("vote").get_absolute_url()

    refused = client.post(url, {"deed": "recuse", "reason": ""})
    client.post(url, {"deed": "recuse", "reason": "My sister works there."})

    assert refused.status_code == 400
    assert Recusal.objects.get().reason == "My sister works there."
    assert "You stood aside" in client.get(tab(voting)).content.decode()


def test_vote_is_for_seated_members(voting: Scene, client: Client) -> None:
    url = voting.item("vote").get_absolute_url()
    newcomer = make_person("New member", voting.office, Role.COMMITTEE_MEMBER)

    found = statuses(
        voting, client, url, "member", "manager", "lead", "partner_lead", "assessor", "other_lead"
    )

    assert found == {
        "member": 200,
        "manager": 403,
        "lead": 403,
        "partner_lead": 404,
        "assessor": 404,
        "other_lead": 404,
    }
    assert voting.sign_in(client, newcomer).get(url).status_code == 404


def test_member_sees_their_own_vote_and_nobody_elses(voting: Scene, client: Client) -> None:
    voting.cast(voting.item("vote"), voting.committee[0], Choice.CERTIFY)
    voting.cast(voting.item("vote"), voting.committee[1], Choice.NOT_YET)

    pages = [page_for(voting, client, member, tab(voting)) for member in voting.committee[:3]]

    assert ["Your answer" in page for page in pages] == [True, True, False]
    assert ["Not enough, says" in page for page in pages] == [False, True, False]
    assert all("turnout" not in page.lower() for page in pages)


# Closing the vote


def test_program_sees_the_turnout_and_never_the_choices(voting: Scene, client: Client) -> None:
    voting.cast(voting.item("vote"), voting.committee[0], Choice.NOT_YET)

    page = page_for(voting, client, voting.manager, tab(voting))

    assert "1 of 5 seated members have voted; the quorum is 3." in page
    assert "Close the vote" not in page
    for secret in ("Not enough, says", "votes to certify", "Not yet"):
        assert secret not in page


def test_city_sees_that_the_vote_is_open_and_no_turnout(voting: Scene, client: Client) -> None:
    voting.cast(voting.item("vote"), voting.committee[0], Choice.NOT_YET)

    page = page_for(voting, client, voting.lead, tab(voting))

    assert "Vote open" in page
    for secret in ("seated", "quorum", "Not enough, says", "Read the packet"):
        assert secret not in page


def test_vote_is_closed_by_the_program_once_the_quorum_is_reached(voting: Scene, client: Client) -> None:
    for member in voting.committee[:3]:
        voting.cast(voting.item("vote"), member)
    voting.sign_in(client, voting.manager)

    page = client.get(tab(voting)).content.decode()
    first = client.post(tab(voting, "vote-close"))
    second = client.post(tab(voting, "vote-close"), follow=True)

    assert "Close the vote" in page
    assert first["Location"] == tab(voting)
    assert "closed already" in second.content.decode()
    assert voting.decision.status == DecisionStatus.CERTIFY
    assert voting.item("announce").owner == voting.manager


def test_vote_below_the_quorum_stays_open(voting: Scene, client: Client) -> None:
    voting.cast(voting.item("vote"), voting.committee[0])
    voting.sign_in(client, voting.manager)

    answer = client.post(tab(voting, "vote-close"))

    assert answer.status_code == 409
    assert voting.decision.status == DecisionStatus.VOTING


def test_vote_is_closed_by_nobody_else(voting: Scene, client: Client) -> None:
    for member in voting.committee[:3]:
        voting.cast(voting.item("vote"), member)

    found = {
        name: voting.sign_in(client, voting.everyone[name]).post(tab(voting, "vote-close")).status_code
        for name in ("lead", "member", "partner_lead", "assessor", "other_lead")
    }

    assert found == {"lead": 403, "member": 403, "partner_lead": 403, "assessor": 403, "other_lead": 404}
    assert voting.decision.status == DecisionStatus.VOTING


def test_closing_tells_others_nothing_after_the_vote(voting: Scene, client: Client) -> None:
    voting.do_step("vote")

    answer = voting.sign_in(client, voting.partner.lead).post(tab(voting, "vote-close"))

    assert answer.status_code == 403


def test_vote_that_can_not_reach_its_quorum_says_so(voting: Scene, client: Client) -> None:
    Recusal.objects.bulk_create(
        Recusal(decision=voting.decision, member=member, reason="Aside.", recused_at=voting.now)
        for member in voting.committee[:3]
    )

    page = page_for(voting, client, voting.manager, tab(voting))

    assert "The quorum is out of reach" in page


# Confidential until announced


def told(scene: Scene, client: Client, person: User) -> dict[str, str]:
    """Everything the pages of the case and the lists tell this person, without the tokens of forms."""
    urls = [*(tab(scene, name) for name in TABS), reverse("workflows:case-list"), reverse("workflows:desk")]
    pages = {url: page_for(scene, client, person, url) for url in urls}
    return {url: re.sub(r"csrf\w*\W+(\w+\W+){0,4}\w{64}|\w{64}", "", page) for url, page in pages.items()}


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

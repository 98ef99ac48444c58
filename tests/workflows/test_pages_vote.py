import hashlib
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Participation
from certification.enums import Choice, DecisionStatus
from certification.models import Decision, Recusal, Response, Vote
from people.enums import Role
from tests.scenes import Scene, make_person
from tests.workflows.pages import page_for, statuses, tab

OUTSIDE = ("partner_lead", "other_coach", "assessor", "other_assessor", "member")


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
    second = client.post(
        url, {"deed": "vote", "choice": "not_yet", "reason": "Changed my mind."}, follow=True
    )

    assert "Shall Paterson be certified Silver?" in page
    assert "Answer to DM2 in round 1" in page
    assert first["Location"] == tab(voting)
    assert "Your answer is in already" in second.content.decode()
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

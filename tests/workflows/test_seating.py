"""A vote in which so many stood aside that the quorum is out of reach."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.enums import Stage
from certification.enums import Choice
from certification.selectors import tally_of
from core.errors import NotAllowed, WrongState
from people.enums import Role
from tests.scenes import Scene, make_person
from workflows import services


def all_but_two_stand_aside(scene: Scene) -> None:
    item = scene.one("vote")
    for member in scene.committee[2:]:
        services.recuse_and_route(work_item_id=item.pk, reason="I know them.", by=member, now=scene.now)
    for member in scene.committee[:2]:
        services.cast_vote_and_route(
            work_item_id=item.pk, choice=Choice.CERTIFY, reason="", by=member, now=scene.now
        )


def test_further_members_bring_the_quorum_back_in_reach(scene: Scene, client: Client) -> None:
    all_but_two_stand_aside(scene)
    newcomer = make_person("New member", scene.office, Role.COMMITTEE_MEMBER)
    page = reverse("workflows:case-decision", args=[scene.case.pk])
    assert "Seat further members" in scene.sign_in(client, scene.manager).get(page).content.decode()

    item = scene.open_items("vote")[0]
    services.seat_newcomers_and_publish(work_item_id=item.pk, by=scene.manager, now=scene.now)
    services.cast_vote_and_route(
        work_item_id=item.pk, choice=Choice.CERTIFY, reason="", by=newcomer, now=scene.now
    )

    scene.case.refresh_from_db()
    assert not scene.open_items("vote")
    assert [item.step for item in scene.open_items("announce")] == ["announce"]
    assert scene.case.stage == Stage.DECISION


def test_members_who_stood_aside_are_not_seated_again(scene: Scene) -> None:
    all_but_two_stand_aside(scene)
    item = scene.open_items("vote")[0]
    before = tally_of(scene.case.decisions.get())

    with pytest.raises(WrongState):
        services.seat_newcomers_and_publish(work_item_id=item.pk, by=scene.manager, now=scene.now)

    assert tally_of(scene.case.decisions.get()) == before


def test_only_the_program_seats_members(scene: Scene, client: Client) -> None:
    item = scene.one("vote")

    with pytest.raises(NotAllowed):
        services.seat_newcomers_and_publish(work_item_id=item.pk, by=scene.committee[0], now=scene.now)
    answer = scene.sign_in(client, scene.partner.lead).post(
        reverse("workflows:vote-seat", args=[scene.case.pk])
    )

    assert answer.status_code == 403

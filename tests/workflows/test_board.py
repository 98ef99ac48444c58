"""The partner lead's board: columns with counts, what stands still first, load above, few queries."""

from typing import Any

import pytest
from django.test import Client

from coaching.models import CoachProfile, Engagement
from people.models import User
from tests.coaching.many import coached_by, many_engagements
from tests.coaching.test_health import busy
from tests.scenes import Scene

BOARD = "/partners/first-partner/board/"
OFFERED: dict[str, Any] = {"status": "offered", "responded_at": None, "responded_by": None}


def fill(scene: Scene, count: int) -> list[Engagement]:
    """So many in each column, all the active ones with sessions, items, measures and judgments."""
    active = coached_by(scene.partner.coach, scene)
    done = {"status": "closing", "work_finished_at": scene.now, "work_finished_by": scene.partner.coach}
    made = [
        *many_engagements(scene, count, **OFFERED),
        *many_engagements(scene, count),
        *many_engagements(scene, count, **active),
        *many_engagements(scene, count, **active | done),
    ]
    busy(scene, made[2 * count :])
    return made


def show(scene: Scene, client: Client, person: User, query: str = "") -> Any:
    return scene.sign_in(client, person).get(BOARD + query)


def test_board_has_a_column_for_each_part_of_the_way(scene: Scene, client: Client) -> None:
    made = fill(scene, 1)
    CoachProfile.objects.create(partner=scene.partner.organization, person=scene.partner.coach, capacity=1)

    answer = show(scene, client, scene.partner.lead)

    columns = answer.context["columns"]
    assert [(column.status, column.count) for column in columns] == [
        ("offered", 1),
        ("accepted", 1),
        ("active", 1),
        ("closing", 1),
    ]
    assert [column.cards[0].engagement for column in columns] == made
    page = answer.content.decode()
    assert "2 of 1" in page
    assert "over capacity" in page
    loads = [(load.coach.person, load.coach.running) for load in answer.context["loads"]]
    assert loads == [(scene.partner.coach, 2), (scene.partner.second_coach, 0)]


def test_what_stands_still_comes_first_and_columns_are_capped(scene: Scene, client: Client) -> None:
    quiet, *busy_ones = many_engagements(scene, 14, **coached_by(scene.partner.coach, scene))
    busy(scene, busy_ones)

    answer = show(scene, client, scene.partner.lead)
    column = answer.context["columns"][2]
    whole = show(scene, client, scene.partner.lead, "?column=active")

    assert column.cards[0].engagement == quiet
    assert (column.count, len(column.cards)) == (14, 12)
    assert "Show all 14 of Active" in answer.content.decode()
    assert len(whole.context["page"].object_list) == 14


def test_board_narrows_by_coach_city_and_health(scene: Scene, client: Client) -> None:
    made = fill(scene, 1)
    name = made[2].case.city.name

    def counts(query: str) -> list[int]:
        return [column.count for column in show(scene, client, scene.partner.lead, query).context["columns"]]

    assert counts(f"?coach={scene.partner.coach.pk}") == [0, 0, 1, 1]
    assert counts("?coach=none") == [1, 1, 0, 0]
    assert counts(f"?q={name}") == [0, 0, 1, 0]
    assert counts("?health=paused") == [0, 0, 0, 0]
    assert counts("?health=nonsense") == [1, 1, 1, 1]


def test_card_leads_to_the_readers_own_step(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    step = scene.one("assign_coach").get_absolute_url()

    leads, coachs = (
        show(scene, client, person).content.decode() for person in (scene.partner.lead, scene.partner.coach)
    )

    assert step in leads
    assert step not in coachs
    assert "Assign coaches" not in coachs


@pytest.mark.parametrize("count", [1, 3, pytest.param(125, marks=pytest.mark.slow)])
@pytest.mark.parametrize("query", ["", "?column=active"])
def test_board_takes_the_same_queries_for_five_hundred(
    scene: Scene, client: Client, django_assert_num_queries: Any, count: int, query: str
) -> None:
    fill(scene, count)
    scene.sign_in(client, scene.partner.lead)
    client.get(BOARD + query)

    with django_assert_num_queries(13):
        answer = client.get(BOARD + query)

    assert answer.context["total"] == 4 * count

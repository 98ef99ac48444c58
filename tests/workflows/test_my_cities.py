"""My cities: whose stand there, in which order, narrowed how, and in how many queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from coaching.models import Session
from tests.coaching.many import coached_by, many_engagements
from tests.coaching.test_health import busy
from tests.scenes import Scene
from workflows.mycities import my_cities, sorted_by

MINE = "/my-cities/"


def names(page: Any) -> list[str]:
    return [row.name for row in page.context["page"]]


def test_coach_finds_their_own_and_those_of_the_organization_on_request(scene: Scene, client: Client) -> None:
    own = many_engagements(scene, 1, **coached_by(scene.partner.coach, scene))
    others = many_engagements(scene, 1, **coached_by(scene.partner.second_coach, scene))
    many_engagements(scene, 1, status="offered", responded_at=None, responded_by=None)
    scene.sign_in(client, scene.partner.coach)

    mine, all_of_ours = client.get(MINE), client.get(f"{MINE}?whose=all")

    assert names(mine) == [own[0].case.city.name]
    assert set(names(all_of_ours)) == {one.case.city.name for one in own + others}
    assert len(names(scene.sign_in(client, scene.partner.lead).get(MINE))) == 2
    assert names(scene.sign_in(client, scene.other_partner.lead).get(MINE)) == []
    for person in (scene.lead, scene.manager, scene.assessor):
        assert scene.sign_in(client, person).get(MINE).status_code == 404


def test_who_needs_somebody_most_stands_first(scene: Scene) -> None:
    fine, silent, unbooked = many_engagements(scene, 3, **coached_by(scene.partner.coach, scene))
    busy(scene, [fine, unbooked])
    Session.objects.filter(engagement=unbooked, status="planned").delete()
    now = scene.now + timedelta(days=40)
    rows = my_cities(scene.partner.coach, everybodys=False, now=now)

    found = sorted_by(rows, "")

    assert found[0].engagement == silent
    assert found[0].health.level == "stalled"
    assert [row.name for row in sorted_by(rows, "-city")] == sorted((row.name for row in rows), reverse=True)


def test_page_narrows_and_shows_cards_a_table_and_csv(scene: Scene, client: Client) -> None:
    engagements = many_engagements(scene, 2, **coached_by(scene.partner.coach, scene))
    busy(scene, engagements[:1])
    scene.sign_in(client, scene.partner.coach)
    name = engagements[0].case.city.name

    cards = client.get(f"{MINE}?q={name}").content.decode()
    table = client.get(f"{MINE}?view=table&q={name}").content.decode()
    csv = client.get(f"/my-cities.csv?q={name}")

    for page in (cards, table):
        assert name in page
        assert engagements[1].case.city.name not in page
        assert "no session booked" in page
    assert "<table" in table
    assert "<table" not in cards
    assert csv["Content-Type"].startswith("text/csv")
    lines = csv.content.decode().strip().splitlines()
    assert len(lines) == 2
    assert name in lines[1]
    assert names(client.get(f"{MINE}?health=paused")) == []
    assert "No city fits." in client.get(f"{MINE}?stage=review").content.decode()


def test_result_stands_for_the_areas_coached(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    scene.walk_to("work")
    scene.sign_in(client, scene.partner.coach)

    (row,) = client.get(MINE).context["page"]

    assert [(area.name, area.met, area.of) for area in row.areas] == [("Data management", 1, 2)]


@pytest.mark.parametrize(
    ("address", "count"),
    [(MINE, 1), (MINE, 3), (MINE, 40), (f"{MINE}?view=table", 40), ("/my-cities.csv", 40)],
)
def test_forty_cities_take_the_same_queries(
    scene: Scene, client: Client, django_assert_num_queries: Any, count: int, address: str
) -> None:
    busy(scene, many_engagements(scene, count, **coached_by(scene.partner.coach, scene)))
    scene.sign_in(client, scene.partner.coach)
    client.get(address)

    with django_assert_num_queries(13 if address.endswith("csv") else 14):
        content = client.get(address).content.decode()

    assert content.count("Town") >= count
    assert ("Data management 1/2" in content) or ("1 of 2" in content)

"""City status by API: its exact form, its filters and pages, and what a filter must not tell."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from cities.models import HistoricAward
from tests.api.callers import CITIES, as_person, moment, slugs, status_of, with_key
from tests.scenes import Scene, make_cities, make_city
from workflows import services
from workflows.models import CityStatus


def test_city_status_has_exactly_the_promised_form(scene: Scene) -> None:
    scene.walk_to("work")
    item = scene.open_items("work")[0]
    engagements = [scene.engagement(scene.partner), scene.engagement(scene.other_partner)]
    row = scene.status

    found = status_of(as_person(scene.manager))

    assert found == {
        "city": {
            "slug": "paterson-nj",
            "name": "Paterson",
            "state": "NJ",
            "country": "US",
            "population": 159732,
        },
        "case": {
            "id": str(scene.case.pk),
            "kind": "first",
            "cohort_year": 2025,
            "standard": "scene-v1",
            "opened_on": "2025-03-03",
        },
        "stage": "coaching",
        "stage_entered_at": moment(row.stage_entered_at),
        "on_hold": False,
        "waiting_on": "partner",
        "waiting_on_all": ["partner"],
        "next_deadline": {
            "step": row.next_step,
            "title": "Answer the offered engagement" if row.next_step == "respond" else str(item.title),
            "party": "partner",
            "due_at": moment(row.next_due_at),
            "overdue": False,
        },
        "level": None,
        "certificate": None,
        "engagements": [
            {
                "id": str(one.pk),
                "partner": one.partner.slug,
                "areas": [area],
                "status": one.status,
                "paused": False,
            }
            for one, area in zip(engagements, ["DM", "OD"], strict=True)
        ],
        "result": {
            "round": 1,
            "validated": True,
            "met": 1,
            "of": 6,
            "by_area": [
                {"code": "DM", "met": 1, "of": 2},
                {"code": "OD", "met": 0, "of": 2},
                {"code": "WW", "met": 0, "of": 2},
            ],
        },
        "updated_at": moment(row.updated_at),
    }
    assert found == as_person(scene.manager).get(CITIES).json()["results"][0]


def test_certified_city_has_its_level_and_number(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to_end()

    found = status_of(with_key(scene.other_partner.organization))

    assert (found["stage"], found["level"], found["certificate"]) == ("certified", "silver", "MP-2025-0001")
    assert (found["waiting_on"], found["next_deadline"]) == ("nobody", None)


def test_city_without_a_case_stands_alone_and_not_in_the_list(scene: Scene) -> None:
    HistoricAward.objects.create(city=scene.other_city, level="gold", year=2021)
    client = as_person(scene.partner.coach)

    found = status_of(client, "newark-nj")

    assert (found["case"], found["stage"], found["level"]) == (None, None, "gold")
    assert (found["waiting_on"], found["waiting_on_all"], found["updated_at"]) == ("nobody", [], None)
    assert client.get(f"{CITIES}newark-nj/timeline/").json()["results"] == []
    assert slugs(client) == []


RESULT = {
    "review": set(),
    "release_report": {"manager", "director", "assessor", "reconciler"},
    "choose_path": {"manager", "director", "assessor", "reconciler", "lead", "contributor", "sponsor"},
    "work": {
        *("manager", "director", "assessor", "reconciler", "lead", "contributor", "sponsor"),
        *("partner_lead", "coach", "second_coach"),
    },
}


@pytest.mark.parametrize("step", RESULT)
def test_result_is_for_those_who_may_read_scores(scene: Scene, step: str) -> None:
    scene.engagements = 1
    scene.walk_to(step)

    found = {
        name: as_person(person).get(f"{CITIES}paterson-nj/")
        for name, person in scene.everyone.items()
        if person.is_active
    }

    seen = {name for name, answer in found.items() if answer.status_code == 200 and answer.json()["result"]}
    assert seen == RESULT[step]
    refused = {name for name, answer in found.items() if answer.status_code == 404}
    assert refused == {"other_lead", "other_contributor", "nobody", "system"}
    coaching, other = with_key(scene.partner.organization), with_key(scene.other_partner.organization)
    assert bool(status_of(coaching)["result"]) == ("coach" in RESULT[step])
    assert status_of(other)["result"] is None


def test_result_is_gone_when_the_coaching_ends(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("close")
    client = with_key(scene.partner.organization)
    assert status_of(client)["result"] is not None

    scene.do_step("close")

    assert status_of(client)["result"] is None


def begin_three_cases(scene: Scene) -> None:
    scene.open_case(scene.other_city, by=scene.manager)
    due = scene.item("apply").due_at
    texan = make_city("el-paso-tx", "El Paso", state="TX")
    scene.engagements = 1
    scene.open_case()
    scene.walk_to("work")
    services.hold_case(case_id=scene.case.pk, reason="Elections", by=scene.manager, now=scene.tick())
    services.mark_overdue_and_publish(now=due + timedelta(days=1))
    scene.now = due + timedelta(days=2)
    scene.open_case(texan, by=scene.manager)
    CityStatus.objects.filter(city=texan).update(level="gold")


@pytest.fixture
def three(scene: Scene) -> Scene:
    """Paterson is coached and on hold, Newark applies and is late, El Paso of Texas waits for the program."""
    scene.arrange(begin_three_cases)
    return scene


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["el-paso-tx", "newark-nj", "paterson-nj"]),
        ("?stage=coaching", ["paterson-nj"]),
        ("?level=gold", ["el-paso-tx"]),
        ("?state=nj", ["newark-nj", "paterson-nj"]),
        ("?partner=first-partner", ["paterson-nj"]),
        ("?partner=other-partner", []),
        ("?waiting_on=city", ["el-paso-tx", "newark-nj"]),
        ("?waiting_on=nobody", []),
        ("?overdue=true", ["newark-nj"]),
        ("?overdue=false&state=NJ", ["paterson-nj"]),
        ("?on_hold=true", ["paterson-nj"]),
        ("?on_hold=0", ["el-paso-tx", "newark-nj"]),
        ("?updated_since=2000-01-01", ["el-paso-tx", "newark-nj", "paterson-nj"]),
        ("?q=pat", ["paterson-nj"]),
        ("?q=-tx", ["el-paso-tx"]),
        ("?stage=&q=&page_size=", ["el-paso-tx", "newark-nj", "paterson-nj"]),
        ("?stage=application&state=TX&q=paso", ["el-paso-tx"]),
    ],
)
def test_filters_find(three: Scene, query: str, found: list[str]) -> None:
    if query.startswith("?updated_since"):
        query = "?updated_since=2000-01-01T00:00:00Z"

    assert slugs(as_person(three.other_partner.lead), query) == found


def test_updated_since_takes_the_moment_itself_and_what_is_later(three: Scene) -> None:
    client = as_person(three.manager)
    newest = max(row["updated_at"] for row in client.get(CITIES).json()["results"])

    assert slugs(client, f"?updated_since={newest}") == ["el-paso-tx"]
    later = (three.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert slugs(client, f"?updated_since={later}") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?stage=nowhere", "stage"),
        ("?waiting_on=godot", "waiting_on"),
        ("?overdue=perhaps", "overdue"),
        ("?on_hold=2", "on_hold"),
        ("?updated_since=yesterday", "updated_since"),
        ("?updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
        ("?partner=nobody", "partner"),
        ("?level=%00", "level"),
        ("?q=%00", "q"),
        ("?state=aaaaaaaaaaaaa", "state"),
        ("?page_size=0", "page_size"),
        ("?page_size=many", "page_size"),
        ("?cursor=nonsense", "cursor"),
        ("?cursor=cD1ub3doZXJl", "cursor"),
    ],
)
def test_wrong_input_names_the_field(three: Scene, query: str, field: str) -> None:
    response = as_person(three.manager).get(f"{CITIES}{query}")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"], list(body["errors"])) == ("about:blank", 400, [field])
    assert all(isinstance(text, str) and text for text in body["errors"][field])


def test_pages_hold_every_city_once_in_both_directions(scene: Scene) -> None:
    for city in make_cities(7):
        scene.open_case(city, by=scene.manager)
    client = as_person(scene.manager)

    forth, url = [], f"{CITIES}?page_size=3"
    while url:
        page = client.get(url).json()
        assert list(page) == ["next", "previous", "results"]
        forth.append([row["city"]["slug"] for row in page["results"]])
        last, url = page, page["next"]
    back = client.get(last["previous"]).json()

    assert [len(page) for page in forth] == [3, 3, 1]
    assert len({slug for page in forth for slug in page}) == 7
    assert [row["city"]["slug"] for row in back["results"]] == forth[1]


def test_page_holds_two_hundred_at_most(scene: Scene) -> None:
    cities = make_cities(205)
    CityStatus.objects.bulk_create(
        CityStatus(city=city, case=scene.open_case() if not n else scene.case, updated_at=scene.now)
        for n, city in enumerate(cities)
    )
    client = as_person(scene.manager)

    assert len(client.get(f"{CITIES}?page_size=1000").json()["results"]) == 200
    assert len(client.get(CITIES).json()["results"]) == 50


@pytest.fixture
def voting(scene: Scene) -> Scene:
    """The vote on Paterson is open and late; the announcement will be four days later."""
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("vote")
    scene.announce_on = scene.today + timedelta(days=4)
    return scene


SEALED_FILTERS = [
    "?waiting_on=committee",
    "?waiting_on=program",
    "?waiting_on=nobody",
    "?overdue=true",
    "?overdue=false",
    "?level=silver",
    "?stage=decision",
]


@pytest.mark.slow
def test_filters_and_answers_tell_nothing_of_a_sealed_decision(voting: Scene) -> None:
    clients = {
        "partner": as_person(voting.partner.lead),
        "key": with_key(voting.partner.organization),
        "assessor": as_person(voting.assessor),
        "other assessor": as_person(voting.other_assessor),
    }
    program = as_person(voting.manager)

    def told() -> list[Any]:
        since = moment(voting.now - timedelta(seconds=1))
        queries = [*SEALED_FILTERS, f"?updated_since={since}"]
        return [
            [status_of(client), *[slugs(client, query) for query in queries[:-1]]]
            for client in clients.values()
        ]

    before, inside = told(), status_of(program)
    assert before[0][0]["waiting_on_all"] == ["committee"]
    assert before[0][0]["next_deadline"] is None
    services.mark_overdue_and_publish(now=voting.item("vote").due_at + timedelta(days=1))
    late = told()
    assert status_of(program)["next_deadline"]["overdue"]
    voting.do_step("vote")
    decided = told()
    decided_at = voting.now
    assert status_of(program)["waiting_on"] == "program"
    assert all(slugs(one, f"?updated_since={moment(decided_at)}") == [] for one in clients.values())
    assert slugs(program, f"?updated_since={moment(decided_at)}") == ["paterson-nj"]
    voting.do_step("announce")
    announced = told()

    assert before == late == decided == announced
    assert inside["next_deadline"]["step"] == "vote"
    services.publish_due(now=voting.now + timedelta(days=4))
    assert [status_of(client)["level"] for client in clients.values()] == ["silver"] * 4


def test_hold_on_a_sealed_case_is_a_change_for_everybody(voting: Scene) -> None:
    client = with_key(voting.other_partner.organization)
    before = status_of(client)
    now = voting.tick()

    services.hold_case(case_id=voting.case.pk, reason="Elections", by=voting.manager, now=now)

    after = status_of(client)
    assert (before["on_hold"], after["on_hold"]) == (False, True)
    assert after["updated_at"] == moment(now)
    assert slugs(client, f"?updated_since={moment(now)}") == ["paterson-nj"]


def test_timeline_tells_the_open_history_oldest_first(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("work")

    page = with_key(scene.other_partner.organization).get(f"{CITIES}paterson-nj/timeline/").json()

    assert (page["next"], page["previous"]) == (None, None)
    rows = page["results"]
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    stages = [row["stage"] for row in rows if row["type"] == "cases.stage_entered"]
    assert stages == ["application", "self_assessment", "review", "coaching"]
    types = {row["type"] for row in rows}
    assert {"cases.case_opened", "certification.report_released", "coaching.engagement_offered"} <= types
    assert not {"certification.answer_saved", "certification.review_submitted"} & types
    offered = next(row for row in rows if row["type"] == "coaching.engagement_offered")
    assert offered == {
        "at": offered["at"],
        "type": "coaching.engagement_offered",
        "title": "An engagement was offered to a partner.",
        "stage": None,
        "from_stage": None,
        "partner": "first-partner",
    }


def test_timeline_tells_nothing_of_a_sealed_decision(voting: Scene) -> None:
    client = with_key(voting.partner.organization)
    url = f"{CITIES}paterson-nj/timeline/"
    before = client.get(url).json()

    voting.do_step("vote")
    voting.do_step("announce")

    assert client.get(url).json() == before


@pytest.mark.parametrize("path", ["paterson-nj/", "paterson-nj/timeline/", "no-such-city/"])
def test_what_one_may_not_see_does_not_exist(scene: Scene, path: str) -> None:
    scene.open_case()

    for client in (as_person(scene.other_lead), with_key(scene.other_city.organization)):
        response = client.get(f"{CITIES}{path}")
        assert response.status_code == 404
        assert response.json()["status"] == 404


def test_timeline_asks_the_same_for_a_long_history(scene: Scene, django_assert_num_queries: Any) -> None:
    client = as_person(scene.manager)

    for step in ("apply", "release_report", "work"):
        scene.walk_to(step)
        with django_assert_num_queries(7):
            assert client.get(f"{CITIES}paterson-nj/timeline/").status_code == 200


def test_ids_are_those_of_the_pages(scene: Scene) -> None:
    scene.open_case()
    client = as_person(scene.manager)

    case = UUID(status_of(client)["case"]["id"])

    assert client.get(f"/cases/{case}/").status_code == 200


def test_anonymous_callers_are_asked_to_sign_in(scene: Scene) -> None:
    for path in (CITIES, f"{CITIES}paterson-nj/", f"{CITIES}paterson-nj/timeline/", "/api/v1/standards/"):
        response = Client().get(path)
        assert response.status_code == 401
        assert not response.cookies

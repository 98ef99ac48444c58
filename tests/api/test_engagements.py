"""Engagements by API, and the figures of their measures that systems enter."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from coaching.enums import NoteAudience
from coaching.models import Measure, Observation
from coaching.services import write_note
from core.models import AuditEvent, KeptAnswer
from tests.api.callers import as_person, with_key
from tests.coaching.measures import set_one
from tests.scenes import Scene
from workflows import services

LIST = "/api/v1/engagements/"
NAME = "Moved to stable housing"
FIGURE = {"measure": NAME, "when": "2018-Q1", "value": ">3000", "source": "Monthly report"}


def build(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("work")
    set_one(scene, NAME)


@pytest.fixture
def measured(scene: Scene) -> Scene:
    scene.arrange(build)
    return scene


def address(scene: Scene) -> str:
    return f"{LIST}{scene.engagement().pk}/observations/"


def report(client: Client, scene: Scene, *lines: Any, **more: Any) -> Any:
    headers = more.pop("headers", {})
    content = {"observations": list(lines)} | more
    return client.post(address(scene), content, content_type="application/json", headers=headers)


def test_engagements_are_told_to_exactly_these_callers(measured: Scene):
    note = "Only among ourselves"
    for audience in NoteAudience:
        write_note(
            engagement_id=measured.engagement().pk,
            audience=audience,
            text=note,
            key=uuid4(),
            by=measured.partner.coach,
            now=measured.now,
        )
    people = {name: as_person(person) for name, person in measured.everyone.items() if person.is_active}
    keys = {
        "key of the partner": with_key(measured.partner.organization),
        "key of the city": with_key(measured.city.organization),
        "key of another partner": with_key(measured.other_partner.organization),
        "key of another city": with_key(measured.other_city.organization),
    }
    one = f"{LIST}{measured.engagement().pk}/"

    told = {name for name, client in (people | keys).items() if client.get(LIST).json()["results"]}
    found = {name for name, client in (people | keys).items() if client.get(one).status_code == 200}

    readers = {"lead", "contributor", "sponsor", "partner_lead", "coach", "second_coach"}
    assert told == found == readers | {"manager", "director", "key of the partner", "key of the city"}
    body = keys["key of the partner"].get(one).json()
    assert (body["partner"], body["city"], body["status"]) == ("first-partner", "paterson-nj", "active")
    assert body["paused"] is False
    assert [measure["name"] for measure in body["measures"]] == [NAME]
    assert note not in str(body)
    assert measured.engagement().goal not in str(body)


@pytest.mark.parametrize("whose", ["partner", "city"])
def test_key_enters_figures_of_its_own_engagements(measured: Scene, whose: str):
    organization = {"partner": measured.partner.organization, "city": measured.city.organization}[whose]
    client = with_key(organization, "read", "write")
    measure = Measure.objects.get(name=NAME)

    answer = report(client, measured, FIGURE, FIGURE | {"measure": str(measure.pk), "when": "2018-Q2"})

    assert answer.status_code == 200, answer.content
    assert answer.json() == {"added": 2, "corrected": 0, "unchanged": 0, "refused": []}
    entered = Observation.objects.all()
    assert [(one.period.code, one.figure.code) for one in entered] == [
        ("2018-Q1", ">3000"),
        ("2018-Q2", ">3000"),
    ]
    assert {one.entered_by.kind for one in entered} == {"service"}
    event = AuditEvent.objects.get(action="coaching.observations_imported")
    assert (event.new, event.key[:3]) == ({"added": 2, "corrected": 0}, "mp_")
    (told,) = client.get(f"{LIST}{measured.engagement().pk}/").json()["measures"]
    assert [figure["when"] for figure in told["figures"]] == ["2018-Q1", "2018-Q2"]


def test_good_lines_are_kept_and_bad_ones_named_by_line_and_field(measured: Scene):
    client = with_key(measured.partner.organization, "write")
    bad = [
        FIGURE | {"when": "last spring", "value": "many"},
        FIGURE | {"measure": "Nothing"},
        {"when": "2018"},
        FIGURE | {"when": "2018", "grup": "North"},
        FIGURE | {"when": "2019", "group": "North"},
        FIGURE | {"when": "2019", "value": True},
        FIGURE | {"value": 4000},
    ]

    answer = report(client, measured, FIGURE, *bad, FIGURE, FIGURE | {"when": "2018-Q3", "value": 91.5})

    body = answer.json()
    assert answer.status_code == 200
    assert (body["added"], body["unchanged"]) == (2, 1)
    assert {one["line"]: set(one["errors"]) for one in body["refused"]} == {
        2: {"when"},
        3: {"measure"},
        4: {"measure", "value"},
        5: {"grup"},
        6: {"group"},
        7: {"value"},
        8: {"when"},
    }
    again = report(client, measured, FIGURE | {"value": 4000}, replace=True)
    assert again.json()["corrected"] == 1


def test_nothing_good_is_a_refusal_that_names_every_line(measured: Scene):
    client = with_key(measured.partner.organization, "write")

    for content, fields in (
        ([FIGURE | {"when": "soon"}, {}], {"observations.1.when", "observations.2.measure"}),
        ([], {"observations"}),
        (["3000"], {"observations"}),
        ([FIGURE] * 2001, {"observations"}),
    ):
        answer = report(client, measured, *content)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert fields <= set(answer.json()["errors"])
    assert not Observation.objects.exists()


def test_reports_are_refused_where_they_must(measured: Scene):
    writing = with_key(measured.partner.organization, "write")
    statuses = {
        "without the scope": report(with_key(measured.partner.organization), measured, FIGURE),
        "another partner": report(with_key(measured.other_partner.organization, "write"), measured, FIGURE),
        "another city": report(with_key(measured.other_city.organization, "write"), measured, FIGURE),
        "stranger": report(Client(), measured, FIGURE),
        "contributor": report(as_person(measured.contributor), measured, {"measure": "Nothing"}),
        "reads": writing.get(address(measured)),
        "a form": writing.post(address(measured), {"observations": "x"}),
        "too much": report(writing, measured, FIGURE | {"source": "x" * 2**21}),
        "no json": writing.post(address(measured), "{", content_type="application/json"),
    }

    assert {name: answer.status_code for name, answer in statuses.items()} == {
        "without the scope": 403,
        "another partner": 404,
        "another city": 404,
        "stranger": 401,
        "contributor": 403,
        "reads": 405,
        "a form": 415,
        "too much": 413,
        "no json": 400,
    }
    assert not Observation.objects.exists()
    services.withdraw_case(
        case_id=measured.case.pk, reason="No staff.", by=measured.lead, now=measured.tick()
    )
    assert report(writing, measured, FIGURE).status_code == 409


def test_request_with_a_key_is_done_once(measured: Scene):
    client = with_key(measured.partner.organization, "write")
    once: dict[str, Any] = {"headers": {"idempotency-key": "monday"}}

    first = report(client, measured, FIGURE, **once)
    again = report(client, measured, FIGURE, **once)
    other = report(client, measured, FIGURE | {"when": "2019"}, **once)

    assert (first.status_code, first.json()["added"]) == (200, 1)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert (other.status_code, other.headers["Content-Type"]) == (422, "application/problem+json")
    assert Observation.objects.count() == 1
    theirs = report(with_key(measured.city.organization, "write"), measured, FIGURE, **once)
    assert theirs.json()["unchanged"] == 1
    for wrong in ("", "x" * 201):
        assert report(client, measured, FIGURE, headers={"idempotency-key": wrong}).status_code == 400


def test_refusal_is_not_kept_under_its_key(measured: Scene):
    client = with_key(measured.partner.organization, "write")
    once: dict[str, Any] = {"headers": {"idempotency-key": "monday"}}

    assert report(client, measured, FIGURE | {"when": "soon"}, **once).status_code == 400

    assert not KeptAnswer.objects.exists()
    assert report(client, measured, FIGURE, **once).json()["added"] == 1


def test_list_of_engagements_asks_the_same_for_many(scene: Scene, django_assert_num_queries: Any):
    scene.engagements = 1
    scene.walk_to("respond")
    client = as_person(scene.manager)
    engagement = scene.engagement()

    for count in (1, 3):
        for _n in range(2, count + 1):
            engagement.pk, engagement._state.adding = uuid4(), True
            engagement.save()
        with django_assert_num_queries(5):
            client.get(LIST)

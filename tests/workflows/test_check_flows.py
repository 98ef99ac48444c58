"""`check_flows` finds every kind of disagreement, and nothing where there is none."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from cases.enums import Stage
from cases.models import Case, WorkItem
from coaching.models import Engagement
from people.models import User
from tests.scenes import Scene
from workflows.flows.checks import disagreements
from workflows.models import CertificationProcess, CityStatus

Task = apps.get_model("viewflow", "Task")


def kinds(scene: Scene) -> list[str]:
    return [one.kind for one in disagreements(today=scene.today)]


def open_task(scene: Scene) -> Any:
    return Task.objects.get(pk=scene.open_items()[0].task_number)


def point_to_a_node_that_is_gone(scene: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE viewflow_task SET flow_task = %s WHERE id = %s",
            ["workflows/flows.certification.CertificationFlow.gone", open_task(scene).pk],
        )


def break_the_task(scene: Scene) -> None:
    Task.objects.filter(pk=open_task(scene).pk).update(status="ERROR")


def lose_the_work_item(scene: Scene) -> None:
    WorkItem.objects.filter(case=scene.case).open().delete()


def lose_the_task(scene: Scene) -> None:
    Task.objects.filter(pk=open_task(scene).pk).update(status="DONE")


def take_anothers_task(scene: Scene) -> None:
    WorkItem.objects.filter(case=scene.case).open().update(step="apply")


def end_the_case_behind_the_flow(scene: Scene) -> None:
    Case.objects.filter(pk=scene.case.pk).update(
        stage=Stage.WITHDRAWN, closed_at=scene.now, closed_by=User.objects.get(pk=scene.lead.pk)
    )
    CityStatus.objects.update(stage=Stage.WITHDRAWN)


def lose_the_process(scene: Scene) -> None:
    CertificationProcess.objects.update(status="CANCELED")


def change_the_status_row(scene: Scene) -> None:
    CityStatus.objects.update(waiting_on="nobody")


def lose_the_status_row(scene: Scene) -> None:
    CityStatus.objects.all().delete()


BREAKAGES: dict[str, tuple[Callable[[Scene], None], list[str]]] = {
    "node gone": (point_to_a_node_that_is_gone, ["missing_node", "work_without_step"]),
    "task in error": (break_the_task, ["task_in_error"]),
    "work item gone": (lose_the_work_item, ["step_without_work", "wrong_status"]),
    "task finished": (lose_the_task, ["work_without_step"]),
    "another step": (take_anothers_task, ["work_without_step", "wrong_status"]),
    "case ended": (end_the_case_behind_the_flow, ["closed_case_runs"]),
    "process gone": (lose_the_process, ["open_case_stands"]),
    "status wrong": (change_the_status_row, ["wrong_status"]),
    "status gone": (lose_the_status_row, ["wrong_status"]),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_check_finds(scene: Scene, breakage: str) -> None:
    scene.walk_to("self_assess")
    break_it, expected = BREAKAGES[breakage]

    break_it(scene)

    assert kinds(scene) == expected


def test_check_finds_work_with_the_task_of_another_case(scene: Scene) -> None:
    scene.open_case()
    first = scene.open_items()[0]
    scene.open_case(scene.other_city, by=scene.manager)
    second = scene.open_items()[0]
    numbers = {first.pk: second.task_number, second.pk: first.task_number}
    WorkItem.objects.filter(pk=first.pk).update(task_number=10**9)
    for pk in (second.pk, first.pk):
        WorkItem.objects.filter(pk=pk).update(task_number=numbers[pk])

    assert kinds(scene) == ["work_without_step", "work_without_step"]


def test_check_finds_a_case_that_waits_for_engagements_that_are_settled(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("respond")
    Engagement.objects.update(status="cancelled")

    assert kinds(scene) == ["forgotten_case"]


def test_check_finds_a_case_that_waits_for_an_announcement_that_nobody_set(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.announce_on = scene.today + timedelta(days=3)
    scene.do(scene.one("announce"))
    scene.case.decisions.update(status="certify")

    assert kinds(scene) == ["forgotten_case"]


def test_check_is_clean_at_every_step_of_the_way(scene: Scene) -> None:
    assert [(item.step, wrong) for item in scene.stations() if (wrong := kinds(scene))] == []


def test_check_is_clean_after_every_ending(scene: Scene) -> None:
    from workflows import services

    scene.walk_to_end()
    scene.open_case(scene.other_city, by=scene.manager)
    services.withdraw_case(
        case_id=scene.case.pk, reason="An election.", by=scene.other_lead, now=scene.tick()
    )

    assert kinds(scene) == []


def run(*options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_flows", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db
def test_command_says_that_all_agree() -> None:
    assert run() == (0, "Flows, work items and statuses agree.\n")


def test_command_prints_a_line_each_and_fails(scene: Scene) -> None:
    scene.open_case()
    change_the_status_row(scene)

    code, text = run()

    assert code == 1
    assert text == (f"wrong_status: city {scene.city.pk}: waiting_on is 'nobody', should be 'city'\n")


def test_command_prints_json(scene: Scene) -> None:
    scene.open_case()
    assert json.loads(run("--json")[1]) == {"clean": True, "found": []}
    lose_the_status_row(scene)

    code, text = run("--json")

    assert code == 1
    (found,) = json.loads(text)["found"]
    assert found == {
        "kind": "wrong_status",
        "thing": f"city {scene.city.pk}",
        "detail": "has a case and no status",
    }


def test_check_asks_as_much_for_many_cities_as_for_one(
    scene: Scene, django_assert_num_queries: object
) -> None:
    from tests.scenes import make_cities

    scene.open_case()
    with django_assert_num_queries(19):
        assert kinds(scene) == []
    for city in make_cities(3):
        scene.open_case(city, by=scene.manager)

    with django_assert_num_queries(19):
        assert kinds(scene) == []

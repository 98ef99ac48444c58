"""What happens when two people, or a person and the sweep, act in the same second, on real connections.

Each scenario plays once on a city of its own and checks that every step was done exactly once.
"""

import copy
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from cases.errors import CaseOpenAlready, WorkItemClosed
from cases.models import Case, StageChange, WorkItem
from certification.errors import AppealOpen, AppealTooLate, VoteCast
from certification.models import Appeal, Certificate
from certification.services import save_answer
from core.errors import DomainError, WrongState
from tests.scenes import Scene, make_cities
from workflows import services
from workflows.flows.checks import disagreements

Outcome = tuple[list[Any], list[BaseException]]
PATIENCE = 30


def at_once(*calls: Callable[[], Any], timeout: float = 120) -> Outcome:
    """Make the calls in the same moment, each on a connection of its own: what they returned and raised."""
    start = threading.Barrier(len(calls))
    results: list[Any] = []
    errors: list[BaseException] = []

    def run(call: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{PATIENCE - 5}s'")
            start.wait(PATIENCE)
            results.append(call())
        except BaseException as error:  # noqa: BLE001 -- whatever a thread raises is what the test is about
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,), daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
        assert not thread.is_alive(), "Somebody waits for ever."
    unexpected = [error for error in errors if not isinstance(error, DomainError)]
    assert unexpected == [], unexpected
    return results, errors


def assert_sound(scene: Scene) -> None:
    assert list(disagreements(today=scene.today)) == []


def engagements_closed_at_once(scene: Scene) -> None:
    scene.start_at("plan_coaching", met=("DM1",))
    scene.do_step("plan_coaching")
    for step in ("respond", "assign_coach", "kick_off", "work"):
        scene.do_step(step)

    done, refused = at_once(*(scene.deed(item) for item in scene.open_items("close")))

    assert (len(done), refused) == (2, [])
    assert [item.step for item in scene.open_items() if item.step != "feedback"] == ["reassess"]
    assert StageChange.objects.filter(case=scene.case, to_stage="reassessment").count() == 1
    assert scene.assessment.round == 2


def reviews_submitted_at_once(scene: Scene) -> None:
    scene.start_at("assign_assessors")
    scene.do_step("assign_assessors")
    items = scene.open_items("review")
    for item in items:
        scene.prepare(item)

    done, refused = at_once(*(scene.deed(item) for item in items))

    assert (len(done), refused) == (2, [])
    assert [item.step for item in scene.open_items()] == ["reconcile"]


def every_button_pressed_twice(scene: Scene) -> None:
    """The whole path, each deciding button pressed twice in the same moment."""
    scene.met = {1: ("DM1",)}
    scene.engagements = 1
    scene.open_case()
    while items := scene.open_items():
        item = items[0]
        scene.prepare(item)
        deed = scene.deed(item)

        done, refused = at_once(deed, deed)

        assert len(done) == 1, (item.step, refused)
        assert len(refused) == 1, item.step
        told = (WorkItemClosed, VoteCast) if item.step == "vote" else (WorkItemClosed,)
        assert isinstance(refused[0], told), (item.step, refused)
    assert scene.stage == "certified"
    assert Certificate.objects.filter(case=scene.case).count() == 1


def two_people_decide_differently(scene: Scene) -> None:
    scene.start_at("confirm")
    item = scene.item("confirm")
    words = {"work_item_id": item.pk, "now": scene.tick()}
    accept = partial(services.accept_application_and_route, reason="", by=scene.fresh(scene.manager), **words)
    return_it = partial(
        services.request_changes_and_route, reason="No.", by=scene.fresh(scene.director), **words
    )

    done, refused = at_once(accept, return_it)

    assert len(done) == 1
    (told,) = refused
    assert isinstance(told, WorkItemClosed)
    item.refresh_from_db()
    assert told.closed_by_id == item.closed_by_id
    assert str(item.closed_by) in str(told.detail)
    assert [one.step for one in scene.open_items()] in (["self_assess"], ["apply"])


def last_votes_cast_at_once(scene: Scene) -> None:
    scene.start_at("open_packet")
    scene.do_step("open_packet")
    item = scene.item("vote")
    *early, fourth, fifth = scene.seated()
    for member in early:
        scene.cast(item, member)

    done, refused = at_once(*(scene.deed(item, by=member) for member in (fourth, fifth)))

    assert (len(done), refused) == (2, [])
    assert scene.decision.votes.count() == 5
    assert [one.step for one in scene.open_items()] == ["announce"]
    events = "certification.decided", "certification.vote_unsealed"
    assert [_events(scene, action) for action in events] == [1, 5]


def _events(scene: Scene, action: str) -> int:
    from core.models import AuditEvent

    return AuditEvent.objects.filter(dossier=scene.case.pk, action=action).count()


def vote_closed_while_somebody_votes(scene: Scene) -> None:
    scene.start_at("open_packet")
    scene.do_step("open_packet")
    item = scene.item("vote")
    for member in scene.seated()[:3]:
        scene.cast(item, member)
    close = partial(services.close_vote_and_route, work_item_id=item.pk, by=scene.manager, now=scene.tick())

    done, refused = at_once(close, scene.deed(item))

    assert len(done) + len(refused) == 2
    assert _events(scene, "certification.decided") == 1
    assert _events(scene, "certification.vote_unsealed") == scene.decision.votes.count()
    assert [one.step for one in scene.open_items()] == ["announce"]


def withdrawn_while_a_review_comes_in(scene: Scene) -> None:
    scene.start_at("assign_assessors")
    scene.do_step("assign_assessors")
    items = scene.open_items("review")
    for item in items:
        scene.prepare(item)
    leave = partial(
        services.withdraw_case, case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick()
    )

    done, _refused = at_once(leave, *(scene.deed(item) for item in items))

    assert done
    assert scene.stage == "withdrawn"
    assert scene.open_items() == []


def answer_saved_while_the_assessment_is_submitted(scene: Scene) -> None:
    scene.start_at("self_assess")
    scene.answer(())
    response = scene.response("OD1")
    save = partial(
        save_answer,
        response_id=response.pk,
        version=response.version,
        self_rating="met",
        narrative="At the last moment.",
        ticked=[],
        by=scene.fresh(scene.lead),
        now=scene.tick(),
    )

    _done, refused = at_once(save, scene.deed(scene.item("self_assess")))

    stored = scene.response("OD1")
    assert (stored.narrative == "At the last moment.") == (refused == [])
    assert all(isinstance(error, WrongState) for error in refused)
    assert (stored.status, scene.assessment.status) == ("submitted", "submitted")


def case_opened_twice(scene: Scene) -> None:
    open_it = partial(services.open_case_and_start, city=scene.city, now=scene.tick())

    done, refused = at_once(partial(open_it, by=scene.lead), partial(open_it, by=scene.manager))

    (scene.case,) = done
    assert isinstance(refused[0], CaseOpenAlready)
    assert Case.objects.filter(city=scene.city).count() == 1


def sweep_runs_while_people_act(scene: Scene) -> None:
    scene.start_at("confirm")
    for _n in range(4):
        item = scene.open_items()[0]
        scene.prepare(item)
        scene.now = item.due_at + timedelta(hours=1)
        sweep = partial(services.mark_overdue_and_publish, now=scene.now)

        done, refused = at_once(scene.deed(item), sweep, sweep, partial(services.publish_due, now=scene.now))

        assert (len(done), refused) == (4, [])
        assert_sound(scene)


def sweeps_publish_at_once(scene: Scene) -> None:
    scene.start_at("open_packet")
    scene.walk_to("announce")
    scene.announce(scene.item("announce"), on=scene.today + timedelta(days=1))
    scene.now += timedelta(days=1)
    publish = partial(services.publish_due, now=scene.now)

    done, refused = at_once(publish, publish, publish)

    assert refused == []
    assert sum(len(published) for published in done) == 1
    assert Certificate.objects.filter(case=scene.case).count() == 1


def two_cities_announced_at_once(scene: Scene) -> None:
    first, second = scene, another(scene)
    for one in (first, second):
        one.start_at("open_packet")
        one.walk_to("announce")

    done, refused = at_once(*(one.deed(one.item("announce")) for one in (first, second)))

    assert (len(done), refused) == (2, [])
    numbers = Certificate.objects.filter(case__in=[first.case, second.case]).values_list("number", flat=True)
    assert len(set(numbers)) == 2


def two_cities_walk_side_by_side(scene: Scene) -> None:
    first, second = scene, another(scene)
    for one in (first, second):
        one.engagements = 1

    done, refused = at_once(first.walk_to_end, second.walk_to_end)

    assert (len(done), refused) == (2, [])
    assert {case.stage for case in done} == {"certified"}


def ended_case_gets_feedback_while_the_next_opens(scene: Scene) -> None:
    scene.engagements = 1
    scene.start_at("plan_coaching", met=("DM1",))
    scene.walk_to("reassess")
    feedback = scene.item("feedback")
    services.withdraw_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())
    open_it = partial(
        services.open_case_and_start, city=scene.city, by=scene.fresh(scene.lead), now=scene.tick()
    )

    done, refused = at_once(scene.deed(feedback), open_it)

    assert (len(done), refused) == (2, [])
    assert scene.status.stage == "application"


def appeal_filed_while_the_packet_opens(scene: Scene) -> None:
    scene.start_at("open_packet")
    appeal = partial(
        services.file_appeal,
        response_id=scene.response("WW1").pk,
        reasons="It is met.",
        by=scene.fresh(scene.lead),
        now=scene.tick(),
    )

    done, refused = at_once(appeal, scene.deed(scene.item("open_packet")))

    assert (len(done), len(refused)) == (1, 1)
    assert isinstance(refused[0], AppealOpen | AppealTooLate)
    assert scene.case.decisions.exists() != Appeal.objects.of_case(scene.case).exists()


def another(scene: Scene) -> Scene:
    """The same program with a case of another city."""
    twin = copy.copy(scene)
    twin.__dict__.pop("case", None)
    twin.move_to(next_city())
    return twin


def next_city() -> Any:
    from cities.models import City

    return make_cities(1, start=City.objects.count() + 1)[0]


# What a page promises to two people at once, and what goes on beside them.
PROMISED: list[Callable[[Scene], None]] = [
    engagements_closed_at_once,
    reviews_submitted_at_once,
    every_button_pressed_twice,
    two_people_decide_differently,
    last_votes_cast_at_once,
]
OTHERS: list[Callable[[Scene], None]] = [
    vote_closed_while_somebody_votes,
    withdrawn_while_a_review_comes_in,
    answer_saved_while_the_assessment_is_submitted,
    case_opened_twice,
    sweep_runs_while_people_act,
    sweeps_publish_at_once,
    two_cities_announced_at_once,
    two_cities_walk_side_by_side,
    ended_case_gets_feedback_while_the_next_opens,
    appeal_filed_while_the_packet_opens,
]


def play(scenario: Callable[[Scene], None], times: int) -> None:
    """The scenario so many times, each on a city of its own, with a sound installation afterwards."""
    everybody = Scene()
    for _n in range(times):
        scene = another(everybody)
        scenario(scene)
        assert WorkItem.objects.filter(case=scene.case).exists()
    assert_sound(scene)

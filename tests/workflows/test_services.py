"""The frame of every service, and the desk: whose work is whose."""

import uuid
from datetime import timedelta

import pytest

from cases.errors import CaseOnHold, WorkItemClosed
from cases.models import WorkItem
from core.errors import NotFound
from core.models import AuditEvent
from people.enums import Role
from people.models import Affiliation, User
from tests.scenes import SINCE, Scene
from workflows import services
from workflows.ball import ball_of
from workflows.selectors import (
    cities_to_invite,
    may_do,
    open_work_for,
    timeline_of,
    waiting_on_others_for,
)
from workflows.services.moves import Move


def desk(scene: Scene, person: User) -> list[str]:
    return [item.step for item in open_work_for(scene.fresh(person)).order_by("due_at", "step")]


def on_whose_desk(scene: Scene) -> dict[str, list[str]]:
    return {name: found for name, person in scene.everyone.items() if (found := desk(scene, person))}


PROGRAM = {"manager", "director"}
OWED_BY = {
    "apply": {"lead"},
    "confirm": PROGRAM,
    "self_assess": {"lead"},
    "assign_assessors": PROGRAM,
    "review": {"assessor", "reconciler"},
    "reconcile": {"reconciler"},
    "release_report": PROGRAM,
    "choose_path": {"lead"},
    "plan_coaching": PROGRAM,
    "respond": {"partner_lead"},
    "assign_coach": {"partner_lead"},
    "kick_off": {"coach"},
    "work": {"coach"},
    "close": {"coach"},
    "reassess": {"lead"},
    "open_packet": PROGRAM,
    "vote": {"member"},
    "announce": PROGRAM,
}


def test_step_is_on_the_desk_of_exactly_these_people(scene: Scene) -> None:
    scene.engagements = 1
    found: dict[str, set[str]] = {}

    for item in scene.stations():
        people = {name for name, steps in on_whose_desk(scene).items() if item.step in steps}
        found.setdefault(item.step, people)

    assert found == OWED_BY


def test_vote_leaves_the_desk_of_who_has_answered(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    item = scene.one("vote")
    first, second, third, *_others = scene.committee
    scene.cast(item, first)
    services.recuse_and_route(work_item_id=item.pk, reason="A cousin.", by=second, now=scene.tick())

    assert [desk(scene, member) for member in (first, second, third)] == [[], [], ["vote"]]


def test_former_lead_has_nothing_on_the_desk(scene: Scene) -> None:
    scene.open_case()
    assert scene.item("apply").owner == scene.lead

    Affiliation.objects.filter(person=scene.lead).update(until=scene.today)

    assert desk(scene, scene.lead) == []
    assert desk(scene, scene.deactivated) == []


def test_new_lead_finds_the_work_of_the_former_one(scene: Scene) -> None:
    scene.open_case()
    Affiliation.objects.create(
        person=scene.contributor, organization=scene.city.organization, role=Role.CITY_LEAD, since=SINCE
    )

    assert desk(scene, scene.contributor) == ["apply"]
    assert may_do(scene.fresh(scene.contributor), scene.item("apply"))
    assert not may_do(scene.sponsor, scene.item("apply"))


def test_others_work_is_told_on_the_cases_one_takes_part_in(scene: Scene) -> None:
    scene.walk_to("review")

    def waiting(person: User) -> list[str]:
        return [item.step for item in waiting_on_others_for(scene.fresh(person))]

    assert waiting(scene.lead) == ["review", "review"]
    assert waiting(scene.assessor) == []
    assert waiting(scene.manager) == ["review", "review"]
    assert waiting(scene.other_lead) == []
    assert waiting(scene.partner.coach) == []


def test_sealed_decision_is_not_told_to_the_assessors(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("announce")

    assert list(waiting_on_others_for(scene.fresh(scene.assessor))) == []
    assert [item.step for item in waiting_on_others_for(scene.fresh(scene.lead))] == ["announce"]


def test_cities_without_a_case_are_offered_to_their_lead(scene: Scene) -> None:
    assert list(cities_to_invite(scene.lead, today=scene.today)) == [scene.city]
    scene.open_case()

    assert list(cities_to_invite(scene.lead, today=scene.today)) == []
    assert list(cities_to_invite(scene.contributor, today=scene.today)) == []


def test_work_of_another_city_does_not_exist(scene: Scene) -> None:
    item = scene.one("apply")

    for person in (scene.other_lead, scene.nobody, scene.deactivated):
        with pytest.raises(NotFound):
            services.submit_application_and_route(work_item_id=item.pk, by=person, now=scene.tick())


def test_work_of_another_step_does_not_exist(scene: Scene) -> None:
    item = scene.one("apply")

    with pytest.raises(NotFound):
        services.release_report_and_route(work_item_id=item.pk, by=scene.manager, now=scene.tick())
    with pytest.raises(NotFound):
        services.release_report_and_route(work_item_id=uuid.uuid4(), by=scene.manager, now=scene.tick())


def test_case_and_engagement_of_others_do_not_exist(scene: Scene) -> None:
    scene.open_case()

    with pytest.raises(NotFound):
        services.hold_case(case_id=uuid.uuid4(), reason="x", by=scene.manager, now=scene.tick())
    with pytest.raises(NotFound):
        services.log_session(
            engagement_id=uuid.uuid4(),
            kind="coaching",
            held_on=scene.today,
            minutes=1,
            participants="",
            notes="",
            by=scene.partner.coach,
            now=scene.tick(),
        )


def test_step_without_a_subject_has_none(scene: Scene) -> None:
    scene.open_case()

    with pytest.raises(NotFound):
        _ = Move(scene.case, scene.item("apply")).subject


def test_finished_step_says_who_finished_it_and_changes_nothing(scene: Scene) -> None:
    item = scene.one("confirm")
    scene.confirm(item)
    events = AuditEvent.objects.count()

    with pytest.raises(WorkItemClosed) as refusal:
        services.request_changes_and_route(
            work_item_id=item.pk, reason="Too late.", by=scene.director, now=scene.tick()
        )

    assert refusal.value.closed_by_id == scene.manager.pk
    assert "Confirm the application" in str(refusal.value.detail)
    assert scene.manager.name in str(refusal.value.detail)
    assert AuditEvent.objects.count() == events


def test_session_is_not_logged_on_a_held_case(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("work")
    services.hold_case(case_id=scene.case.pk, reason="Elections.", by=scene.manager, now=scene.tick())

    with pytest.raises(CaseOnHold):
        services.log_session(
            engagement_id=scene.engagement().pk,
            kind="coaching",
            held_on=scene.today,
            minutes=30,
            participants="",
            notes="",
            by=scene.partner.coach,
            now=scene.tick(),
        )


def test_every_step_is_an_event_by_the_person_who_did_it(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to_end()

    closed = AuditEvent.objects.filter(dossier=scene.case.pk, action="cases.work_closed").order_by("pk")
    done = [(event.new["step"], event.actor) for event in closed]
    assert done == [
        ("apply", scene.lead),
        ("confirm", scene.manager),
        ("self_assess", scene.lead),
        ("assign_assessors", scene.manager),
        ("review", scene.assessor),
        ("review", scene.reconciler),
        ("reconcile", scene.reconciler),
        ("release_report", scene.manager),
        ("choose_path", scene.lead),
        ("plan_coaching", scene.manager),
        ("respond", scene.partner.lead),
        ("assign_coach", scene.partner.lead),
        ("kick_off", scene.partner.coach),
        ("work", scene.partner.coach),
        ("close", scene.partner.coach),
        ("reassess", scene.lead),
        ("review", scene.assessor),
        ("review", scene.reconciler),
        ("reconcile", scene.reconciler),
        ("release_report", scene.manager),
        ("choose_path", scene.lead),
        ("open_packet", scene.manager),
        ("vote", scene.committee[4]),
        ("announce", scene.manager),
    ]
    assert {item.closed_by for item in WorkItem.objects.filter(case=scene.case, step="vote")} == {
        scene.committee[4]
    }


def test_withdrawal_closes_the_open_steps_in_the_name_of_who_withdrew(scene: Scene) -> None:
    scene.walk_to("review")

    services.withdraw_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())

    assert {item.closed_by for item in WorkItem.objects.filter(case=scene.case, step="review")} == {
        scene.lead
    }


def test_ball_is_named_with_the_readers_own_button(scene: Scene) -> None:
    scene.walk_to("respond")

    ball = ball_of(scene.case, user=scene.fresh(scene.other_partner.lead))

    assert str(ball.who) == "Waiting on the partner:"
    assert str(ball.sentence) == f"{ball.first.organization} · Answer the offered engagement"
    assert ball.mine.organization == scene.other_partner.organization
    assert len(ball.also) == 1


def test_ball_rests_while_the_day_is_awaited_and_when_the_case_has_ended(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.announce_on = scene.today + timedelta(days=2)
    scene.do(scene.one("announce"))
    scene.case.refresh_from_db()
    assert "on the day that is set" in str(ball_of(scene.case, user=scene.lead).sentence)
    assert str(ball_of(scene.case, user=scene.assessor).sentence) == "The committee decides."

    services.publish_due(now=scene.now + timedelta(days=2))

    scene.case.refresh_from_db()
    assert str(ball_of(scene.case, user=scene.lead).sentence) == "Certified"


def test_timeline_is_told_newest_first(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to_end()

    sentences = [str(entry.sentence) for entry in timeline_of(scene.case, user=scene.manager)]

    assert sentences[0] == "The city is certified."
    assert sentences[-1] == "Case opened."
    assert "An answer was saved." not in sentences
    assert any(entry.detail == "First partner" for entry in timeline_of(scene.case, user=scene.lead))


def test_timeline_names_the_returned_criteria_to_city_and_assessors(scene: Scene) -> None:
    scene.walk_to("reconcile")
    scene.return_to_city("DM1", "OD1")

    assert "DM1, OD1" in [entry.detail for entry in timeline_of(scene.case, user=scene.lead)]
    assert "DM1, OD1" not in [entry.detail for entry in timeline_of(scene.case, user=scene.partner.lead)]

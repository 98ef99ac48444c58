"""A pause of a case: nothing moves, no due date passes, and afterwards everyone has the days they had."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.enums import WorkKind
from cases.errors import CaseClosed, CaseOnHold, ReasonNeeded
from cases.models import Case, WorkItem
from cases.services import require_running
from core.errors import NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from people.models import Organization, User
from tests.scenes import Scene
from workflows import services


def hold(scene: Scene, *, reason: str = "Elections.", by: User | None = None) -> Case:
    return services.hold_case(case_id=scene.case.pk, reason=reason, by=by or scene.manager, now=scene.tick())


def resume(scene: Scene, *, by: User | None = None) -> Case:
    return services.resume_case(case_id=scene.case.pk, by=by or scene.manager, now=scene.tick())


def test_hold_stops_every_step_and_says_why(scene: Scene) -> None:
    scene.walk_to("self_assess")
    hold(scene)

    with pytest.raises(CaseOnHold) as refusal:
        scene.do_step("self_assess")

    assert "Elections." in str(refusal.value.detail)
    assert scene.assessment.status == "draft"
    assert scene.status.on_hold


def test_resume_lets_the_case_go_on(scene: Scene) -> None:
    scene.walk_to("self_assess")
    hold(scene)

    resume(scene)
    scene.do_step("self_assess")

    assert scene.assessment.status == "submitted"
    assert not scene.status.on_hold


def test_hold_needs_a_reason(scene: Scene) -> None:
    scene.open_case()

    with pytest.raises(ReasonNeeded):
        hold(scene, reason="  ")


def test_hold_is_placed_once(scene: Scene) -> None:
    scene.open_case()
    hold(scene)

    with pytest.raises(CaseOnHold):
        hold(scene)


def test_hold_is_the_programs_to_place_and_lift(scene: Scene) -> None:
    scene.open_case()
    with pytest.raises(NotAllowed):
        hold(scene, by=scene.lead)
    hold(scene)

    with pytest.raises(NotAllowed):
        resume(scene, by=scene.lead)
    with pytest.raises(NotFound):
        resume(scene, by=scene.other_lead)


def test_resume_of_a_running_case_is_refused(scene: Scene) -> None:
    scene.open_case()

    with pytest.raises(WrongState):
        resume(scene)


def test_ended_case_can_not_be_held(scene: Scene) -> None:
    scene.open_case()
    services.withdraw_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())

    with pytest.raises(CaseClosed):
        hold(scene)
    with pytest.raises(CaseClosed):
        require_running(Case.objects.get(pk=scene.case.pk))


def held_over_the_days_of_the_trap(scene: Scene) -> WorkItem:
    """From 17 April to 5 May 2026: 12 working days in the United States, 10 in Brazil."""
    scene.now = datetime(2026, 4, 15, 15, tzinfo=UTC)
    scene.open_case()
    scene.now = datetime(2026, 4, 17, 15, tzinfo=UTC)
    hold(scene)
    scene.now = datetime(2026, 5, 5, 15, tzinfo=UTC)
    resume(scene)
    return scene.item("apply")


def test_resume_moves_due_dates_by_the_working_days_of_the_owing_city(scene: Scene) -> None:
    item = held_over_the_days_of_the_trap(scene)

    # 15 April and 20 working days is 13 May; 12 more is 1 June (Memorial Day lies between).
    assert item.due_at == datetime(2026, 6, 1, 21, tzinfo=UTC)


def test_resume_moves_due_dates_by_the_calendar_of_the_country(scene: Scene) -> None:
    place = {"country": "BR", "state": "SP", "time_zone": "America/Sao_Paulo"}
    Organization.objects.filter(pk=scene.city.organization_id).update(**place)
    scene.city.refresh_from_db()

    item = held_over_the_days_of_the_trap(scene)

    # 15 April and 20 working days is 15 May (21 April and 1 May are holidays); 10 more is 29 May.
    assert item.due_at == datetime(2026, 5, 29, 20, tzinfo=UTC)


def test_resume_leaves_what_opened_later_alone_but_for_its_own_days(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("close")
    hold(scene)
    before = scene.item("close").due_at
    scene.now += timedelta(days=7)

    resume(scene)

    assert scene.item("close").due_at == before + timedelta(days=7)


def test_no_due_date_passes_while_the_case_is_held(scene: Scene) -> None:
    scene.open_case()
    hold(scene)
    scene.now += timedelta(days=90)

    assert services.mark_overdue_and_publish(now=scene.now) == 0
    assert scene.item("apply").overdue_at is None
    resume(scene)
    assert services.mark_overdue_and_publish(now=scene.now) == 0


def test_work_that_was_late_before_stays_late(scene: Scene) -> None:
    scene.open_case()
    scene.now = scene.item("apply").due_at + timedelta(days=3)
    services.mark_overdue_and_publish(now=scene.now)
    hold(scene)
    scene.now += timedelta(days=7)

    resume(scene)

    assert scene.item("apply").overdue_at is not None
    assert scene.item("apply").due_at < scene.now


def test_feedback_that_is_owed_moves_too(scene: Scene) -> None:
    scene.walk_to("feedback")
    (feedback,) = scene.open_items("feedback")
    assert feedback.kind == WorkKind.FEEDBACK
    hold(scene)
    scene.now += timedelta(days=7)

    resume(scene)

    assert scene.item("feedback").due_at == feedback.due_at + timedelta(days=7)


def test_hold_and_resume_are_in_the_trail(scene: Scene) -> None:
    scene.open_case()
    hold(scene)
    resume(scene)

    found = AuditEvent.objects.filter(dossier=scene.case.pk, action__startswith="cases.hold_")
    assert [event.action for event in found.order_by("pk")] == ["cases.hold_placed", "cases.hold_lifted"]
    assert {event.actor for event in found} == {scene.manager}


def test_ending_a_held_case_lifts_its_hold(scene: Scene) -> None:
    scene.walk_to("self_assess")
    hold(scene)

    services.withdraw_case(case_id=scene.case.pk, reason="No time.", by=scene.lead, now=scene.tick())

    assert scene.stage == "withdrawn"
    assert not scene.case.holds.filter(lifted_at=None).exists()
    assert not scene.status.on_hold

"""Answering: autosave without losing a word, submitting, and what the next round begins with."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.enums import AssessmentStatus, Path, ResponseStatus
from certification.models import Response, Settlement
from certification.selectors import progress_by_area, result_of
from certification.services import save_answer
from core.errors import EditConflict, InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from people.models import User
from standards.services import load_standard
from tests.cast import STANDARD
from tests.certification.test_evidence import link
from tests.scenes import CODES, Scene
from workflows import services


@pytest.fixture
def answering(scene: Scene) -> Scene:
    scene.walk_to("self_assess")
    return scene


def save(
    scene: Scene, code: str = "DM1", *, version: int = 0, by: User | None = None, **fields: Any
) -> Response:
    values = {
        "self_rating": "met",
        "narrative": "We have one.",
        "ticked": [],
        "rating_reason": "So it is.",
    } | fields
    return save_answer(
        response_id=scene.response(code).pk, version=version, by=by or scene.lead, now=scene.tick(), **values
    )


def test_round_one_has_an_open_answer_to_every_criterion(answering: Scene) -> None:
    assessment = answering.assessment

    assert (assessment.round, assessment.status) == (1, AssessmentStatus.DRAFT)
    responses = assessment.responses.all()
    assert [str(one.criterion) for one in responses] == list(CODES)
    assert {one.status for one in responses} == {ResponseStatus.OPEN}
    assert str(responses[0]) == "DM1: Open"
    assert str(assessment) == "Paterson · 2025, round 1"


RATED = [  # ticked of three, two are needed; chosen, with a reason or not; what counts
    (0, "", "", ""),
    (1, "", "", "not_met"),
    (2, "", "", "met"),
    (3, "met", "", "met"),
    (0, "not_met", "", "not_met"),
    (0, "met", "", ""),
    (1, "met", " ", "not_met"),
    (3, "not_met", "", "met"),
    (1, "met", "It does, otherwise.", "met"),
    (3, "not_met", "Not in every department.", "not_met"),
]


@pytest.mark.parametrize(("count", "chosen", "reason", "counts"), RATED)
def test_rating_follows_from_the_checks_unless_a_reason_is_given(
    answering: Scene, count: int, chosen: str, reason: str, counts: str
) -> None:
    checks = [check.pk for check in answering.response("DM1").criterion.checks.all()][:count]

    saved = save(answering, ticked=checks, self_rating=chosen, rating_reason=reason)

    assert saved.self_rating == counts
    assert saved.rating_reason == reason.strip()


def test_criterion_without_checks_is_rated_by_hand(answering: Scene) -> None:
    saved = save(answering, "DM2", self_rating="met", rating_reason="Nobody asked.")

    assert (saved.self_rating, saved.rating_reason) == ("met", "")


def test_answer_is_kept_with_who_and_when(answering: Scene) -> None:
    checks = list(answering.response("DM1").criterion.checks.all())

    saved = save(answering, ticked=[checks[0].pk, checks[1].pk])

    stored = answering.response("DM1")
    assert (stored.self_rating, stored.narrative, stored.version) == ("met", "We have one.", 1)
    assert (stored.saved_by, stored.saved_at) == (answering.lead, answering.now)
    assert list(stored.ticked.all()) == checks[:2]
    assert saved.case == answering.case


def test_check_of_another_criterion_is_not_ticked(answering: Scene) -> None:
    foreign = answering.response("DM1").criterion.checks.first()

    save(answering, "DM2", ticked=[foreign.pk])

    assert not answering.response("DM2").ticked.exists()


def test_second_writer_sees_both_texts_and_nothing_is_overwritten(answering: Scene) -> None:
    save(answering, narrative="The first text.")

    with pytest.raises(EditConflict) as conflict:
        save(answering, version=0, narrative="The second text.", self_rating="not_met")

    assert conflict.value.stored.narrative == "The first text."
    assert conflict.value.tried == {
        "self_rating": "not_met",
        "rating_reason": "",
        "narrative": "The second text.",
        "ticked": [],
    }
    assert answering.response("DM1").narrative == "The first text."


def test_the_same_text_sent_twice_is_no_conflict(answering: Scene) -> None:
    save(answering)

    again = save(answering, version=0)

    assert again.version == 1


def test_writer_who_saw_the_other_text_may_go_on(answering: Scene) -> None:
    save(answering, narrative="The first text.")

    save(answering, version=1, narrative="Both texts.")

    assert answering.response("DM1").version == 2


def test_rating_is_met_not_met_or_empty(answering: Scene) -> None:
    with pytest.raises(InvalidInput) as refusal:
        save(answering, self_rating="needs_revision")
    assert list(refusal.value.errors) == ["self_rating"]

    save(answering, self_rating="")


@pytest.mark.parametrize(
    "who", ["contributor", "sponsor", "other_lead", "manager", "assessor", "partner_lead"]
)
def test_only_the_lead_writes(answering: Scene, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        save(answering, by=answering.everyone[who])


def test_draft_may_be_saved_while_the_case_is_held(answering: Scene) -> None:
    services.hold_case(
        case_id=answering.case.pk, reason="Elections.", by=answering.manager, now=answering.now
    )

    assert save(answering).version == 1


def test_draft_of_an_ended_case_is_closed(answering: Scene) -> None:
    services.withdraw_case(
        case_id=answering.case.pk, reason="An election.", by=answering.lead, now=answering.tick()
    )

    with pytest.raises(WrongState):
        save(answering)


def test_submitting_freezes_every_answer(answering: Scene) -> None:
    answering.do_step("self_assess")

    with pytest.raises(WrongState):
        save(answering, version=1)
    with pytest.raises(WrongState):
        link(answering)
    assert {one.status for one in answering.assessment.responses.all()} == {ResponseStatus.SUBMITTED}


def test_submitting_says_how_much_was_answered(answering: Scene) -> None:
    save(answering)

    services.submit_assessment_and_route(
        work_item_id=answering.item("self_assess").pk, by=answering.lead, now=answering.tick()
    )

    event = AuditEvent.objects.get(action="certification.assessment_submitted")
    assert (event.new["answered"], event.new["of"], event.actor) == (1, 6, answering.lead)


def test_unanswered_criteria_count_as_not_met(answering: Scene) -> None:
    services.submit_assessment_and_route(
        work_item_id=answering.item("self_assess").pk, by=answering.lead, now=answering.tick()
    )
    answering.walk_to("release_report")

    outcomes = Settlement.objects.filter(response__assessment=answering.assessment)
    assert set(outcomes.values_list("outcome", flat=True)) == {"not_met"}


def test_progress_counts_answers_and_evidence_by_area(answering: Scene) -> None:
    save(answering)
    link(answering)
    link(answering)

    found = [
        (one.code, one.answered, one.with_evidence, one.of) for one in progress_by_area(answering.assessment)
    ]

    assert found == [("DM", 1, 1, 2), ("OD", 0, 0, 2), ("WW", 0, 0, 2)]


def second_round(scene: Scene, *, days: int = 0) -> None:
    """Walk to round 2, in which so many days have passed since the first round was answered."""
    scene.engagements = 0
    scene.walk_to("plan_coaching")
    scene.now += timedelta(days=days)
    scene.do_step("plan_coaching")


def test_next_round_carries_what_was_met_and_asks_for_the_rest(answering: Scene) -> None:
    second_round(answering)

    assert answering.assessment.round == 2
    statuses = {one.criterion.code: one.status for one in answering.assessment.responses.all()}
    assert statuses == {"DM1": "carried"} | dict.fromkeys(CODES[1:], "open")
    assert answering.response("DM2").narrative == "Answer to DM2 in round 1"
    assert answering.response("DM1").settlement.outcome == "met"
    assert [one.answered for one in progress_by_area(answering.assessment)] == [2, 2, 2]


def test_carried_answer_brings_its_evidence_and_can_not_be_changed(answering: Scene) -> None:
    piece = link(answering)
    second_round(answering)

    assert list(answering.response("DM1").evidence.all()) == [piece]
    assert answering.response("DM1").ticked.count() == 3
    with pytest.raises(WrongState):
        save(answering, "DM1")


def test_carried_criteria_count_without_another_review(answering: Scene) -> None:
    second_round(answering)
    answering.walk_to("release_report")

    reviewed = answering.review_of(answering.assessor).findings.values_list(
        "response__criterion__code", flat=True
    )
    assert "DM1" not in set(reviewed)
    met = Settlement.objects.filter(response__assessment=answering.assessment, outcome="met")
    assert met.count() == 4


def test_recency_window_that_ran_out_makes_a_met_criterion_expire(answering: Scene) -> None:
    """DM1 asks for 2 of 3 checks; two are ticked, and one of those holds for 12 months."""
    answering.answer(ticked=(1, 2))
    services.submit_assessment_and_route(
        work_item_id=answering.item("self_assess").pk, by=answering.lead, now=answering.tick()
    )
    second_round(answering, days=370)

    assert answering.response("DM1").status == ResponseStatus.OPEN
    assert answering.response("DM1").narrative == "Answer to DM1 in round 1"


def test_carrying_an_answer_makes_it_no_younger(answering: Scene, client: Client) -> None:
    """Carried into round 2 after 200 days, out of date in round 3 after 400, though round 2 is recent."""
    answering.answer(ticked=(1, 2))
    services.submit_assessment_and_route(
        work_item_id=answering.item("self_assess").pk, by=answering.lead, now=answering.tick()
    )
    given_on = answering.now.date()
    second_round(answering, days=200)
    carried = answering.response("DM1")
    answering.met_later = ("DM2",)
    answering.walk_to("choose_path")
    answering.choose_path(answering.item("choose_path"), Path.COACHING)
    answering.now += timedelta(days=200)
    answering.do_step("plan_coaching")

    again = answering.response("DM1")
    answering.sign_in(client, answering.lead)
    address = reverse("workflows:assessment", args=[answering.case.pk])
    page = client.get(f"{address}?criterion=DM1").content.decode()

    assert (carried.status, carried.given_on) == (ResponseStatus.CARRIED, given_on)
    assert answering.assessment.round == 3
    assert (again.status, again.given_on, again.has_run_out) == (ResponseStatus.OPEN, given_on, True)
    assert "has run out" in page
    assert answering.response("DM2").status == ResponseStatus.CARRIED
    assert "Carried over" in client.get(f"{address}?criterion=DM2").content.decode()


def test_what_rests_on_an_expired_prerequisite_is_carried_but_does_not_count(scene: Scene) -> None:
    """Met stays met; it counts again when the criterion that it needs does."""
    needs = STANDARD.replace(b"There is an inventory.}", b"There is an inventory., requires: [DM1]}")
    load_standard(
        source=needs.replace(b"scene-v1", b"scene-v2").replace(b"2024-01-01", b"2025-01-01"),
        by=scene.manager,
        now=scene.now,
    )
    scene.met = {1: ("DM1", "DM2")}
    scene.walk_to("self_assess")
    scene.answer(ticked=(1, 2))
    services.submit_assessment_and_route(
        work_item_id=scene.item("self_assess").pk, by=scene.lead, now=scene.tick()
    )
    second_round(scene, days=370)

    first, second = scene.case.assessments.order_by("round")
    assert (scene.response("DM1").status, scene.response("DM2").status) == ("open", "carried")
    assert (result_of(first).met, result_of(second).met) == (2, 0)
    Settlement.objects.create(
        response=scene.response("DM1"), outcome="met", settled_at=scene.now, settled_by=scene.assessor
    )
    assert result_of(second).met == 2


def test_recency_window_that_still_runs_keeps_the_criterion(answering: Scene) -> None:
    answering.answer(ticked=(1, 2))
    services.submit_assessment_and_route(
        work_item_id=answering.item("self_assess").pk, by=answering.lead, now=answering.tick()
    )
    second_round(answering, days=360)

    assert answering.response("DM1").status == ResponseStatus.CARRIED


def test_criterion_that_stands_without_the_expired_check_does_not_expire(answering: Scene) -> None:
    second_round(answering, days=370)  # all three checks are ticked, two are asked for

    assert answering.response("DM1").status == ResponseStatus.CARRIED


def test_recency_counts_from_the_newest_day_that_the_evidence_speaks_for(answering: Scene) -> None:
    link(answering, speaks_for_on=answering.today - timedelta(days=300))
    link(answering, speaks_for_on=answering.today - timedelta(days=200))
    answering.answer(ticked=(1, 2))
    services.submit_assessment_and_route(
        work_item_id=answering.item("self_assess").pk, by=answering.lead, now=answering.tick()
    )
    second_round(answering, days=170)

    assert answering.response("DM1").status == ResponseStatus.OPEN

"""Two independent reviews, their reconciliation, and the way back to the city."""

from typing import Any

import pytest

from cases.deadlines import due_at_for
from cases.enums import ParticipationRole
from cases.errors import WorkItemClosed
from certification.enums import AssessmentStatus, Path, ResponseStatus, ReviewStatus
from certification.errors import ConflictOfInterest, FindingsMissing, LevelNotReached
from certification.models import Finding, Settlement
from certification.selectors import result_of
from certification.services import reconcile, save_finding
from certification.services.results import Ruling
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from people.models import User
from tests.scenes import CODES, Scene
from workflows import services


@pytest.fixture
def reviewing(scene: Scene) -> Scene:
    scene.walk_to("review")
    return scene


def assign(scene: Scene, *assessors: User, reconciler: User | None = None, by: User | None = None) -> None:
    services.assign_assessors_and_route(
        work_item_id=scene.one("assign_assessors").pk,
        assessors=assessors,
        reconciler=reconciler or assessors[-1],
        by=by or scene.manager,
        now=scene.tick(),
    )


def test_assigning_opens_a_review_for_each_on_their_own_desk(reviewing: Scene) -> None:
    items = reviewing.open_items("review")

    assert [item.owner for item in items] == [reviewing.assessor, reviewing.reconciler]
    assert [item.subject for item in items] == [
        reviewing.review_of(reviewing.assessor).pk,
        reviewing.review_of(reviewing.reconciler).pk,
    ]
    parts = reviewing.case.participations.filter(role=ParticipationRole.ASSESSOR)
    assert {part.person: part.reconciles for part in parts} == {
        reviewing.assessor: False,
        reviewing.reconciler: True,
    }
    assert str(reviewing.review_of(reviewing.assessor)).startswith("Assessor of Program office on")


def test_assessors_are_two_different_ones_and_one_of_them_reconciles(scene: Scene) -> None:
    one, two, three = scene.assessor, scene.reconciler, scene.other_assessor

    for assessors, reconciler in (
        ((one,), one),
        ((one, one), one),
        ((one, two, three), one),
        ((one, two), three),
    ):
        with pytest.raises(InvalidInput):
            assign(scene, *assessors, reconciler=reconciler)

    assert scene.item("assign_assessors").closed_at is None


def test_assessor_is_somebody_who_holds_the_role_now(scene: Scene) -> None:
    for person in (scene.committee[0], scene.deactivated):
        with pytest.raises(InvalidInput):
            assign(scene, scene.assessor, person)


def test_assigning_is_the_programs(scene: Scene) -> None:
    for person in (scene.lead, scene.assessor):
        with pytest.raises(NotAllowed):
            assign(scene, scene.assessor, scene.reconciler, by=person)


def test_assessor_with_a_conflict_is_refused_by_name(scene: Scene) -> None:
    from people.models import Affiliation

    Affiliation.objects.create(
        person=scene.assessor,
        organization=scene.city.organization,
        role="city_contributor",
        since="2020-01-01",
    )

    with pytest.raises(ConflictOfInterest) as refusal:
        assign(scene, scene.assessor, scene.reconciler)

    assert scene.assessor.name in str(refusal.value.detail)
    assert scene.reconciler.name not in str(refusal.value.detail)


def find(scene: Scene, code: str = "DM1", *, by: User | None = None, **fields: Any) -> Finding:
    person = by or scene.assessor
    values = {"outcome": "met", "comment": " Clear. "} | fields
    return save_finding(
        review=scene.review_of(scene.assessor),
        response=scene.response(code),
        by=person,
        now=scene.tick(),
        **values,
    )


def test_finding_is_kept_and_can_be_changed_until_the_review_is_in(reviewing: Scene) -> None:
    find(reviewing)

    finding = find(reviewing, outcome="not_met")

    assert (finding.outcome, finding.comment) == ("not_met", "Clear.")
    assert Finding.objects.count() == 1
    assert str(finding) == "DM1: not_met"


def test_finding_has_an_outcome_and_a_revision_its_words(reviewing: Scene) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find(reviewing, outcome="")
    assert list(refusal.value.errors) == ["outcome"]

    with pytest.raises(InvalidInput) as refusal:
        find(reviewing, outcome="needs_revision", comment=" ")
    assert list(refusal.value.errors) == ["comment"]


def test_city_that_claims_a_criterion_reads_why_it_is_not_met(reviewing: Scene) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find(reviewing, outcome="not_met", comment=" ")

    assert list(refusal.value.errors) == ["comment"]
    assert find(reviewing, code="OD1", outcome="not_met", comment="").outcome == "not_met"


def test_criterion_without_an_answer_can_not_be_met(reviewing: Scene) -> None:
    reviewing.assessment.responses.filter(criterion__code="DM2").update(self_rating="")

    with pytest.raises(InvalidInput) as refusal:
        find(reviewing, code="DM2", outcome="met")

    assert list(refusal.value.errors) == ["outcome"]
    assert find(reviewing, code="DM2", outcome="needs_revision", comment="Answer it.").outcome


def test_finding_is_ones_own(reviewing: Scene) -> None:
    for person in (reviewing.reconciler, reviewing.other_assessor, reviewing.manager, reviewing.lead):
        with pytest.raises(NotAllowed):
            find(reviewing, by=person)


def keep(scene: Scene, by: User, code: str = "DM1") -> Finding:
    return services.keep_finding(
        review_id=scene.review_of(scene.assessor).pk,
        response_id=scene.response(code).pk,
        outcome="met",
        comment="",
        by=by,
        now=scene.tick(),
    )


def test_kept_finding_is_found_through_ones_own_review_only(reviewing: Scene) -> None:
    assert keep(reviewing, reviewing.assessor).outcome == "met"
    with pytest.raises(NotFound):
        keep(reviewing, reviewing.reconciler)


def test_review_names_the_criteria_without_a_finding(reviewing: Scene) -> None:
    find(reviewing, "DM1")
    find(reviewing, "OD1")

    with pytest.raises(FindingsMissing) as refusal:
        services.submit_review_and_route(
            work_item_id=reviewing.open_items("review")[0].pk, by=reviewing.assessor, now=reviewing.tick()
        )

    assert "DM2, OD2, WW1, WW2" in str(refusal.value.detail)
    assert len(reviewing.open_items("review")) == 2


def test_review_that_is_in_can_not_be_changed(reviewing: Scene) -> None:
    reviewing.review(reviewing.open_items("review")[0])

    with pytest.raises(WrongState):
        find(reviewing)
    assert reviewing.review_of(reviewing.assessor).status == ReviewStatus.SUBMITTED


def test_reconciling_waits_for_both_reviews(reviewing: Scene) -> None:
    reviewing.review(reviewing.open_items("review")[0])

    assert reviewing.open_items("reconcile") == []
    with pytest.raises(WrongState):
        reconcile(assessment=reviewing.assessment, rulings={}, by=reviewing.reconciler, now=reviewing.tick())
    reviewing.review(reviewing.open_items("review")[0])
    assert reviewing.item("reconcile").owner == reviewing.reconciler


def test_nobody_submits_anothers_review(reviewing: Scene) -> None:
    item = reviewing.open_items("review")[0]
    reviewing.find(reviewing.review_of(reviewing.assessor))

    with pytest.raises(NotAllowed):
        services.submit_review_and_route(work_item_id=item.pk, by=reviewing.manager, now=reviewing.tick())
    for person in (reviewing.reconciler, reviewing.other_lead):
        with pytest.raises(NotFound):
            services.submit_review_and_route(work_item_id=item.pk, by=person, now=reviewing.tick())


def differ(scene: Scene, **outcomes: str) -> None:
    """Both reviews come in; the second says otherwise on the given codes."""
    first, second = scene.open_items("review")
    scene.review(first)
    scene.review(second, outcomes)


def test_agreed_criteria_need_no_ruling_and_differences_do(reviewing: Scene) -> None:
    differ(reviewing, DM1="not_met", OD1="needs_revision")

    with pytest.raises(InvalidInput) as refusal:
        reviewing.do_step("reconcile")

    assert sorted(refusal.value.errors) == ["DM1", "OD1"]


@pytest.mark.parametrize("ruling", [Ruling("met", " "), Ruling("maybe", "x"), Ruling("", "")])
def test_ruling_on_a_difference_has_an_outcome_and_a_reason(reviewing: Scene, ruling: Ruling) -> None:
    differ(reviewing, DM1="not_met")

    with pytest.raises(InvalidInput) as refusal:
        reviewing.reconcile(reviewing.item("reconcile"), {"DM1": ruling})

    assert list(refusal.value.errors) == ["DM1"]


def test_ruling_against_what_both_found_needs_a_reason(reviewing: Scene) -> None:
    differ(reviewing)
    with pytest.raises(InvalidInput):
        reviewing.reconcile(reviewing.item("reconcile"), {"DM1": Ruling("not_met")})

    reviewing.reconcile(reviewing.item("reconcile"), {"DM1": Ruling("not_met", "It has lapsed.")})

    settlement = reviewing.response("DM1").settlement
    assert (settlement.outcome, settlement.reason, settlement.settled_by) == (
        "not_met",
        "It has lapsed.",
        reviewing.reconciler,
    )
    assert str(settlement) == "DM1: not_met"


def test_both_asking_for_revision_is_no_agreement(reviewing: Scene) -> None:
    for item in reviewing.open_items("review"):
        reviewing.review(item, {"DM1": "needs_revision"})

    with pytest.raises(InvalidInput):
        reviewing.do_step("reconcile")


def test_settling_never_touches_the_self_rating(reviewing: Scene) -> None:
    differ(reviewing, DM1="not_met")

    reviewing.reconcile(reviewing.item("reconcile"), {"DM1": Ruling("not_met", "Thin.")})

    assert reviewing.response("DM1").self_rating == "met"
    assert reviewing.assessment.status == AssessmentStatus.RECONCILED
    assert reviewing.item("release_report").party == "program"


def test_only_the_named_assessor_reconciles(reviewing: Scene) -> None:
    differ(reviewing)

    for person in (reviewing.assessor, reviewing.manager):
        with pytest.raises(NotAllowed):
            services.reconcile_and_route(
                work_item_id=reviewing.item("reconcile").pk, rulings={}, by=person, now=reviewing.tick()
            )


def test_returned_criteria_come_back_in_the_same_round_and_the_others_stand(reviewing: Scene) -> None:
    differ(reviewing, DM1="needs_revision")

    reviewing.return_to_city("DM1")

    assessment = reviewing.assessment
    assert (assessment.round, assessment.status) == (1, AssessmentStatus.RETURNED)
    assert assessment.returned_by == reviewing.reconciler
    statuses = {one.criterion.code: one.status for one in assessment.responses.all()}
    assert statuses == {"DM1": ResponseStatus.RETURNED} | dict.fromkeys(CODES[1:], ResponseStatus.SETTLED)
    assert reviewing.response("DM1").revision_note == "Show more."
    assert reviewing.stage == "self_assessment"
    item = reviewing.item("self_assess")
    assert item.owner == reviewing.lead
    assert item.due_at == due_at_for(
        "self_assess", organization=reviewing.city.organization, opened_at=item.opened_at
    )
    assert Settlement.objects.count() == 5


def test_city_changes_only_what_was_returned(reviewing: Scene) -> None:
    from certification.services import save_answer

    differ(reviewing)
    reviewing.return_to_city("DM1")
    values = {"self_rating": "met", "narrative": "More.", "ticked": [], "by": reviewing.lead}

    save_answer(response_id=reviewing.response("DM1").pk, version=1, now=reviewing.tick(), **values)

    with pytest.raises(WrongState):
        save_answer(response_id=reviewing.response("OD1").pk, version=1, now=reviewing.tick(), **values)


def test_reviews_reopen_for_the_returned_criteria_only(reviewing: Scene) -> None:
    differ(reviewing)
    before = set(Finding.objects.values_list("pk", flat=True))
    reviewing.return_to_city("DM1", "OD1")

    reviewing.do_step("self_assess")

    assert reviewing.open_items("assign_assessors") == []
    assert [item.owner for item in reviewing.open_items("review")] == [
        reviewing.assessor,
        reviewing.reconciler,
    ]
    review = reviewing.review_of(reviewing.assessor)
    assert (review.status, review.submitted_at) == (ReviewStatus.OPEN, None)
    standing = review.findings.current().values_list("response__criterion__code", flat=True)
    assert set(standing) == {"DM2", "OD2", "WW1", "WW2"}
    assert set(Finding.objects.values_list("pk", flat=True)) == before
    with pytest.raises(WrongState):
        find(reviewing, "DM2")


def test_returned_twice_still_ends_in_one_round_with_every_criterion_settled_once(reviewing: Scene) -> None:
    differ(reviewing)
    reviewing.return_to_city("DM1", "OD1")
    reviewing.walk_to("reconcile")
    reviewing.return_to_city("OD1")
    assert reviewing.response("DM1").status == ResponseStatus.SETTLED
    reviewing.walk_to("release_report")

    assert reviewing.assessment.round == 1
    assert Settlement.objects.filter(response__assessment=reviewing.assessment).count() == 6
    assert result_of(reviewing.assessment).counted == frozenset({"DM1"})
    superseded = Finding.objects.filter(superseded_at__isnull=False)
    assert sorted(superseded.values_list("response__criterion__code", flat=True)) == ["DM1"] * 2 + ["OD1"] * 4


def test_return_in_a_later_round_goes_back_to_the_reassessment(scene: Scene) -> None:
    scene.engagements = 0
    scene.walk_to("reassess")
    scene.walk_to("reconcile")

    scene.return_to_city("OD1")

    assert scene.stage == "reassessment"
    assert scene.item("reassess").owner == scene.lead
    assert scene.assessment.round == 2


def test_assessors_stay_for_later_rounds(scene: Scene) -> None:
    scene.engagements = 0
    scene.walk_to("reassess")
    scene.do_step("reassess")

    assert scene.open_items("assign_assessors") == []
    assert [item.owner for item in scene.open_items("review")] == [scene.assessor, scene.reconciler]


def test_assessor_with_a_new_conflict_is_replaced_in_the_next_round(scene: Scene) -> None:
    from people.models import Affiliation

    scene.engagements = 0
    scene.walk_to("reassess")
    Affiliation.objects.create(
        person=scene.assessor, organization=scene.city.organization, role="city_lead", since="2025-01-01"
    )
    scene.do_step("reassess")

    assign(scene, scene.other_assessor, scene.reconciler)

    assert [item.owner for item in scene.open_items("review")] == [scene.other_assessor, scene.reconciler]
    parts = scene.case.participations.filter(role=ParticipationRole.ASSESSOR, until=None)
    assert {part.person for part in parts} == {scene.other_assessor, scene.reconciler}


def test_assessor_replaced_in_mid_round_leaves_findings_that_stand(reviewing: Scene) -> None:
    from people.models import Affiliation

    differ(reviewing)
    reviewing.return_to_city("OD1")
    Affiliation.objects.create(
        person=reviewing.assessor,
        organization=reviewing.city.organization,
        role="city_lead",
        since="2025-01-01",
    )
    reviewing.answer()
    services.submit_assessment_and_route(
        work_item_id=reviewing.item("self_assess").pk, by=reviewing.lead, now=reviewing.tick()
    )
    assign(reviewing, reviewing.other_assessor, reviewing.reconciler)
    reviewing.walk_to("release_report")

    assert reviewing.assessment.reviews.count() == 3
    assert result_of(reviewing.assessment).counted == frozenset({"DM1"})


def test_release_shows_the_result_and_its_arithmetic(scene: Scene) -> None:
    scene.walk_to("release_report")

    scene.do_step("release_report")

    event = AuditEvent.objects.get(action="certification.report_released")
    assert event.new == {"status": "released", "met": 1, "of": 6, "level": None}
    assert scene.item("choose_path").owner == scene.lead


def choose(scene: Scene, path: str) -> None:
    services.choose_path_and_route(
        work_item_id=scene.one("choose_path").pk, path=path, by=scene.lead, now=scene.tick()
    )


def test_decision_can_be_asked_for_only_when_a_level_is_reached(scene: Scene) -> None:
    with pytest.raises(LevelNotReached) as refusal:
        choose(scene, Path.DECISION)

    assert "1 of 6 criteria are met; at least 2 more are needed" in str(refusal.value.detail)
    assert scene.stage == "review"


def test_decision_is_asked_for_with_a_level(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}

    choose(scene, Path.DECISION)

    assert scene.stage == "decision"
    assert scene.assessment.path_chosen_by == scene.lead


def test_coaching_may_be_asked_for_in_spite_of_a_level(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}

    choose(scene, Path.COACHING)

    assert scene.stage == "coaching"


def test_path_is_one_of_the_two(scene: Scene) -> None:
    with pytest.raises(InvalidInput):
        choose(scene, "elsewhere")


def test_path_is_chosen_once(scene: Scene) -> None:
    item = scene.one("choose_path")
    choose(scene, Path.COACHING)

    with pytest.raises(WorkItemClosed) as refusal:
        services.choose_path_and_route(work_item_id=item.pk, path="coaching", by=scene.lead, now=scene.tick())

    assert refusal.value.closed_by_id == scene.lead.pk
    assert scene.lead.name in str(refusal.value.detail)

from datetime import timedelta

from certification.enums import AssessmentStatus, Rating
from certification.models import Assessment, Response, Settlement
from certification.report import whole_report
from certification.report.changes import changes_in
from certification.report.result import report_of
from tests.scenes import Scene


def settle_second_round(scene: Scene, met: tuple[str, ...]) -> Assessment:
    """The re-assessment, as validated, without its reviews."""
    assessment = scene.assessment
    assert assessment.round == 2
    Settlement.objects.filter(response__assessment=assessment).delete()
    Settlement.objects.bulk_create(
        Settlement(
            response=response,
            outcome=Rating.MET if response.criterion.code in met else Rating.NOT_MET,
            settled_at=scene.now,
            settled_by=scene.manager,
        )
        for response in assessment.responses.select_related("criterion")
    )
    for stem in ("submitted", "reconciled", "released"):
        setattr(assessment, f"{stem}_at", scene.now)
        setattr(assessment, f"{stem}_by", scene.manager)
    assessment.status = AssessmentStatus.RELEASED
    assessment.save()
    return assessment


def test_report_says_what_was_gained_lost_and_expired(scene: Scene) -> None:
    scene.start_at("reassess", met=("DM1", "DM2", "OD1"))
    first = scene.case.assessments.get(round=1)
    answer = Response.objects.get(assessment=first, criterion__code="DM1")
    answer.ticked.set(answer.criterion.checks.all()[:2])
    opened = scene.now - timedelta(days=400)
    Assessment.objects.filter(pk=first.pk).update(submitted_at=opened, opened_at=opened)
    assessment = settle_second_round(scene, ("OD1", "WW1"))

    changes = changes_in(report_of(assessment, user=scene.lead), user=scene.lead)

    assert changes is not None
    assert (changes.gained, changes.lost, changes.expired) == (("WW1",), ("DM2",), ("DM1",))
    assert (changes.since, changes.before.met) == (first, 3)


def test_first_round_of_a_city_has_nothing_to_compare_with(scene: Scene) -> None:
    scene.start_at("open_packet")

    whole = whole_report(scene.assessment, user=scene.lead, now=scene.now)

    assert whole.changes is None
    assert {area.before for area in whole.areas} == {None}


def test_changes_are_not_told_to_who_may_not_read_the_round_before(scene: Scene) -> None:
    scene.start_at("reassess", met=("DM1", "DM2"))
    assessment = settle_second_round(scene, ("OD1",))
    report = report_of(assessment, user=scene.manager)

    assert changes_in(report, user=scene.manager) is not None
    assert changes_in(report, user=scene.other_partner.coach) is None

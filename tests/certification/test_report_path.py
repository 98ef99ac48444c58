from dataclasses import replace

import pytest

from cases.enums import ParticipationRole
from certification.models import Assessment
from certification.report import whole_report, words
from certification.report.path import pace_of, path_of
from certification.report.result import report_of
from standards.models import Check
from standards.services import load_standard
from tests.cast import START
from tests.certification.test_report import WEIGHTED
from tests.scenes import Scene

PAPER = Check(pk=1, text="There is a role.")
OTHER_PAPER = Check(pk=2, text="There is a list.")
RECENT = Check(pk=3, text="It met this year.", within_months=12)
KEPT_UP = Check(pk=4, text="It met in each of the last four quarters.", within_months=12)
CHECKS = (KEPT_UP, RECENT, PAPER, OTHER_PAPER)


@pytest.mark.parametrize(
    ("ticked", "need", "months", "reason"),
    [
        ([], None, 6, "No list of checks says how much is missing"),
        ([1, 2, 3], 3, 3, "Enough checks are ticked: what is missing is the proof"),
        ([4], 2, 3, "1 check is missing"),
        ([], 2, 3, "2 checks are missing"),
        ([1, 2], 3, 6, "1 check is missing, one of them with recent proof"),
        ([], 3, 6, "3 checks are missing, one of them with recent proof"),
        ([1, 2, 3], 4, 12, "1 check is missing, one of them kept up over time"),
        ([], 4, 12, "4 checks are missing, one of them kept up over time"),
    ],
)
def test_months_follow_from_the_easiest_checks_that_are_missing(ticked, need, months, reason):
    pace = pace_of(CHECKS, ticked, need)

    assert (pace.months, str(pace.reason)) == (months, reason)


def test_three_papers_take_six_months():
    checks = [Check(pk=n, text="A paper.") for n in range(4)]

    assert pace_of(checks, [], 3).months == 6


@pytest.fixture
def weighted(scene: Scene) -> Scene:
    """Gold asks for 5 points of 8, for OD1, and for both criteria of WW; DM2 with 3 points is met."""
    changed = WEIGHTED.replace(b"{code: WW1,", b"{code: WW1, requires: [DM1],")
    scene.standard = load_standard(source=changed, by=scene.system, now=START).standard
    scene.start_at("open_packet", met=("DM2", "OD2", "WW1"))
    return scene


def test_path_names_what_is_missing_and_the_nearest_set(weighted: Scene) -> None:
    path = path_of(report_of(weighted.assessment, user=weighted.manager), user=weighted.manager)

    assert path is not None
    assert path.level == "Gold"
    assert [(step.code, step.pace.months) for step in path.steps] == [("DM1", 3), ("OD1", 6), ("WW2", 6)]
    assert [[str(text) for text in step.because] for step in path.steps] == [
        ["WW1 can't count without it"],
        ["needed in any case"],
        ["its area needs more"],
    ]


def test_path_is_told_in_sentences(weighted: Scene) -> None:
    report = report_of(weighted.assessment, user=weighted.manager)
    path = path_of(report, user=weighted.manager)

    assert path is not None
    assert [str(text) for text in words.missing_in_words(path, report)] == [
        "One point is missing.",
        "Needed in any case: OD1.",
        "WW needs 2 more criteria.",
        "WW1 is met and does not count until these count: DM1.",
    ]
    assert words.path_in_words(path).startswith("These 3 criteria together reach Gold")
    assert words.path_in_words(replace(path, steps=())) == "No set of criteria reaches Gold."
    one = words.path_in_words(replace(path, steps=path.steps[:1]))
    assert one == "One more criterion reaches Gold: this one, in about 3 months."


def test_no_criterion_comes_before_what_it_requires(scene: Scene) -> None:
    source = WEIGHTED.replace(b"{code: OD1,", b"{code: OD1, requires: [DM1],").replace(b"need: 2", b"need: 3")
    source = source.replace(b"It met this year.", b"It met in each quarter.")
    scene.standard = load_standard(source=source, by=scene.system, now=START).standard
    scene.start_at("open_packet", met=("DM2", "WW1", "WW2"))

    path = path_of(report_of(scene.assessment, user=scene.manager), user=scene.manager)

    assert path is not None
    assert {step.code: step.pace.months for step in path.steps} == {"DM1": 12, "OD1": 12}


def test_round_from_before_milepost_tells_of_no_checks(weighted: Scene) -> None:
    Assessment.objects.filter(pk=weighted.assessment.pk).update(
        taken_over_at=weighted.now, taken_over_by=weighted.manager
    )

    path = path_of(report_of(weighted.assessment, user=weighted.manager), user=weighted.manager)

    assert path is not None
    assert {(step.pace.months, str(step.pace.reason)) for step in path.steps} == {
        (6, "Which checks are missing is not on record")
    }


def test_nothing_is_left_at_the_highest_level(scene: Scene) -> None:
    scene.start_at("open_packet", met=("DM1", "DM2", "OD1", "OD2", "WW1", "WW2"))

    whole = whole_report(scene.assessment, user=scene.manager, now=scene.now)

    assert whole.path is None
    assert [line.reached for line in whole.result.lines] == [True, True, True]


def test_coach_reads_no_reason_from_answers_of_areas_they_do_not_coach(scene: Scene) -> None:
    scene.engagements = 1
    scene.one("kick_off")
    for part in scene.case.participations.filter(role=ParticipationRole.COACH):
        part.areas.set(scene.standard.areas.filter(code="DM"))

    report = report_of(scene.assessment, user=scene.partner.coach)
    path = path_of(report, user=scene.partner.coach)
    whole = path_of(report, user=scene.manager)

    assert path is not None
    assert whole is not None
    assert [step.code for step in path.steps] == [step.code for step in whole.steps]
    assert all(step.pace.reason for step in whole.steps)
    assert {step.area for step in path.steps if step.pace.reason} <= {"Data management"}
    assert {step.area for step in path.steps} - {"Data management"}

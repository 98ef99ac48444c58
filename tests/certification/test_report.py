from dataclasses import replace
from datetime import date

import pytest

from certification.models import Settlement
from certification.report import report_of
from standards.services import load_standard
from tests.cast import STANDARD, START
from tests.scenes import Scene

WEIGHTED = (
    STANDARD.replace(b"slug: scene-v1", b"slug: scene-v2")
    .replace(b"2024-01-01", b"2024-06-01")
    .replace(b"{code: DM2,", b"{code: DM2, weight: 3,")
    .replace(b"minimum: 80%", b"minimum: 5 points, mandatory: [OD1], area_minimums: {WW: 2}")
)


@pytest.fixture
def weighted(scene: Scene) -> Scene:
    """A standard whose criteria weigh 8 together, with further conditions for gold."""
    load_standard(source=WEIGHTED, by=scene.system, now=START)
    scene.met = {1: ("DM1", "DM2")}
    scene.one("release_report")
    return scene


def test_report_counts_points_where_weights_differ(weighted: Scene) -> None:
    report = report_of(weighted.assessment, user=weighted.manager)

    silver, gold, platinum = report.lines
    assert (silver.needed, silver.met, silver.of, silver.exact) == (4, 4, 8, "4")
    assert silver.in_points
    assert (silver.reached, gold.reached, platinum.reached) == (True, False, False)
    assert report.level == "Silver"
    assert (gold.short, platinum.short) == (1, 4)


def test_report_shows_every_condition_and_whether_it_holds(weighted: Scene) -> None:
    silver, gold, platinum = report_of(weighted.assessment, user=weighted.manager).lines

    assert silver.sentence == "50% of 8 points = 4, so 4 points; 4 met (4/8 ≥ 50/100)."
    assert (gold.exact, gold.sentence) == ("", "5 of 8 points; 4 met.")
    assert (silver.shortage, gold.shortage) == ("", "One point is missing.")
    assert replace(gold, in_points=False).sentence == "5 of 8 criteria; 4 met."
    assert replace(gold, in_points=False).shortage == "One criterion is missing."
    assert [(str(one.text), one.holds) for one in gold.conditions] == [
        ("OD1 counts: needed in any case", False),
        ("WW: at least 2 of 2 criteria; 0 met", False),
        ("all that Silver asks for", True),
    ]
    assert [str(one.text) for one in platinum.conditions if not one.holds] == ["all that Gold asks for"]


def test_report_gives_reasons_and_comments_of_what_is_not_met(weighted: Scene) -> None:
    Settlement.objects.filter(response__criterion__code="OD1").update(reason="No policy was found.")

    report = report_of(weighted.assessment, user=weighted.manager)

    (gap,) = [one for one in report.opportunities[0].gaps if one.code == "OD1"]
    assert gap.reason == "No policy was found."
    assert len(gap.comments) == 2
    assert [area.code for area in report.strengths] == ["DM"]


def test_report_shows_a_reader_without_access_no_criteria(weighted: Scene) -> None:
    report = report_of(weighted.assessment, user=weighted.lead)

    assert report.areas == ()
    assert weighted.case.standard.effective_on == date(2024, 6, 1)

"""The four examples from real programs: each is entered, charted beside its table, and exported."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from coaching.enums import MeasureKind
from tests.scenes import Scene
from tests.workflows.pages import page_of
from workflows.demo.measured import (
    COMPLAINTS,
    EXAMPLES,
    HOUSEHOLDS,
    MADE_UP,
    OVERDOSES,
    PUBLIC_HEALTH,
    Example,
    enter,
)
from workflows.measuring import Shown, shown_measures


def come_to_work(scene: Scene) -> None:
    scene.walk_to("work")


@pytest.fixture
def coached(scene: Scene) -> Scene:
    scene.arrange(come_to_work)
    return scene


def entered(scene: Scene, example: Example) -> list[Shown]:
    engagement = scene.engagement()
    enter(example, engagement, by=scene.partner.coach, today=scene.today, now=scene.now)
    return shown_measures(engagement, scene.lead)


def exported(client: Client, shown: Shown) -> list[dict[str, Any]]:
    answer = client.get(f"/measures/{shown.measure.pk}.csv")
    return list(csv.DictReader(answer.content.decode().removeprefix("\ufeff").splitlines()))


def test_every_example_is_charted_beside_its_table_and_exported(coached: Scene, client: Client) -> None:
    for example in EXAMPLES.values():
        entered(coached, example)
    coached.sign_in(client, coached.lead)

    page = client.get(page_of(coached.engagement())).content.decode()

    for shown in shown_measures(coached.engagement(), coached.lead):
        assert shown.panels
        assert all(str(panel.chart.svg) in page for panel in shown.panels), shown.measure
        reported = [line.observation for line in shown.lines if line.observation]
        assert reported
        numbers = [row["number"] for row in exported(client, shown)]
        assert numbers == [str(one.figure.number) for one in reported]
        assert client.get(f"/measures/{shown.measure.pk}.xlsx").status_code == 200
        sources = {one.source for one in reported}
        assert sources == ({"Reported by the program"} if "Households" in shown.measure.name else {MADE_UP})
        assert f">{shown.measure.name}</caption>" in page
    assert page.count("Judged by outputs only") == 2


def test_households_above_the_year_before(coached: Scene, client: Client) -> None:
    (shown,) = entered(coached, HOUSEHOLDS)

    assert [(str(line.period), str(line.told), line.change) for line in shown.lines] == [
        ("Q1 2017", "not known; the two “more than” figures differ by 1,800", ""),
        ("Q1 2018", "more than 3,000", "more than 1,200 above Q1 2017"),
    ]
    (row,) = exported(coached.sign_in(client, coached.lead), shown)
    told = {name: row[name] for name in ("when", "value", "bound", "unit", "change", "since")}
    assert told == {
        "when": "2018-Q1",
        "value": ">3000",
        "bound": "more_than",
        "unit": "households",
        "change": ">1200",
        "since": "2017-Q1",
    }


def test_dashboard_of_public_health_has_a_figure_for_every_day(coached: Scene) -> None:
    cases, beds = entered(coached, PUBLIC_HEALTH)

    for shown in (cases, beds):
        days = [line.period.begins_on for line in shown.lines]
        assert days == [coached.today - timedelta(days=number) for number in range(43, 1, -1)]
        assert shown.panels[0].chart.svg.count("<polyline") == 1
    assert (beds.measure.unit, beds.target) == ("% of beds", "85")
    assert "Target: 85" in beds.panels[0].chart.alt


def test_responsiveness_to_complaints_is_a_share_and_a_median(coached: Scene) -> None:
    share, days, _lamps = entered(coached, COMPLAINTS)

    assert [str(line.told) for line in share.lines] == ["63", "66.5", "71", "70.5", "78", "83"]
    assert str(share.lines[-1].period) == "Feb 2025"
    assert (share.measure.unit, days.measure.unit) == ("% of complaints", "days (median)")
    assert (share.measure.direction, days.measure.direction) == ("up", "down")


def test_overdose_response_is_told_by_area_with_the_targeted_marked(coached: Scene) -> None:
    deaths, kits = entered(coached, OVERDOSES)

    groups = [(panel.group.name, panel.group.is_targeted) for panel in deaths.panels if panel.group]
    assert groups == [
        ("North End", True),
        ("Riverside", True),
        ("South Side", False),
        ("Hill District", False),
    ]
    assert (
        "North End (targeted). Q1 2024: 19; Q2 2024: 21; Q3 2024: 16; Q4 2024: 12."
        in deaths.panels[0].chart.alt
    )
    assert (deaths.measure.kind, kits.measure.kind) == (MeasureKind.OUTCOME, MeasureKind.OUTPUT)

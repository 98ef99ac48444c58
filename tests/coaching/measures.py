"""The four examples that a partner has to be able to enter, as they were reported."""

from typing import Any

from coaching.figures import read_figure
from coaching.models import Measure, Observation
from coaching.periods import read_period
from coaching.services import Sighting, Terms, record_observation, set_measure
from people.models import User
from tests.scenes import Scene

REPORTED = "reported by the program"


def set_one(scene: Scene, name: str, *, by: User | None = None, **terms: Any) -> Measure:
    given = {"kind": "outcome", "unit": "households", "direction": "up"} | terms
    return set_measure(
        engagement_id=scene.engagement().pk,
        terms=Terms(name=name, **given),
        by=by or scene.partner.coach,
        now=scene.tick(),
    )


def see(
    scene: Scene, measure: Measure, when: str, value: str, *, by: User | None = None, **more: Any
) -> Observation:
    replace = more.pop("replace", False)
    since = more.pop("since", "")
    change = more.pop("change", "")
    seen = Sighting(
        period=read_period(when),
        figure=read_figure(value),
        source=more.pop("source", REPORTED),
        change=read_figure(change) if change else None,
        since=read_period(since) if since else None,
        **more,
    )
    return record_observation(
        measure_id=measure.pk, seen=seen, replace=replace, by=by or scene.partner.coach, now=scene.now
    )


def households(scene: Scene) -> Measure:
    """More than 3,000 in the first quarter of 2018, more than 1,200 above the first of 2017."""
    measure = set_one(
        scene,
        "Households moved to stable housing",
        about_kind="contract",
        about="Homeless services",
    )
    see(scene, measure, "2018-Q1", ">3000", change=">1200", since="2017-Q1")
    return measure


def overdoses(scene: Scene) -> Measure:
    """Deaths by area, the two hit hardest marked; demonstration values."""
    measure = set_one(
        scene,
        "Deaths by overdose",
        unit="deaths",
        direction="down",
        targeted=["North", "River"],
        compared=["South"],
    )
    for when, north, river, south in (("2024-Q1", "21", "17", "4"), ("2024-Q2", "15", "12", "5")):
        for group, value in (("North", north), ("River", river), ("South", south)):
            see(scene, measure, when, value, group=group)
    return measure

"""The path, step by step, as the table of steps says it."""

import pytest

from cases.enums import Stage
from cases.steps import STEPS
from tests.scenes import Scene


@pytest.mark.parametrize("step", [code for code in STEPS if code != "mend_plan"])
def test_walk_reaches_every_step_with_its_stage_and_party(scene: Scene, step: str) -> None:
    item = scene.one(step)

    assert item.party == STEPS[step].party
    if step != "feedback":
        assert scene.stage == STEPS[step].stage


def test_walk_ends_with_a_certificate(scene: Scene) -> None:
    case = scene.walk_to_end()

    assert case.stage == Stage.CERTIFIED
    assert case.certificates.get().level.slug == "silver"
    assert [item.step for item in scene.open_items()] == ["feedback", "feedback"]


@pytest.mark.parametrize(
    ("entry", "first"),
    [
        ("confirm", "confirm"),
        ("self_assess", "self_assess"),
        ("assign_assessors", "assign_assessors"),
        ("plan_coaching", "plan_coaching"),
        ("reassess", "reassess"),
        ("open_packet", "open_packet"),
    ],
)
def test_running_case_is_taken_over_in_the_middle(scene: Scene, entry: str, first: str) -> None:
    scene.start_at(entry)

    assert [item.step for item in scene.open_items()] == [first]
    assert scene.stage == STEPS[first].stage
    assert scene.walk_to_end().certificates.get().level.slug in {"silver", "gold"}

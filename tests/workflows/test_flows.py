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

"""The path, step by step, as the table of steps says it."""

import pytest

from cases.enums import Stage
from cases.steps import STEPS
from tests.scenes import Scene


def test_path_opens_every_step_at_its_stage_for_its_party(scene: Scene) -> None:
    found = {item.step: (item.party, scene.stage) for item in scene.stations()}

    not_on_this_way = {"mend_plan", "feedback"}
    expected = {code: (step.party, step.stage) for code, step in STEPS.items() if code not in not_on_this_way}
    assert found == expected


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

"""The program reads how things stand: from a number to the cases behind it, and how the site fares."""

import pytest

from tests.journeys.people import Cast
from tests.scenes import Scene
from workflows.tasks import sweep

pytestmark = pytest.mark.journey


@pytest.mark.slow
def test_program_follows_a_number_to_its_cases(cast: Cast, scene: Scene) -> None:
    scene.walk_to("respond")
    sweep.apply()
    director = cast.signed_in(scene.director)

    director.follow("Pipeline", within=director.page.get_by_role("navigation", name="Main"))
    director.page.get_by_label("State").select_option("NJ")
    director.press("Filter")
    director.follow("waiting on partners", exact=False)

    assert "Paterson" in director.text
    assert director.page.get_by_label("Waiting on").input_value() == "partner"
    director.follow("Operations", within=director.page.get_by_role("navigation", name="Main"))
    assert "workflows.sweep" in director.text

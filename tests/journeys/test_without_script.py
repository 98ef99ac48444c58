"""Everything works for somebody whose browser runs no script."""

import pytest

from certification.enums import Rating
from tests.journeys import deeds
from tests.journeys.people import Cast
from tests.scenes import Scene

pytestmark = pytest.mark.journey


def test_city_applies_answers_and_submits_without_script(cast: Cast, scene: Scene):
    lead = cast.enter(scene.lead, script=False)
    lead.sign_in()

    deeds.begin_application(lead)
    scene.case = scene.city.cases.get()
    deeds.apply(lead)
    scene.confirm(scene.item("confirm"))
    lead.take_up("Answer the self-assessment")
    lead.follow("DM1")
    deeds.answer_one(lead, "DM1", met=True)
    lead.press("Save and go on")
    assert "DM1: saved" in lead.text
    lead.follow("Overview and submit")
    lead.choose("Submit although 5 criteria have no answer")
    lead.press("Submit self-assessment")

    response = scene.response("DM1")
    assert scene.stage == "review"
    assert (response.self_rating, response.narrative) == (Rating.MET, "How we do DM1.")
    assert response.ticked.count() == 3
    assert response.evidence.get().title == "Proof of DM1"

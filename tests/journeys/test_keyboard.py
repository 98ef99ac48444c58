"""Somebody without a mouse. The whole path is walked so in `test_path.py`."""

import pytest
from playwright.sync_api import ViewportSize

from cases.enums import ApplicationStatus
from tests.journeys import deeds
from tests.journeys.keyboard import KeyboardVisitor
from tests.journeys.people import DESKTOP, PHONE, Cast
from tests.scenes import Scene

pytestmark = pytest.mark.journey


@pytest.mark.slow
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_application_is_made_with_the_keyboard_alone(cast: Cast, scene: Scene, size: ViewportSize):
    scene.open_case()
    cast.kind = KeyboardVisitor
    lead = cast.enter(scene.lead)
    lead.page.set_viewport_size(size)

    lead.sign_in()
    deeds.apply(lead)

    application = scene.case.application
    application.refresh_from_db()
    assert lead.page.locator("h1").inner_text() == "Paterson, NJ"
    assert application.status == ApplicationStatus.SUBMITTED
    assert (application.signer_name, application.signed_on) == ("The sponsor", deeds.LAST_MONTH)


def test_first_tab_leads_past_the_navigation(cast: Cast, scene: Scene):
    page = cast.signed_in(scene.lead).page

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"

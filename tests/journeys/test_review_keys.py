"""An assessor with the keyboard: each finding by its access key, and the next criterion at once."""

import pytest
from playwright.sync_api import CDPSession

from certification.models import Finding
from tests.journeys.people import Cast
from tests.scenes import Scene

pytestmark = pytest.mark.journey
ALT = 1


def with_alt(keys: CDPSession, letter: str) -> None:
    """As a keyboard sends it: Playwright's own Alt leaves out the letter by which access keys are found."""
    key = {"key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper())}
    letters = {"text": letter, "unmodifiedText": letter}
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "modifiers": ALT, **key, **letters})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "modifiers": ALT, **key})


@pytest.mark.slow
def test_findings_are_made_with_access_keys(cast: Cast, scene: Scene):
    scene.walk_to("review")
    item = next(one for one in scene.open_items("review") if one.owner_id == scene.assessor.pk)
    visitor = cast.signed_in(scene.assessor)
    visitor.open(f"{item.get_absolute_url()}?criterion=DM1")
    page, keys = visitor.page, visitor.context.new_cdp_session(visitor.page)

    page.keyboard.press("m")
    assert page.get_by_role("radio", checked=True).count() == 0
    with_alt(keys, "n")
    with_alt(keys, "c")
    page.keyboard.type("Not by this.")
    page.locator("#saved", has_text="Saved").wait_for()
    with_alt(keys, "s")
    page.wait_for_url("**criterion=DM2")
    with_alt(keys, "x")
    page.wait_for_url("**criterion=OD1")
    with_alt(keys, "o")
    page.wait_for_url("**criterion=OD2")

    found = Finding.objects.get()
    assert (found.outcome, found.comment) == ("not_met", "Not by this.")

"""Somebody without a mouse: Tab, Enter and Space lead everywhere, and the focus can always be seen."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, ViewportSize

from cases.enums import ApplicationStatus
from tests.cast import PASSWORD
from tests.journeys.deeds import LAST_MONTH, PAPER
from tests.journeys.people import DESKTOP, PHONE, SIGN_IN, Cast
from tests.scenes import Scene

pytestmark = pytest.mark.journey

MOST_TABS = 60

# The words by which a person knows where the focus is, and whether they can see it: an outline or a shadow
# on the control itself, or on the label that stands for a hidden one, and nothing lying over it.
FOCUSED = r"""async () => {
  const one = document.activeElement;
  await Promise.all(document.getAnimations().map(moving => moving.finished));
  const label = one.labels && one.labels[0];
  const words = (label || one).innerText || one.getAttribute("aria-label") || one.tagName;
  const marked = look => look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0
    || look.boxShadow !== "none";
  const seen = [getComputedStyle(one)];
  if (label) seen.push(getComputedStyle(label), getComputedStyle(label, "::before"));
  const shown = /usa-(radio|checkbox)__input/.test(one.className) ? label : one;
  const box = shown.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
  const uncovered = !!top && (shown.contains(top) || top.contains(shown));
  const icon = one.type === "date" && !one.matches(":focus-visible");  // the browser marks the icon itself
  return {words: words.trim().replace(/\s+/g, " "), marked: icon || seen.some(marked), uncovered};
}"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on what begins with these words."""
    for _n in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        assert focus["marked"], f"No focus to be seen on {focus['words']!r}"
        assert focus["uncovered"], f"Something lies over {focus['words']!r}"
        if focus["words"].startswith(words):
            return
    raise AssertionError(f"The focus never came to {words!r}.")


def press(page: Page, words: str, key: str = "Enter") -> None:
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Page, words: str, text: str) -> None:
    tab_to(page, words)
    page.keyboard.type(text)


def choose_a_file(page: Page) -> None:
    """The dialog is the browser's own; a busy one now and then swallows the key that opens it."""
    for patience in (3000, 6000, 20000):
        with suppress(Error), page.expect_file_chooser(timeout=patience) as chooser:
            page.keyboard.press("Space")
        if chooser.is_done():
            chooser.value.set_files(PAPER)
            return
    raise AssertionError("Space opened no dialog for a file.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_application_is_made_with_the_keyboard_alone(cast: Cast, scene: Scene, size: ViewportSize):
    scene.open_case()
    page = cast.enter(scene.lead).page
    page.set_viewport_size(size)
    page.goto(SIGN_IN)

    write(page, "E-mail address", scene.lead.email)
    write(page, "Password", PASSWORD)
    press(page, "Sign in")
    press(page, "Open Complete the application")
    write(page, "Who signs the commitment", "The sponsor")
    write(page, "Their office", "Mayor")
    write(page, "Signed on", f"{LAST_MONTH:%m%d%Y}")
    tab_to(page, "The signed paper")
    choose_a_file(page)
    write(page, "What the city wants to reach", "To know where we stand.")
    press(page, "Submit application", "Space")

    application = scene.case.application
    application.refresh_from_db()
    assert page.locator("h1").inner_text() == "Paterson, NJ"
    assert application.status == ApplicationStatus.SUBMITTED
    assert (application.signer_name, application.signed_on) == ("The sponsor", LAST_MONTH)


def test_first_tab_leads_past_the_navigation(cast: Cast, scene: Scene):
    page = cast.signed_in(scene.lead).page

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"

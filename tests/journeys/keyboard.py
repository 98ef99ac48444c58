"""Somebody without a mouse: Tab, arrows, Enter and Space lead everywhere, and the focus can be seen."""

from contextlib import suppress
from datetime import date
from typing import TypedDict

from playwright.sync_api import ElementHandle, Error, FilePayload, Locator

from tests.journeys.people import Visitor

MOST_KEYS = 150


class Focus(TypedDict):
    """What has the focus, and where it is from what the person wants."""

    words: str
    marked: bool
    uncovered: bool
    there: bool
    in_its_group: bool
    ahead: bool


# The words by which a person knows where the focus is, and whether they can see it: an outline or a shadow
# on the control itself, or on the label that stands for a hidden one, and nothing lying over it.
FOCUSED = r"""async wanted => {
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
  // Tab comes to one radio button of a group; the arrows lead from there to the others.
  const inItsGroup = wanted.type === "radio" && one.type === "radio"
    && one.name === wanted.name && one.form === wanted.form;
  const ahead = one.contains(wanted)
    || !!(one.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING);
  return {words: words.trim().replace(/\s+/g, " "), marked: icon || seen.some(marked), uncovered,
          there: one === wanted, in_its_group: one === wanted || inItsGroup, ahead};
}"""


class KeyboardVisitor(Visitor):
    """One person who has no mouse."""

    def focus(self, wanted: ElementHandle) -> Focus:
        return self.page.evaluate(FOCUSED, wanted)

    def touch(self, key: str, wanted: ElementHandle) -> Focus:
        """One key, and a look at where it led."""
        self.page.keyboard.press(key)
        focus = self.focus(wanted)
        assert focus["marked"], f"No focus to be seen on {focus['words']!r}"
        assert focus["uncovered"], f"Something lies over {focus['words']!r}"
        return focus

    def come_to(self, control: Locator) -> ElementHandle:
        """By Tab to what lies ahead, by Shift+Tab to what lies behind; a label stands for its control."""
        wanted = control.evaluate_handle("one => one.control || one").as_element()
        assert wanted
        focus = self.focus(wanted)
        for _n in range(MOST_KEYS):
            if focus["in_its_group"]:
                return wanted
            focus = self.touch("Tab" if focus["ahead"] else "Shift+Tab", wanted)
        raise AssertionError(f"The focus never came to {control}.")

    def click(self, control: Locator) -> None:
        """A link, a button or what unfolds."""
        wanted = self.come_to(control)
        self.page.keyboard.press("Space" if wanted.evaluate("one => one.tagName") == "BUTTON" else "Enter")

    def write(self, field: Locator, text: str) -> None:
        wanted = self.come_to(field)
        if wanted.get_attribute("type") == "date":
            text = f"{date.fromisoformat(text):%m%d%Y}"
        else:
            self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def pick(self, label: Locator) -> None:
        """A checkbox or a radio button."""
        wanted = self.come_to(label)
        while not self.focus(wanted)["there"]:
            self.touch("ArrowDown", wanted)
        if not wanted.is_checked():
            self.page.keyboard.press("Space")
        assert wanted.is_checked()

    def untick(self, label: Locator) -> None:
        ticked = self.come_to(label)
        self.page.keyboard.press("Space")
        assert not ticked.is_checked()

    def attach(self, label: str, file: FilePayload) -> None:
        """The dialog is the browser's own; a busy one now and then swallows the key that opens it."""
        self.come_to(self.page.get_by_label(label))
        for patience in (3000, 6000, 20000):
            # One that was waited for in vain is done as well, and raises when it is asked for.
            with suppress(Error):
                with self.page.expect_file_chooser(timeout=patience) as chooser:
                    self.page.keyboard.press("Space")
                chooser.value.set_files(file)
                return
        raise AssertionError("Space opened no dialog for a file.")

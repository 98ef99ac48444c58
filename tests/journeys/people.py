"""The people of a journey: each in a browser of their own, who find everything from their desk by clicking.

Every page a person comes to is looked at once: axe finds no barrier, a phone need not scroll sideways,
and the browser has nothing to complain about, the content policy included.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    expect,
)

from people.models import User
from tests.cast import PASSWORD
from tests.scenes import Scene

SIGN_IN = "/accounts/login/"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds; a machine may be busy with other things
PHONE: ViewportSize = {"width": 390, "height": 844}
expect.set_options(timeout=PATIENCE)
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass
class Looks:
    """What was looked at so far, by address without ids and by heading."""

    axe_script: str
    seen: set[tuple[str, str]] = field(default_factory=set)

    def at(self, page: Page) -> None:
        key = (AN_ID.sub("…", page.url.split("?")[0]), page.locator("h1").inner_text())
        if key in self.seen:
            return
        self.seen.add(key)
        page.wait_for_load_state()
        assert barriers_on(page, self.axe_script) == [], key
        assert sideways_on_a_phone(page) == [], key


def barriers_on(page: Page, axe_script: str) -> list[tuple[str, list[str]]]:
    """What axe finds, with the elements it finds it on."""
    page.evaluate(axe_script)
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", TAGS)
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]


WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? []
  : [...document.querySelectorAll("body *")]
      .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
      .map(one => `${one.tagName}.${one.className}`).slice(0, 5).concat("wider than the screen")"""


def sideways_on_a_phone(page: Page) -> list[str]:
    """The elements that make the page wider than a phone."""
    before = page.viewport_size or DESKTOP
    page.set_viewport_size(PHONE)
    found = page.evaluate(WIDER)
    page.set_viewport_size(before)
    return found


class Visitor:
    """One person at their own browser."""

    def __init__(self, person: User | None, context: BrowserContext, looks: Looks | None) -> None:
        self.person, self.context, self.looks = person, context, looks
        self.complaints: list[str] = []
        context.set_default_timeout(PATIENCE)
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security" in message.text:
            self.complaints.append(message.text)

    def look(self) -> None:
        if self.looks:
            self.looks.at(self.page)
        assert self.complaints == []

    def open(self, address: str) -> None:
        """Type an address, or follow a link from outside."""
        self.page.goto(address)
        self.look()

    def sign_in(self) -> None:
        """Through the form, with the password."""
        self.page.goto(SIGN_IN)
        self.look()
        self.fill("E-mail address", self.person.email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")

    def arrive(self) -> None:
        """With the cookie of an earlier visit."""
        self.person.refresh_from_db()
        client = Scene.sign_in(Client(), self.person)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/"}
        self.context.add_cookies([cookie | {"domain": "localhost"}])
        self.page.goto(SIGN_IN)
        self.look()

    # What a hand does.

    def click(self, control: Locator) -> None:
        control.click()

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def pick(self, label: Locator) -> None:
        """A radio button or a checkbox, by its label."""
        label.click()

    def untick(self, label: Locator) -> None:
        label.click()

    def attach(self, label: str, file: FilePayload) -> None:
        self.page.get_by_label(label).set_input_files(file)

    # What a person does.

    def go(self, act: Callable[[Locator], None], control: Locator) -> None:
        """Do to a control what leads to another page, and look at it."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            act(control)
        self.look()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        self.go(self.click, (within or self.page).get_by_role("button", name=name, exact=True))

    def follow(self, name: str, *, within: Locator | None = None, exact: bool = True) -> None:
        self.go(self.click, (within or self.page).get_by_role("link", name=name, exact=exact).first)

    def unfold(self, name: str) -> None:
        self.click(self.page.locator("summary", has_text=name))

    def fill(self, label: str, text: str, *, within: Locator | None = None) -> None:
        self.write((within or self.page).get_by_label(label), text)

    def choose(self, label: str, *, group: str = "") -> None:
        """A radio button or a checkbox, by how its words begin."""
        place = self.page.get_by_role("group", name=group) if group else self.page
        self.pick(place.locator("label", has_text=re.compile(rf"^\s*{re.escape(label)}\b")))

    def choose_all(self, group: str) -> None:
        for label in self.page.get_by_role("group", name=group).locator("label").all():
            self.pick(label)

    def desk(self) -> None:
        self.follow("Desk", within=self.page.get_by_role("navigation", name="Main"))

    def take_up(self, title: str) -> None:
        """From the desk, the one piece of work with this title."""
        if not self.page.get_by_role("link", name=f"Open {title},").count():
            self.desk()
        self.follow(f"Open {title},", exact=False)

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


@dataclass
class Cast:
    """Opens a browser for whoever comes."""

    browser: Browser
    address: str
    looks: Looks
    kind: type[Visitor] = Visitor
    visitors: list[Visitor] = field(default_factory=list)

    def enter(self, person: User | None, *, script: bool = True) -> Visitor:
        """A person with an empty browser. Without script nobody can look closely: axe is one."""
        context = self.browser.new_context(
            base_url=self.address, viewport=DESKTOP, java_script_enabled=script
        )
        visitor = self.kind(person, context, self.looks if script else None)
        self.visitors.append(visitor)
        return visitor

    def stranger(self, *, script: bool = True) -> Visitor:
        """Somebody who has no account."""
        return self.enter(None, script=script)

    def signed_in(self, person: User, *, script: bool = True) -> Visitor:
        """Somebody whose way in by password has been walked before."""
        visitor = self.enter(person, script=script)
        visitor.arrive()
        return visitor

    def leave(self) -> None:
        for visitor in self.visitors:
            visitor.context.close()

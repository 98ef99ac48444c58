"""The pages beside the path: each can be reached by clicking, read by everyone, and fits on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PHONE, Cast, Visitor
from tests.scenes import Scene

pytestmark = pytest.mark.journey


def names_in(visitor: Visitor, region: str) -> list[str]:
    """The links of a navigation, by their words."""
    links = visitor.page.get_by_role("navigation", name=region).get_by_role("link")
    return [text.strip() for text in links.all_inner_texts()]


def open_case(visitor: Visitor) -> None:
    visitor.follow("Cases", within=visitor.page.get_by_role("navigation", name="Main"))
    visitor.follow("Paterson, NJ")


@pytest.mark.parametrize("who", ["manager", "lead", "coach", "assessor"])
def test_every_page_beside_the_path(cast: Cast, scene: Scene, who: str):
    scene.walk_to("work")
    scene.walk_to("announce")
    visitor = cast.signed_in(scene.everyone[who])

    for name in names_in(visitor, "Main"):
        visitor.follow(name, within=visitor.page.get_by_role("navigation", name="Main"))
    open_case(visitor)
    for name in names_in(visitor, "Case"):
        visitor.follow(name, within=visitor.page.get_by_role("navigation", name="Case"))
        if not visitor.page.get_by_role("navigation", name="Case").count():
            open_case(visitor)

    assert visitor.complaints == []


def test_account_pages_of_a_person(cast: Cast, scene: Scene):
    visitor = cast.signed_in(scene.lead)

    for name in ("E-mail address", "Password", "Second factor"):
        visitor.page.locator(".mp-person > summary").click()
        visitor.follow(name)

    visitor.page.locator(".mp-person > summary").click()
    visitor.press("Sign out")
    assert visitor.page.get_by_role("link", name="Sign in").is_visible()


def test_phone_shows_the_tab_that_was_opened(cast: Cast, scene: Scene):
    scene.walk_to("announce")
    visitor = cast.signed_in(scene.manager)
    open_case(visitor)
    tabs = visitor.page.get_by_role("navigation", name="Case")
    visitor.follow("Decision", within=tabs)

    visitor.page.set_viewport_size(PHONE)
    visitor.page.reload()

    expect(tabs.locator("[aria-current]")).to_have_text("Decision")
    expect(tabs.locator("[aria-current]")).to_be_in_viewport(ratio=1)

"""The pages beside the path: each can be reached by clicking, read by everyone, and fits on a phone."""

import pytest
from playwright.sync_api import expect

from certification.enums import Outcome
from tests.journeys.people import PHONE, Cast, Visitor, barriers_on, sideways_on_a_phone
from tests.scenes import Scene

pytestmark = pytest.mark.journey


def names_in(visitor: Visitor, region: str) -> list[str]:
    """The links of a navigation, by their words."""
    links = visitor.page.get_by_role("navigation", name=region).get_by_role("link")
    return [text.strip() for text in links.all_inner_texts()]


def open_case(visitor: Visitor) -> None:
    visitor.follow("Cases", within=visitor.page.get_by_role("navigation", name="Main"))
    visitor.follow("Paterson, NJ")


@pytest.mark.parametrize("who", ["manager", "lead", "coach"])
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


def disagree(scene: Scene) -> None:
    """Both reviews, with different findings on one criterion."""
    first, second = scene.walk_to("review")
    scene.review(first)
    scene.review(second, {"DM1": Outcome.NOT_MET})


@pytest.mark.parametrize(
    ("step", "who", "button"),
    [
        ("plan_coaching", "manager", "Offer the engagements"),
        ("reconcile", "reconciler", "Reconcile the reviews"),
        ("vote", "member", "Cast my vote"),
    ],
)
def test_what_is_missing_is_said_where_the_person_looks(
    cast: Cast, scene: Scene, axe_script: str, step: str, who: str, button: str
):
    if step == "reconcile":
        disagree(scene)
    item = scene.one(step)
    visitor = cast.signed_in(scene.everyone[who])
    visitor.take_up(str(item.title))

    visitor.page.get_by_role("button", name=button).click()
    summary = visitor.page.locator("[data-errors]")

    expect(summary).to_be_focused()
    assert barriers_on(visitor.page, axe_script) == []
    assert sideways_on_a_phone(visitor.page) == []
    assert item in scene.open_items(step)


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

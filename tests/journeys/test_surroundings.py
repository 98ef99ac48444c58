"""The pages beside the path: each can be reached by clicking, read by everyone, and fits on a phone."""

import pytest
from playwright.sync_api import expect

from certification.enums import Outcome
from certification.models import Decision
from tests.journeys.people import PHONE, Cast, Visitor, barriers_on, sideways_on_a_phone
from tests.scenes import Scene

pytestmark = [pytest.mark.journey, pytest.mark.slow]


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


OF_THE_PROGRAM = (
    "/people/invitations/",
    "/people/invite/?q=newark",
    "/people/of/newark-nj/city_lead/{other_lead}/",
    "/cases/open/?q=newark",
    "/standards/scene-v1/",
    "/decisions/{decision}/packet/",
    "/partner/keys/",
)


def test_pages_of_the_program_that_no_journey_comes_to(cast: Cast, scene: Scene):
    scene.walk_to("work")
    scene.walk_to("announce")
    decision = Decision.objects.get(case=scene.case)
    manager = cast.signed_in(scene.manager)

    for address in OF_THE_PROGRAM:
        manager.open(address.format(other_lead=scene.other_lead.email, decision=decision.pk))
    manager.fill("Which system will use it?", "Tracker")
    manager.page.get_by_label("Organization").select_option("first-partner")
    manager.press("Make the key")

    assert "Copy it now" in manager.text


def test_pages_that_say_there_is_nothing(cast: Cast, scene: Scene):
    stranger = cast.stranger()

    for address in ("/apply/x-y/", "/invitations/x-y/", "/sign/x-y/", "/nowhere/"):
        stranger.page.goto(address)
        assert all("404" in complaint for complaint in stranger.complaints)
        stranger.complaints.clear()
        stranger.look()

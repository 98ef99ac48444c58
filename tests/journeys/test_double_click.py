"""Who clicks twice, or comes second, is told what happened; nothing is decided twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from core.models import AuditEvent
from core.pagekit_dates import moment_in_words
from people.models import User
from tests.journeys.people import Cast, Visitor
from tests.scenes import Scene

pytestmark = pytest.mark.journey

NEW_YORK = "America/New_York"

DECISIONS = {
    "confirm": ("Confirm the application", "Accept the application", "cases.application_accepted"),
    "respond": ("Answer the offered engagement", "Accept the engagement", "coaching.engagement_accepted"),
    "release_report": ("Release the report", "Release the report", "certification.report_released"),
}
OWED_BY: dict[str, Callable[[Scene], User]] = {
    "confirm": lambda scene: scene.manager,
    "respond": lambda scene: scene.partner.lead,
    "release_report": lambda scene: scene.manager,
}


def double_click(visitor: Visitor, button: str) -> None:
    """Two quick clicks, and whatever page they lead to."""
    there = visitor.page.get_by_role("button", name=button, exact=True)
    there.dblclick()
    expect(there).to_have_count(0)
    visitor.page.wait_for_load_state()


@pytest.mark.parametrize(
    ("step", "script"),
    [
        ("confirm", True),
        ("confirm", False),
        pytest.param("respond", False, marks=pytest.mark.slow),
        pytest.param("release_report", False, marks=pytest.mark.slow),
    ],
)
def test_double_click_decides_once(cast: Cast, scene: Scene, step: str, script: bool):
    title, button, action = DECISIONS[step]
    scene.engagements = 1
    scene.one(step)
    visitor = cast.signed_in(OWED_BY[step](scene), script=script)
    visitor.take_up(title)

    double_click(visitor, button)

    assert AuditEvent.objects.filter(action=action).count() == 1
    assert scene.open_items(step) == []
    assert "Paterson" in visitor.page.locator("h1").inner_text()
    assert "Error" not in visitor.text


@pytest.mark.slow
def test_two_people_on_one_step_are_told_who_was_first(cast: Cast, scene: Scene):
    scene.one("confirm")
    visitors = [cast.signed_in(person) for person in (scene.manager, scene.director)]
    for visitor in visitors:
        visitor.take_up("Confirm the application")

    for visitor in visitors:
        visitor.page.get_by_role("button", name="Accept the application").click(no_wait_after=True)
    for visitor in visitors:
        expect(visitor.page.locator("h1")).not_to_have_text("Confirm the application")
        visitor.page.wait_for_load_state()

    item = scene.case.work_items.get(step="confirm")
    first, second = sorted(visitors, key=lambda visitor: visitor.person != item.closed_by)
    assert "The city is in" in first.text
    assert f"was finished by {item.closed_by} on " in second.text
    assert moment_in_words(item.closed_at, NEW_YORK) in second.text
    assert AuditEvent.objects.filter(action="cases.application_accepted").count() == 1

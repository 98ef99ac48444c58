"""The program brings in what was under way before, from the lines of its spreadsheet."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.people import Cast
from tests.scenes import Scene

pytestmark = pytest.mark.journey


@pytest.mark.slow
def test_program_takes_over_running_cases(cast: Cast, scene: Scene):
    today = timezone.localdate()
    since, due_on = today - timedelta(days=20), today + timedelta(days=30)
    lines = (
        "slug,step,since,owner_email,due_on,met",
        f"paterson-nj,plan_coaching,{since},{scene.manager.email},{due_on},DM1;OD1",
        f"nowhere,plan_coaching,{since},{scene.manager.email},{due_on},DM1",
    )
    manager = cast.signed_in(scene.manager)

    manager.follow("Cases")
    manager.follow("Take over running cases")
    manager.fill("Or paste the lines", "\n".join(lines))
    manager.press("Rehearse")
    expect(manager.page.get_by_text("There is no city “nowhere”")).to_be_visible()
    manager.press("Take over one case")
    manager.follow("Paterson")

    expect(manager.page.get_by_role("link", name="Plan the coaching")).to_be_visible()

"""The page to read before a call, and what a city finds of its coaching."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching.enums import NoteAudience
from coaching.services import write_note
from tests.coaching.actions import agree
from tests.coaching.sessions import plan
from tests.scenes import Scene
from tests.workflows.pages import page_for, statuses, tab


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """Under way, with a note of each kind, an action item and a planned session."""
    scene.engagements = 1
    scene.walk_to("work")
    agree(scene, text="List the data sets")
    plan(scene, starts_at=timezone.now() + timedelta(days=7), agenda="Go through the inventory.")
    for audience in NoteAudience:
        write_note(
            engagement_id=scene.engagement().pk,
            audience=audience,
            text=f"Words for {audience}",
            key=uuid4(),
            by=scene.partner.coach,
            now=scene.tick(),
        )
    return scene


def test_brief_holds_what_a_call_needs_and_nothing_kept_from_the_city(coached: Scene, client: Client) -> None:
    url = reverse("workflows:engagement-brief", args=[coached.engagement().pk])

    page = page_for(coached, client, coached.partner.coach, url)

    for words in ("List the data sets", "Go through the inventory.", "Words for city", coached.lead.email):
        assert words in page
    for words in ("Words for partner", "Words for private"):
        assert words not in page
    readers = {
        name for name, status in statuses(coached, client, url, *coached.everyone).items() if status == 200
    }
    assert readers == {"partner_lead", "coach", "second_coach", "manager", "director"}


def test_city_finds_next_sessions_and_open_items_on_the_tab_and_other_partners_do_not(
    coached: Scene, client: Client
) -> None:
    url = tab(coached, "case-coaching")

    own = page_for(coached, client, coached.lead, url)
    other = page_for(coached, client, coached.other_partner.lead, url)

    assert "Next sessions" in own
    assert "List the data sets" in own
    assert "Next sessions" not in other
    assert "List the data sets" not in other

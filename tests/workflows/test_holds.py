"""Putting a case on hold and resuming it: every date that moves is shown before, and moves exactly so."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Hold, WorkItem
from core.pagekit_dates import moment_in_words
from notifications.models import Reminder
from tests.scenes import Scene
from workflows import services
from workflows.foretelling import moved_by_hold

REASON = {"reason": "Elections."}


def begun_today(scene: Scene) -> WorkItem:
    """What is due follows from today, for pages go by the clock on the wall."""
    scene.now = timezone.now()
    scene.open_case()
    return scene.item("apply")


def test_pausing_shows_what_would_move_and_moves_nothing(scene: Scene, client: Client) -> None:
    item = begun_today(scene)
    page = reverse("workflows:case-hold", args=[scene.case.pk])
    scene.sign_in(client, scene.manager)
    until = timezone.localdate() + timedelta(days=70)

    assert page in client.get(reverse("workflows:case-detail", args=[scene.case.pk])).content.decode()
    assert "What would move" in client.get(page).content.decode()
    tried = client.post(page, {"until": until.isoformat(), "preview": "1"}).content.decode()
    wrong = [
        client.post(page, {"until": day, "preview": "1"}) for day in ("2020-01-01", "9999-01-01", "soon")
    ]
    nameless = client.post(page, {"until": ""})

    (moved,) = moved_by_hold(
        [item], since=timezone.now(), until=timezone.now() + timedelta(days=70), now=timezone.now()
    )
    assert moved.moves
    assert moment_in_words(moved.due_at, "America/New_York").partition(",")[2] in tried
    assert "Told: Whoever owes it" in tried
    assert [answer.status_code for answer in (*wrong, nameless)] == [400] * 4
    assert not Hold.objects.exists()
    assert client.post(page, REASON).status_code == 302
    assert Hold.objects.get().reason == REASON["reason"]
    assert client.get(page).status_code == 302
    item.refresh_from_db()
    assert item.due_at == moved.item.due_at


def test_resuming_moves_the_dates_that_its_page_showed(scene: Scene, client: Client) -> None:
    item = begun_today(scene)
    services.hold_case(case_id=scene.case.pk, by=scene.manager, now=scene.now, **REASON)
    Hold.objects.update(placed_at=scene.now - timedelta(days=70))
    WorkItem.objects.update(opened_at=scene.now - timedelta(days=80))
    page = reverse("workflows:case-resume", args=[scene.case.pk])
    scene.sign_in(client, scene.manager)

    shown = client.get(page)
    assert client.post(page).status_code == 302

    (moved,) = shown.context["moved"]
    item.refresh_from_db()
    assert item.due_at == moved.due_at > moved.item.due_at
    planned = Reminder.objects.filter(obligation=item.pk, state="planned")
    assert planned.count() == sum(not message.is_past for message in moved.messages)
    assert client.get(page).status_code == 302

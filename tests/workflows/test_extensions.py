"""More time for a piece of work: asked for, shown before it is granted, and done in one transaction."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.models import Extension, WorkItem
from cases.rules import leads_the_coaching_of
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice, Reminder
from tests.coaching.actions import agree
from tests.scenes import Scene
from workflows import services
from workflows.models import CityStatus

UNTIL = date(2026, 1, 3)  # a Saturday, long after the self-assessment is due


def ask(scene: Scene, item: WorkItem, until: date = UNTIL, reason: str = "Our clerk left.") -> Extension:
    by = scene.fresh(scene.lead)
    return services.ask_for_time(work_item_id=item.pk, until=until, reason=reason, by=by, now=scene.now)


def test_granted_time_moves_the_date_and_every_reminder_at_once(scene: Scene) -> None:
    item = scene.one("self_assess")
    planned = Reminder.objects.filter(obligation=item.pk, state="planned")
    before = set(planned.values_list("pk", flat=True))
    extension = ask(scene, item)
    assert WorkItem.objects.get(pk=item.pk).due_at == item.due_at
    asked = Notice.objects.get(kind="cases.extension_requested", person=scene.manager)
    assert "until Sat, Jan 3, 2026: Our clerk left." in asked.text
    assert asked.url == reverse("workflows:extension", args=[extension.pk])

    services.answer_time(extension_id=extension.pk, grant=True, answer="", by=scene.manager, now=scene.now)

    item.refresh_from_db()
    assert item.due_at.isoformat() == "2026-01-05T22:00:00+00:00"  # Monday, at five in New Jersey
    assert CityStatus.objects.get(case=scene.case).next_due_at == item.due_at
    assert not before & set(planned.values_list("pk", flat=True))
    assert planned.get(step="-1", rule="owner").planned_at.isoformat() == "2026-01-02T14:00:00+00:00"
    answered = Notice.objects.get(kind="cases.extension_answered")
    assert (answered.person, answered.thread) == (scene.lead, scene.case.pk)
    moved = AuditEvent.objects.get(action="cases.due_date_moved", target_id=item.pk)
    assert moved.new["why"] == "extension"
    with pytest.raises(WrongState):
        services.answer_time(
            extension_id=extension.pk, grant=False, answer="No.", by=scene.manager, now=scene.now
        )


def test_refused_time_moves_nothing_and_says_why(scene: Scene) -> None:
    item = scene.one("self_assess")
    extension = ask(scene, item)
    refuse = {"extension_id": extension.pk, "grant": False, "by": scene.director, "now": scene.now}

    with pytest.raises(InvalidInput):
        services.answer_time(answer=" ", **refuse)
    with pytest.raises(NotAllowed):
        services.answer_time(answer="No.", **refuse | {"by": scene.fresh(scene.lead)})
    with pytest.raises(NotFound):
        services.answer_time(answer="No.", **refuse | {"by": scene.partner.lead})
    services.answer_time(answer="The cohort waits.", **refuse)

    assert WorkItem.objects.get(pk=item.pk).due_at == item.due_at
    assert Notice.objects.get(kind="cases.extension_answered").text == "The cohort waits."
    ask(scene, item)
    assert sorted(str(one).rpartition(" ")[2] for one in Extension.objects.all()) == ["open", "refused"]


def test_only_sound_requests_of_whoever_owes_the_work(scene: Scene) -> None:
    item = scene.one("self_assess")
    for until, reason in ((UNTIL, " "), (item.due_at.date(), "Why not"), (date(2028, 1, 3), "Why not")):
        with pytest.raises(InvalidInput):
            ask(scene, item, until, reason)
    with pytest.raises(NotAllowed):
        services.ask_for_time(
            work_item_id=item.pk, until=UNTIL, reason="For them.", by=scene.manager, now=scene.now
        )
    with pytest.raises(NotFound):
        services.ask_for_time(
            work_item_id=item.pk, until=UNTIL, reason="For them.", by=scene.other_lead, now=scene.now
        )
    ask(scene, item)
    with pytest.raises(WrongState):
        ask(scene, item)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(
            item=item, until=UNTIL, reason="Twice", requested_at=scene.now, requested_by=scene.lead
        )
    assert not Extension.objects.visible_to(None).exists()
    assert not leads_the_coaching_of(scene.partner.lead, item)
    assert not leads_the_coaching_of(None, item)


def test_pages_show_what_would_move_before_anything_does(scene: Scene, client: Client) -> None:
    item = scene.one("self_assess")
    WorkItem.objects.filter(pk=item.pk).update(due_at=item.due_at + timedelta(days=5000))
    item.refresh_from_db()
    until = (item.due_at + timedelta(days=30)).date()
    page = reverse("workflows:extension-ask", args=[item.pk])
    scene.sign_in(client, scene.lead)
    entered = {"until": until.isoformat(), "reason": "Our clerk left."}

    assert page in client.get(item.get_absolute_url()).content.decode()
    assert client.get(page).status_code == 200
    assert "What would move" in client.post(page, entered | {"preview": "1"}).content.decode()
    assert client.post(page, entered | {"preview": "1", "until": "2020-01-01"}).status_code == 400
    assert not Extension.objects.exists()
    assert client.post(page, {"until": "soon"}).status_code == 400
    assert client.post(page, entered | {"until": "2020-01-01"}).status_code == 400
    assert client.post(page, entered).status_code == 302

    extension = Extension.objects.get()
    answer = reverse("workflows:extension", args=[extension.pk])
    assert "Grant more time" not in client.get(answer).content.decode()
    assert client.post(answer, {"deed": "grant"}).status_code == 403
    scene.sign_in(client, scene.manager)
    shown = client.get(answer).content.decode()
    assert "What would move" in shown
    assert "Grant more time" in shown
    assert answer in client.get(reverse("workflows:desk")).content.decode()
    assert client.post(answer, {"deed": "refuse"}).status_code == 400
    assert client.post(answer, {"deed": "grant"}).status_code == 302
    told = client.get(reverse("workflows:case-deadlines", args=[scene.case.pk])).content.decode()
    assert "Granted" in told
    assert WorkItem.objects.get(pk=item.pk).due_at > item.due_at


def test_request_for_an_action_item_is_seen_by_whoever_asked_and_on_the_desk_of_the_partners_lead(
    scene: Scene, client: Client
) -> None:
    scene.one("work")
    item = agree(scene).work_item
    page = reverse("workflows:action-item", args=[item.action_item.pk])
    ask_page = reverse("workflows:extension-ask", args=[item.pk])
    scene.sign_in(client, scene.contributor)
    assert ask_page in client.get(page).content.decode()
    item.due_at += timedelta(days=5000)
    item.save()
    entered = {"until": (item.due_at + timedelta(days=30)).date().isoformat(), "reason": "On leave."}

    assert client.post(ask_page, entered).status_code == 302

    told = Notice.objects.filter(kind="cases.extension_requested")
    assert [one.person for one in told] == [scene.partner.lead]
    answer = reverse("workflows:extension", args=[Extension.objects.get().pk])
    shown = client.get(page).content.decode()
    assert answer in shown
    assert ask_page not in shown
    assert client.get(ask_page).headers["Location"] == answer
    seen = {}
    desks = {
        "lead": scene.partner.lead,
        "coach": scene.partner.coach,
        "other lead": scene.other_partner.lead,
        "program": scene.manager,
        "city": scene.lead,
    }
    for name, person in desks.items():
        scene.sign_in(client, person)
        seen[name] = answer in client.get(reverse("workflows:desk")).content.decode()
    assert {name for name, is_there in seen.items() if is_there} == {"lead"}
    scene.sign_in(client, scene.partner.lead)
    assert client.post(answer, {"deed": "grant"}).status_code == 302
    assert answer not in client.get(reverse("workflows:desk")).content.decode()

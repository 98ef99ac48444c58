"""Agenda and follow-up of a session: what stands in them, to whom they go, and that they go once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from coaching.enums import NoteAudience, SessionMailKind
from coaching.models import Session, SessionMail
from coaching.services import Record, write_note
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice
from tests.coaching.actions import agree
from tests.coaching.sessions import AGENDA, plan
from tests.scenes import Scene
from tests.workflows.pages import page_for
from workflows import services
from workflows.services.session_mails import TOLD, draft_of

SECRETS = ("The mayor bores me.", "They are far behind.")


def plan_with_notes(scene: Scene) -> None:
    scene.walk_to("work")
    plan(scene, criteria=list(scene.standard.criteria.filter(code="DM1")))
    for audience, words in zip((NoteAudience.PRIVATE, NoteAudience.PARTNER), SECRETS, strict=True):
        place: dict[str, Any] = {"engagement_id": scene.engagement().pk, "by": scene.partner.coach}
        write_note(audience=audience, text=words, key=uuid4(), now=scene.now, **place)


@pytest.fixture
def planned(scene: Scene) -> Scene:
    scene.arrange(plan_with_notes)
    return scene


def send(scene: Scene, kind: str = "agenda", **given: Any) -> SessionMail:
    session = Session.objects.filter(status__in=["planned", "held"]).order_by("planned_at")[0]
    values: dict[str, Any] = {
        "subject": "Agenda",
        "text": "Bring the inventory.",
        "recipients": list(session.invitees.values_list("pk", flat=True)),
        "key": uuid4(),
        "by": scene.partner.coach,
        "now": scene.tick(),
    }
    return services.send_session_mail(session_id=session.pk, kind=kind, **values | given)


def hold(scene: Scene) -> Session:
    session = Session.objects.get(status="planned")
    record = Record(scene.today, 60, notes="We chose twelve data sets.")
    services.hold_session(session_id=session.pk, record=record, by=scene.partner.coach, now=scene.tick())
    return Session.objects.for_list().get(pk=session.pk)


def told() -> set[tuple[str, str]]:
    return {(one.recipient, one.text) for one in Notice.objects.filter(kind=TOLD)}


def test_agenda_goes_to_those_invited_once_and_stays_on_record(planned: Scene) -> None:
    key = uuid4()

    first, second = send(planned, key=key), send(planned, key=key)

    assert first == second
    assert told() == {
        (planned.lead.email, "Bring the inventory."),
        ("clerk@paterson.example", "Bring the inventory."),
    }
    assert Notice.objects.filter(kind=TOLD).count() == 2
    assert AuditEvent.objects.get(action="coaching.session_mail_sent").new["recipients"] == 2


def test_draft_is_made_of_what_the_city_reads(planned: Scene) -> None:
    agenda = draft_of(Session.objects.for_list().get(), SessionMailKind.AGENDA, now=planned.now)
    held = hold(planned)
    plan(planned, starts_at=planned.now + timedelta(days=14))
    agree(planned, owner=planned.lead)

    follow_up = draft_of(held, SessionMailKind.FOLLOW_UP, now=planned.now)

    assert AGENDA in agenda.text
    assert "DM1 Somebody answers for data." in agenda.text
    for words in ("We met on", "We chose twelve data sets.", "Next session: ", "To do:", planned.lead.name):
        assert words in follow_up.text
    assert [words for words in SECRETS if words in agenda.text + follow_up.text] == []


def test_agenda_goes_out_before_and_follow_up_after(planned: Scene) -> None:
    with pytest.raises(WrongState):
        send(planned, "follow_up")
    hold(planned)

    send(planned, "follow_up")

    with pytest.raises(WrongState):
        send(planned, "agenda")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipients": []}, "recipients"),
        ({"recipients": [0]}, "recipients"),
        ({"subject": "a\r\nBcc: b@x.example"}, "subject"),
        ({"subject": " "}, "subject"),
        ({"text": " "}, "text"),
    ],
)
def test_wrong_mail_names_its_field(planned: Scene, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        send(planned, **wrong)

    assert list(refused.value.errors) == [field]
    assert told() == set()


def test_only_the_coach_sends(planned: Scene) -> None:
    for name in ("partner_lead", "second_coach", "lead", "manager"):
        with pytest.raises(NotAllowed):
            send(planned, by=planned.everyone[name])
    for name in ("other_coach", "other_lead", "assessor"):
        with pytest.raises(NotFound):
            send(planned, by=planned.everyone[name])


def test_coach_writes_previews_and_sends_on_the_page(planned: Scene, client: Client) -> None:
    session = Session.objects.get()
    url = f"{session.get_absolute_url()}mail/"
    planned.sign_in(client, planned.partner.coach)
    page = client.get(url)
    typed = {
        "key": str(uuid4()),
        "subject": "What we do",
        "text": "Bring <b>it</b>.",
        "recipients": [str(session.invitees.get(person=planned.lead).pk)],
    }

    preview = client.post(url, typed | {"deed": "preview"})
    wrong = client.post(url, typed | {"deed": "send", "subject": ""})
    sent = [client.post(url, typed | {"deed": "send"}) for _n in range(2)]

    assert AGENDA in page.content.decode()
    assert "This is what they get" in preview.content.decode()
    assert "Bring &lt;b&gt;it&lt;/b&gt;." in preview.content.decode()
    assert (wrong.status_code, [one.status_code for one in sent]) == (400, [302, 302])
    assert told() == {(planned.lead.email, "Bring <b>it</b>.")}
    record = page_for(planned, client, planned.contributor, session.get_absolute_url())
    assert "What we do" in record
    assert planned.lead.name in record


def test_session_that_is_off_has_no_mail(planned: Scene, client: Client) -> None:
    session = Session.objects.get()
    services.call_off_session(session_id=session.pk, reason="", by=planned.partner.coach, now=planned.tick())
    planned.sign_in(client, planned.partner.coach)

    assert client.get(f"{session.get_absolute_url()}mail/").status_code == 409
    assert "Send" not in client.get(session.get_absolute_url()).content.decode()

"""Documents of an engagement: who adds, reads and withdraws them, and what is refused."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.errors import CaseClosed
from coaching.enums import NoteAudience
from coaching.models import Document
from coaching.services import add_document, withdraw_document
from core.errors import InvalidInput, NotAllowed, NotFound
from core.files import FileRefused
from core.models import AuditEvent, StoredFile
from people.models import User
from tests.api.callers import make_key
from tests.scenes import Scene
from tests.workflows.pages import page_for, page_of
from workflows import services

PARTNER = {"partner_lead", "coach", "second_coach"}
READERS = {
    NoteAudience.PARTNER: PARTNER,
    NoteAudience.CITY: PARTNER | {"lead", "contributor", "sponsor", "manager", "director"},
}


def add(scene: Scene, audience: str, by: User | None = None, **given: Any) -> Document:
    values: dict[str, Any] = {
        "title": f"Inventory, {audience}",
        "upload": SimpleUploadedFile("inventory.csv", b"name,owner\nPotholes,Streets\n"),
        "key": uuid4(),
        "now": scene.tick(),
    }
    by = by or scene.partner.coach
    return add_document(engagement_id=scene.engagement().pk, audience=audience, by=by, **values | given)


@pytest.fixture
def coached(scene: Scene) -> Scene:
    scene.walk_to("work")
    return scene


def test_each_document_is_read_by_exactly_its_audience(coached: Scene, client: Client) -> None:
    documents = {audience: add(coached, audience) for audience in READERS}
    pages = (f"/engagements/{coached.engagement().pk}/documents/", page_of(coached.engagement()))

    for audience, readers in READERS.items():
        found = {
            name
            for name, person in coached.everyone.items()
            if Document.objects.visible_to(coached.fresh(person)).filter(audience=audience).exists()
        }
        assert found == readers
        for name in ("coach", "lead", "manager", "other_partner_lead", "assessor", "other_lead"):
            person = coached.everyone[name]
            shown = {f"Inventory, {audience}" in page_for(coached, client, person, page) for page in pages}
            assert shown == {name in readers}, name
            answer = client.get(f"/files/documents/{documents[audience].pk}/")
            assert answer.status_code == (200 if name in readers else 404)
            if answer.streaming:
                answer.getvalue()  # which closes the file
    assert not Document.objects.visible_to(None).exists()
    events = AuditEvent.objects.filter(action="coaching.document_added")
    assert {event.dossier for event in events} == {None, coached.case.pk}
    assert all(not event.new for event in events)


def test_no_api_key_reads_a_document(coached: Scene) -> None:
    add(coached, NoteAudience.CITY)

    for organization in (coached.partner.organization, coached.city.organization):
        key, _token = make_key(organization)
        assert not Document.objects.visible_to(key.user).exists()


def test_file_is_a_download_and_nothing_else(coached: Scene, client: Client) -> None:
    document = add(coached, NoteAudience.CITY)
    coached.sign_in(client, coached.lead)

    answer = client.get(f"/files/documents/{document.pk}/")

    assert answer["Content-Disposition"] == 'attachment; filename="inventory.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.getvalue().startswith(b"name,owner")


def test_city_lead_adds_for_everybody_of_the_engagement_and_nobody_else_of_the_city(coached: Scene) -> None:
    mine = add(coached, NoteAudience.CITY, by=coached.lead)

    assert Document.objects.visible_to(coached.partner.coach).get() == mine
    with pytest.raises(InvalidInput):
        add(coached, NoteAudience.PARTNER, by=coached.lead)
    for name in ("contributor", "sponsor", "manager"):
        with pytest.raises(NotAllowed):
            add(coached, NoteAudience.CITY, by=coached.everyone[name])
    for name in ("other_coach", "other_lead", "assessor"):
        with pytest.raises(NotFound):
            add(coached, NoteAudience.CITY, by=coached.everyone[name])


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"audience": "private"}, InvalidInput),
        ({"title": "a\u202eb"}, InvalidInput),
        ({"title": "x" * 201}, InvalidInput),
        ({"upload": SimpleUploadedFile("page.html", b"<html></html>")}, FileRefused),
        ({"upload": SimpleUploadedFile("empty.txt", b"")}, FileRefused),
    ],
)
def test_wrong_document_leaves_nothing(coached: Scene, wrong: dict[str, Any], refusal: Any) -> None:
    audience = wrong.pop("audience", NoteAudience.CITY)

    with pytest.raises(refusal):
        add(coached, audience, **wrong)

    assert not Document.objects.exists()
    assert not StoredFile.objects.filter(name__in=["page.html", "empty.txt", "inventory.csv"]).exists()


def test_same_form_sent_twice_is_one_document(coached: Scene) -> None:
    key = uuid4()

    assert add(coached, NoteAudience.CITY, key=key) == add(coached, NoteAudience.CITY, key=key)


def test_own_document_is_withdrawn_and_stays_on_record(coached: Scene) -> None:
    document = add(coached, NoteAudience.CITY)

    with pytest.raises(NotAllowed):
        withdraw_document(document_id=document.pk, by=coached.lead, now=coached.now)
    withdraw_document(document_id=document.pk, by=coached.partner.coach, now=coached.tick())

    assert not Document.objects.visible_to(coached.partner.coach).exists()
    with pytest.raises(NotFound):
        withdraw_document(document_id=document.pk, by=coached.partner.coach, now=coached.now)
    assert AuditEvent.objects.filter(action="coaching.document_withdrawn").exists()


def test_ended_case_keeps_its_documents_as_they_are(coached: Scene) -> None:
    document = add(coached, NoteAudience.CITY)
    services.withdraw_case(case_id=coached.case.pk, reason="x", by=coached.lead, now=coached.tick())

    with pytest.raises(CaseClosed):
        add(coached, NoteAudience.CITY)
    with pytest.raises(CaseClosed):
        withdraw_document(document_id=document.pk, by=coached.partner.coach, now=coached.now)


def test_documents_are_added_and_withdrawn_on_their_page(coached: Scene, client: Client) -> None:
    url = f"/engagements/{coached.engagement().pk}/documents/"
    coached.sign_in(client, coached.partner.coach)
    form = {"key": str(uuid4()), "audience": "city", "title": ""}

    page = client.get(url).content.decode()
    empty = client.post(url, form)
    bad = client.post(url, form | {"file": SimpleUploadedFile("page.html", b"<html></html>")})
    added = client.post(url, form | {"file": SimpleUploadedFile("plan.txt", b"We plan.")})
    document = Document.objects.get()
    gone = client.post(f"/documents/{document.pk}/withdraw/")

    assert "My organization" in page
    assert (empty.status_code, bad.status_code, added.status_code, gone.status_code) == (400, 400, 302, 302)
    assert "This kind of file is not accepted" in bad.content.decode()
    assert document.title == "plan.txt"
    assert "My organization" not in page_for(coached, client, coached.lead, url)


def test_list_asks_the_same_for_one_and_for_many(coached: Scene, client: Client) -> None:
    url = f"/engagements/{coached.engagement().pk}/documents/"
    add(coached, NoteAudience.CITY)
    coached.sign_in(client, coached.lead)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    one = queries()
    for _n in range(4):
        add(coached, NoteAudience.CITY)

    assert queries() == one == 7

"""Notes on an engagement: who reads which, how they come to more readers, and that nothing of them leaks."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.errors import CaseClosed
from coaching.enums import NoteAudience
from coaching.models import Note
from coaching.selectors import shared_coaching
from coaching.services import edit_note, widen_note, write_note
from core.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from core.models import AuditEvent
from notifications.models import Notice
from people.models import Affiliation, User
from tests.scenes import Scene
from tests.workflows.pages import page_for, page_of
from workflows import services
from workflows.views.notes import TONES

CITY = {"lead", "contributor", "sponsor"}
PROGRAM = {"manager", "director"}
PARTNER = {"partner_lead", "coach", "second_coach"}
WORDS = {
    NoteAudience.PRIVATE: "The mayor bores me.",
    NoteAudience.PARTNER: "They are far behind.",
    NoteAudience.CITY: "We chose twelve data sets.",
}
READERS = {
    NoteAudience.PRIVATE: {"coach"},
    NoteAudience.PARTNER: PARTNER,
    NoteAudience.CITY: PARTNER | CITY | PROGRAM,
}


def write(scene: Scene, audience: NoteAudience, by: User | None = None, **given: Any) -> Note:
    values = {"text": WORDS[audience], "key": uuid4(), "now": scene.now} | given
    return write_note(
        engagement_id=scene.engagement().pk, audience=audience, by=by or scene.partner.coach, **values
    )


def keep_a_note_of_each_kind(scene: Scene) -> None:
    scene.walk_to("work")
    for audience in NoteAudience:
        write(scene, audience)


@pytest.fixture
def noted(scene: Scene) -> Scene:
    """Both engagements are under way, and the coach of the first has written for each audience."""
    scene.arrange(keep_a_note_of_each_kind)
    return scene


def test_each_note_is_read_by_exactly_its_audience(noted: Scene) -> None:
    for audience, readers in READERS.items():
        found = {
            name
            for name, person in noted.everyone.items()
            if Note.objects.visible_to(noted.fresh(person)).filter(audience=audience).exists()
        }
        assert found == readers, audience
    assert not Note.objects.visible_to(None).exists()


def test_page_of_the_engagement_shows_each_reader_their_notes_with_the_audience(
    noted: Scene, client: Client
) -> None:
    url = page_of(noted.engagement())

    shown = {name: page_for(noted, client, person, url) for name, person in noted.everyone.items()}

    for audience, readers in READERS.items():
        assert {name for name, page in shown.items() if WORDS[audience] in page} == readers
    for audience in NoteAudience:
        assert str(audience.label) in shown["coach"]
    assert set(TONES) == set(NoteAudience)


def test_nothing_of_a_note_is_found_by_anybody_else(noted: Scene) -> None:
    case = f"/cases/{noted.case.pk}"
    pages = [
        *(f"{case}/{tab}" for tab in ("", "people/", "documents/", "deadlines/", "coaching/", "messages/")),
        "/cases/",
        "/desk/",
        "/notices/",
        "/engagements/",
        page_of(noted.engagement(noted.other_partner)),
        f"/people/of/{noted.partner.organization.slug}/coach/{noted.partner.coach.email}/",
        "/reports/pipeline/",
        f"/api/v1/cities/{noted.city.slug}/",
        f"/api/v1/cities/{noted.city.slug}/timeline/",
    ]

    for name in (
        "lead",
        "coach",
        "partner_lead",
        "second_coach",
        "other_partner_lead",
        "assessor",
        "manager",
    ):
        client = noted.sign_in(Client(), noted.everyone[name])
        for page in pages:
            answer = client.get(page)
            told = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert [words for words in WORDS.values() if words in told] == [], (name, page)
    events = AuditEvent.objects.filter(action__startswith="coaching.note")
    assert events.count() == 3
    assert all(not event.old and not event.new for event in events)
    assert events.filter(dossier=noted.case.pk).count() == 1
    said = [f"{one.subject} {one.text}" for one in Notice.objects.all()] + [one.body for one in mail.outbox]
    assert [words for words in WORDS.values() for text in said if words in text] == []


def test_pages_about_the_coaching_keep_what_is_not_shared_to_themselves(noted: Scene) -> None:
    engagement = f"/engagements/{noted.engagement().pk}"
    partner = f"/partners/{noted.partner.organization.slug}"
    parts = ("brief", "actions", "documents", "health", "sessions", "pause", "transfer")
    pages = [
        *(f"{engagement}/{part}/" for part in parts),
        *(f"{partner}/{part}" for part in ("", "board/", "assign/")),
        "/my-cities/",
        "/my-cities/?view=table",
        "/my-cities.csv",
        "/sprints/",
        "/absence/",
        "/deadlines/",
        "/api/v1/engagements/",
        f"/api/v1{engagement}/",
    ]
    kept = [WORDS[NoteAudience.PRIVATE], WORDS[NoteAudience.PARTNER]]

    found = set()
    for name in ("lead", "coach", "partner_lead", "second_coach", "other_partner_lead", "manager"):
        client = noted.sign_in(Client(), noted.everyone[name])
        for page in pages:
            answer = client.get(page)
            found.add((page, answer.status_code))
            told = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert [words for words in kept if words in told] == [], (name, page)

    assert {page for page, status in found if status == 200} == set(pages)


def test_committee_reads_shared_notes_in_the_packet_and_no_others(noted: Scene) -> None:
    told = str(shared_coaching(noted.case))

    assert [audience for audience, words in WORDS.items() if words in told] == [NoteAudience.CITY]


def test_notes_are_written_by_the_partners_people_alone(noted: Scene) -> None:
    write(noted, NoteAudience.PARTNER, by=noted.partner.lead)

    for name in CITY | PROGRAM:
        with pytest.raises(NotAllowed):
            write(noted, NoteAudience.CITY, by=noted.everyone[name])
    for name in ("other_coach", "other_partner_lead", "assessor", "member", "other_lead"):
        with pytest.raises(NotFound):
            write(noted, NoteAudience.CITY, by=noted.everyone[name])


def test_rights_end_with_the_membership_for_private_notes_too(noted: Scene) -> None:
    coach = noted.partner.coach

    Affiliation.objects.filter(person=coach).update(until=timezone.localdate().replace(year=2025))

    assert not Note.objects.visible_to(noted.fresh(coach)).exists()


def test_same_form_sent_twice_is_one_note(noted: Scene) -> None:
    key = uuid4()

    first, second = (write(noted, NoteAudience.PARTNER, key=key) for _n in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "\u202eback"}, "text"),
        ({"audience": "everybody"}, "audience"),
    ],
)
def test_wrong_note_names_its_field(noted: Scene, wrong: dict[str, Any], field: str) -> None:
    given = {"audience": "city", "text": "We met.", "key": uuid4(), "now": noted.now} | wrong

    with pytest.raises(InvalidInput) as refused:
        write_note(engagement_id=noted.engagement().pk, by=noted.partner.coach, **given)

    assert list(refused.value.errors) == [field]


def test_author_shows_a_note_to_more_people_and_never_to_fewer(noted: Scene) -> None:
    note = Note.objects.get(audience=NoteAudience.PRIVATE)
    coach, now = noted.partner.coach, noted.tick()

    widen_note(note_id=note.pk, audience=NoteAudience.CITY, by=coach, now=now)

    assert Note.objects.visible_to(noted.lead).filter(pk=note.pk).exists()
    event = AuditEvent.objects.get(action="coaching.note_widened")
    assert event.dossier == noted.case.pk
    with pytest.raises(InvalidInput):
        widen_note(note_id=note.pk, audience=NoteAudience.PARTNER, by=coach, now=now)


def test_nobody_else_changes_or_widens_a_note(noted: Scene) -> None:
    for audience, refusal in ((NoteAudience.PARTNER, NotAllowed), (NoteAudience.PRIVATE, NotFound)):
        note = Note.objects.get(audience=audience)
        with pytest.raises(refusal):
            edit_note(note_id=note.pk, text="No.", version="", by=noted.partner.lead, now=noted.now)
        with pytest.raises(refusal):
            widen_note(note_id=note.pk, audience=NoteAudience.CITY, by=noted.partner.lead, now=noted.now)


def test_notes_of_an_ended_case_stay_as_they_are(noted: Scene) -> None:
    services.withdraw_case(case_id=noted.case.pk, reason="x", by=noted.lead, now=noted.tick())

    with pytest.raises(CaseClosed):
        write(noted, NoteAudience.PARTNER)
    note = Note.objects.filter(written_by=noted.partner.coach).first()
    assert note is not None
    with pytest.raises(CaseClosed):
        edit_note(note_id=note.pk, text="No.", version="", by=noted.partner.coach, now=noted.now)


def test_coach_writes_changes_and_shares_a_note_on_the_page(noted: Scene, client: Client) -> None:
    url = page_of(noted.engagement())
    noted.sign_in(client, noted.partner.coach)
    typed = {"deed": "note", "key": str(uuid4()), "text": "**Bold** <b>plan</b>"}

    refused = client.post(url, typed)
    kept = client.post(url, typed | {"audience": "private"})
    note = Note.objects.get(text="**Bold** <b>plan</b>")
    client.post(f"/notes/{note.pk}/edit/", {"text": "**Bolder**"})
    client.post(f"/notes/{note.pk}/widen/", {"audience": "city"})

    assert refused.status_code == 400
    assert "**Bold** &lt;b&gt;plan&lt;/b&gt;" in refused.content.decode()
    assert "Choose who reads the note." in refused.content.decode()
    assert kept["Location"] == url
    page = page_for(noted, client, noted.lead, url)
    assert "<strong>Bolder</strong>" in page
    assert "changed" in page
    assert "Change the words" not in page


def test_partner_that_has_not_accepted_has_no_word_in_the_citys_file(scene: Scene, client: Client) -> None:
    (offer, *_others) = scene.walk_to("respond")
    by = scene.fresh(scene.partner.lead)
    given = {"engagement_id": offer.subject, "text": "Words.", "now": scene.now, "by": by}
    scene.sign_in(client, scene.partner.lead)
    page = reverse("workflows:engagement-detail", args=[offer.subject])

    own = write_note(audience=NoteAudience.PARTNER, key=uuid4(), **given)
    with pytest.raises(InvalidInput):
        write_note(audience=NoteAudience.CITY, key=uuid4(), **given)
    with pytest.raises(InvalidInput):
        widen_note(note_id=own.pk, audience=NoteAudience.CITY, by=by, now=scene.now)

    shown = client.get(page).content.decode()
    assert "My organization" in shown
    assert "The city as well" not in shown
    assert "can&#x27;t be undone" not in shown


def test_later_save_of_an_older_page_overwrites_nothing(noted: Scene, client: Client) -> None:
    note = Note.objects.get(audience=NoteAudience.PARTNER)
    noted.sign_in(client, noted.partner.coach)
    url = f"/notes/{note.pk}/edit/"
    client.post(url, {"text": "From the first tab.", "version": ""})

    refused = client.post(url, {"text": "From the second tab.", "version": ""})
    kept = Note.objects.get(pk=note.pk).text
    with pytest.raises(EditConflict):
        edit_note(note_id=note.pk, text="No.", version="", by=noted.partner.coach, now=noted.now)
    version = str(refused.context["form"]["version"].value())
    client.post(url, {"text": "From the second tab.", "version": version})

    page = refused.content.decode()
    assert (refused.status_code, kept) == (409, "From the first tab.")
    assert "From the first tab." in page
    assert "From the second tab." in page
    assert Note.objects.get(pk=note.pk).text == "From the second tab."

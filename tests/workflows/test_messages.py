"""The messages of a case: who reads and writes which thread, who is told, and that nothing of them leaks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.enums import ParticipationRole, Thread
from cases.models import Attachment, Message
from cases.services import begin_participation
from core.errors import InvalidInput, NotAllowed, NotFound
from core.files import store
from core.models import AuditEvent
from notifications.models import Delivery, Notice, Reminder
from notifications.services import deliver_due, send_due_reminders
from people.models import Affiliation, User
from tests.cast import make_person
from tests.scenes import Scene
from tests.workflows.concurrency import at_once
from workflows import services

CITY = {"lead", "contributor", "sponsor"}
PROGRAM = {"manager", "director"}
WORDS = {Thread.CITY: "The budget office hesitates.", Thread.INTERNAL: "They will never get there."}
FILES = {Thread.CITY: "city-minutes.txt", Thread.INTERNAL: "our-doubts.txt"}


def page_of(scene: Scene, thread: Thread = Thread.CITY) -> str:
    return f"/cases/{scene.case.pk}/messages/" + ("internal/" if thread is Thread.INTERNAL else "")


def send(scene: Scene, by: User, thread: Thread = Thread.CITY, **given: Any) -> Message:
    values = {"text": WORDS[thread], "key": uuid4(), "now": timezone.now()} | given
    return services.send_message(case_id=scene.case.pk, thread=thread, by=scene.fresh(by), **values)


def read(scene: Scene, who: User, thread: Thread = Thread.CITY) -> str:
    return scene.sign_in(Client(), who).get(page_of(scene, thread)).content.decode()


def write(scene: Scene, who: User, thread: Thread = Thread.CITY, **given: Any) -> Any:
    """The form as a browser sends it."""
    entered = {"text": WORDS[thread], "key": str(uuid4())} | given
    return scene.sign_in(Client(), who).post(page_of(scene, thread), entered)


def a_while_later() -> None:
    """The next sweep that finds the planned notices, and the mails."""
    later = timezone.now() + timedelta(minutes=6)
    send_due_reminders(now=later)
    deliver_due(now=later)


def mails() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in (one for one in mail.outbox if "message" in one.subject):
        found.setdefault(one.to[0], []).append(one.subject)
    mail.outbox.clear()
    return found


@pytest.fixture
def opened(scene: Scene) -> Scene:
    scene.open_case()
    return scene


def test_each_thread_is_read_and_written_by_exactly_these(opened: Scene) -> None:
    send(opened, opened.lead)
    send(opened, opened.manager, Thread.INTERNAL)
    readers: dict[Thread, set[str]] = {thread: set() for thread in Thread}
    writers: dict[Thread, set[str]] = {thread: set() for thread in Thread}

    for name, person in opened.everyone.items():
        for thread in Thread:
            if person.is_active and WORDS[thread] in read(opened, person, thread):
                readers[thread].add(name)
            try:
                with transaction.atomic():
                    send(opened, person, thread)
                writers[thread].add(name)
            except (NotAllowed, NotFound):
                continue

    assert readers == {Thread.CITY: CITY | PROGRAM, Thread.INTERNAL: PROGRAM}
    assert writers == {Thread.CITY: {"lead", "contributor"} | PROGRAM, Thread.INTERNAL: PROGRAM}
    seen = {
        name: set(Message.objects.visible_to(opened.fresh(person)).values_list("thread", flat=True))
        for name, person in opened.everyone.items()
    }
    assert {name for name, threads in seen.items() if "internal" in threads} == PROGRAM
    assert {name for name, threads in seen.items() if threads} == CITY | PROGRAM


def test_reading_ends_with_the_affiliation(opened: Scene) -> None:
    attachment = send_with_file(opened, Thread.CITY)
    Affiliation.objects.filter(person=opened.contributor).update(until=opened.today)

    client = opened.sign_in(Client(), opened.contributor)

    assert client.get(page_of(opened)).status_code == 404
    assert client.get(f"/files/messages/{attachment.pk}/").status_code == 404


def test_contributor_of_one_city_who_sponsors_another_writes_in_the_first_only(opened: Scene) -> None:
    Affiliation.objects.create(
        person=opened.contributor,
        organization=opened.other_city.organization,
        role="city_sponsor",
        since="2020-01-01",
    )
    opened.open_case(opened.other_city, by=opened.other_lead)

    with pytest.raises(NotAllowed):
        send(opened, opened.contributor)


def send_with_file(scene: Scene, thread: Thread) -> Attachment:
    upload = SimpleUploadedFile(FILES[thread], f"{WORDS[thread]} In a file.".encode())
    return send(scene, scene.manager, thread, uploads=[upload]).attachments.get()


def test_file_of_a_message_is_served_as_a_download_to_its_readers(opened: Scene) -> None:
    attachments = {thread: send_with_file(opened, thread) for thread in Thread}

    for thread, readers in {Thread.CITY: CITY | PROGRAM, Thread.INTERNAL: PROGRAM}.items():
        found: dict[int, set[str]] = {}
        for name, person in opened.everyone.items():
            answer = opened.sign_in(Client(), person).get(f"/files/messages/{attachments[thread].pk}/")
            found.setdefault(answer.status_code, set()).add(name)
            if name == "manager":
                download = answer
            if answer.status_code == 200:
                assert WORDS[thread].encode() in b"".join(answer)
        assert found[200] == readers
        assert found[302] == {"deactivated"}
        assert set(found) == {200, 302, 404}
        assert download["Content-Disposition"].startswith("attachment")
        assert download["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"text": "Turned \u202eround"}, "text"),
        ({"file": [SimpleUploadedFile("page.pdf", b"<html>")]}, "file"),
        ({"file": [SimpleUploadedFile(f"{n}.txt", b"Six files.") for n in range(6)]}, "file"),
        ({"mentioned": ["0"]}, "mentioned"),
        ({"key": "nothing"}, "key"),
    ],
)
def test_message_that_is_refused_keeps_what_was_typed(opened: Scene, given: Any, field: str) -> None:
    answer = write(opened, opened.lead, **{"text": "Typed with care."} | given)

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert field == "text" or "Typed with care." in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"text": "Turned \u202eround"}, "text"),
        ({"uploads": [None] * 6}, "file"),
        ({"mentioned": [0]}, "mentioned"),
    ],
)
def test_limits_hold_whoever_calls(opened: Scene, given: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        send(opened, opened.lead, **given)

    assert list(refusal.value.errors) == [field]


def test_same_form_sent_twice_is_one_message(opened: Scene) -> None:
    key = str(uuid4())

    first = write(opened, opened.lead, key=key, file=[SimpleUploadedFile("a.txt", b"One.")])
    again = write(opened, opened.lead, key=key, file=[SimpleUploadedFile("a.txt", b"One.")])

    assert (first.status_code, again.status_code) == (302, 302)
    assert Message.objects.count() == Attachment.objects.count() == 1
    write(opened, opened.manager, key=key)
    assert Message.objects.count() == 2


def test_a_file_alone_is_a_message(opened: Scene) -> None:
    sent = write(opened, opened.lead, text=" ", file=[SimpleUploadedFile("a.txt", b"One.")])

    assert sent.status_code == 302
    page = read(opened, opened.manager)
    assert "a.txt" in page
    assert "mp-message__text" not in page


def test_text_is_shown_as_text_with_its_links(opened: Scene) -> None:
    send(
        opened, opened.lead, text="<script>alert(1)</script>\nhttps://paterson.example/x javascript:alert(1)"
    )

    page = read(opened, opened.manager)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>" in page
    assert '<a href="https://paterson.example/x" rel="nofollow">' in page
    assert 'href="javascript' not in page


def test_messages_neither_change_nor_go(opened: Scene) -> None:
    attachment = send_with_file(opened, Thread.CITY)

    for change in (
        lambda: Message.objects.update(text="Nothing."),
        lambda: Message.objects.all()._raw_delete("default"),
        lambda: Attachment.objects.filter(pk=attachment.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="kept as they were sent"), transaction.atomic():
            change()


def test_messages_go_on_during_a_hold_and_end_with_the_case(opened: Scene) -> None:
    services.hold_case(case_id=opened.case.pk, reason="A flood.", by=opened.manager, now=opened.tick())
    assert write(opened, opened.lead).status_code == 302

    services.withdraw_case(case_id=opened.case.pk, reason="x", by=opened.lead, now=opened.tick())

    late = write(opened, opened.lead, text="Too late, but not lost.")
    assert late.status_code == 409
    assert "Too late, but not lost." in late.content.decode()
    assert Message.objects.count() == 1
    page = read(opened, opened.manager)
    assert WORDS[Thread.CITY] in page
    assert "Send to city and program" not in page


def test_page_names_its_readers_beside_the_button_and_never_offers_the_other_thread(opened: Scene) -> None:
    city, internal = (read(opened, opened.manager, thread) for thread in Thread)

    assert "Paterson and the program office read it." in city
    assert "Send to city and program" in city
    assert f'action="{page_of(opened)}"' in city
    assert "Only the program office reads it; Paterson does not." in internal
    assert "Send within the program" in internal
    assert f'action="{page_of(opened, Thread.INTERNAL)}"' in internal
    assert "Send within" not in city
    assert "Send to city" not in internal
    assert "internal" not in read(opened, opened.lead).lower()
    assert "leads and contributors write" in read(opened, opened.sponsor)


# Unread marks and notices


def tab_count(scene: Scene, who: User) -> int:
    answer = scene.sign_in(Client(), who).get(f"/cases/{scene.case.pk}/documents/")
    return next(tab["count"] for tab in answer.context["tabs"] if "/messages/" in tab["url"]) or 0


def test_messages_are_unread_for_everyone_but_their_writer_until_they_look(opened: Scene) -> None:
    send(opened, opened.lead)
    send(opened, opened.manager)
    send(opened, opened.manager, Thread.INTERNAL)
    people = ("lead", "contributor", "manager", "director")

    before = {name: tab_count(opened, opened.everyone[name]) for name in people}
    page = read(opened, opened.director)
    again = read(opened, opened.director)

    assert before == {"lead": 1, "contributor": 2, "manager": 1, "director": 3}
    assert page.count(">new<") == 2
    assert again.count(">new<") == 0
    assert tab_count(opened, opened.director) == 1
    assert tab_count(opened, opened.contributor) == 2


def news_of(scene: Scene, who: User) -> tuple[int, list[str]]:
    answer = scene.sign_in(Client(), who).get("/desk/")
    news = answer.context["news"]
    urls = [link["url"] for link in news["links"]]
    assert all(url in answer.content.decode() for url in urls)
    return news["cases"], urls


def test_desk_says_which_cases_have_new_messages(opened: Scene) -> None:
    send(opened, opened.lead)
    send(opened, opened.director, Thread.INTERNAL)

    assert news_of(opened, opened.lead) == (0, [])
    assert news_of(opened, opened.contributor) == (1, [page_of(opened)])
    both = [page_of(opened, Thread.INTERNAL), page_of(opened)]
    assert news_of(opened, opened.manager) == (1, both)
    assert news_of(opened, opened.director) == (1, [page_of(opened)])
    for name in ("coach", "assessor", "member", "other_lead"):
        assert news_of(opened, opened.everyone[name]) == (0, []), name
    read(opened, opened.contributor)
    assert news_of(opened, opened.contributor) == (0, [])

    client = opened.sign_in(Client(), opened.manager)
    client.get("/desk/")
    with CaptureQueriesContext(connection) as before:
        client.get("/desk/")
    opened.open_case(opened.other_city, by=opened.other_lead)
    send(opened, opened.other_lead)
    with CaptureQueriesContext(connection) as after:
        page = client.get("/desk/").content.decode()
    assert "2 cases have new messages for you" in page
    assert len(before) == len(after)


def test_other_side_is_told_once_of_many_messages(opened: Scene) -> None:
    for _n in range(3):
        send(opened, opened.lead)

    a_while_later()
    told = mails()

    program = {opened.manager.email, opened.director.email}
    assert set(told) == program
    assert all(subjects == ["New messages about Paterson"] for subjects in told.values())
    notice = Notice.objects.get(person=opened.manager, kind="cases.message_written")
    assert notice.url == page_of(opened)
    send(opened, opened.lead)
    a_while_later()
    assert mails() == {}, "an unread notice of the thread lies there already"

    read(opened, opened.manager)
    notice.refresh_from_db()
    assert notice.read_at is not None
    send(opened, opened.lead)
    a_while_later()
    assert set(mails()) == {opened.manager.email}


def test_program_is_told_by_the_manager_of_the_case(opened: Scene) -> None:
    role, now = ParticipationRole.MANAGER, opened.tick()
    begin_participation(case=opened.case, role=role, person=opened.manager, by=opened.manager, now=now)

    send(opened, opened.lead)
    a_while_later()

    assert set(mails()) == {opened.manager.email}
    assert Notice.objects.get(kind="cases.message_written").person == opened.manager


def test_city_is_told_by_its_leads_and_those_who_wrote(opened: Scene) -> None:
    send(opened, opened.manager)
    a_while_later()
    assert set(mails()) == {opened.lead.email}

    read(opened, opened.lead)
    send(opened, opened.contributor)
    a_while_later()
    assert set(mails()) == {opened.manager.email, opened.director.email}
    send(opened, opened.manager)
    a_while_later()
    assert set(mails()) == {opened.lead.email, opened.contributor.email}


def test_nobody_is_told_of_what_they_have_read_meanwhile(opened: Scene) -> None:
    send(opened, opened.lead)
    read(opened, opened.manager)
    read(opened, opened.director)

    a_while_later()

    assert mails() == {}
    assert Reminder.objects.get(kind="cases.message_written").state == "suppressed"


def test_internal_messages_are_told_to_the_program_only(opened: Scene) -> None:
    send(opened, opened.director, Thread.INTERNAL)

    a_while_later()

    assert mails() == {opened.manager.email: ["New internal messages about Paterson"]}


def test_mentioned_people_are_told_at_once_and_not_again(opened: Scene) -> None:
    ticked = write(opened, opened.lead, mentioned=[str(opened.director.pk)])
    write(opened, opened.lead, text="And @Sponsor of Paterson should read this, @Nobody of Program office.")
    deliver_due(now=timezone.now())

    assert ticked.status_code == 302
    told = mails()
    assert set(told) == {opened.director.email, opened.sponsor.email}
    assert told[opened.sponsor.email] == ["Lead of Paterson mentions you in a message about Paterson"]
    assert "@Sponsor of Paterson" in read(opened, opened.manager)

    write(opened, opened.lead, mentioned=[str(opened.director.pk)])
    a_while_later()
    assert set(mails()) == {opened.manager.email}, "the director has an unread notice already"


def test_who_can_not_read_a_thread_can_not_be_mentioned_in_it(opened: Scene) -> None:
    for thread, person in ((Thread.INTERNAL, opened.lead), (Thread.CITY, opened.partner.coach)):
        answer = write(opened, opened.manager, thread, mentioned=[str(person.pk)])
        assert answer.status_code == 400
        offered = dict(answer.context["form"].fields["mentioned"].choices)
        assert offered
        assert person.pk not in offered
        send(opened, opened.manager, thread, text=f"@{person.name} must not hear of this.")

    deliver_due(now=timezone.now())
    assert mails() == {}


@pytest.mark.django_db(transaction=True)
def test_two_messages_at_once_have_two_numbers_and_one_notice() -> None:
    scene = Scene()
    scene.open_case()

    results, errors = at_once(
        *(lambda person=person: send(scene, person) for person in (scene.lead, scene.contributor))
    )

    assert errors == []
    assert {message.number for message in results} == {1, 2}
    assert Reminder.objects.filter(kind="cases.message_written").count() == 1


# Nothing leaks


def test_nothing_of_a_message_is_found_by_anybody_else(scene: Scene) -> None:
    scene.walk_to("work")
    for thread in Thread:
        send_with_file(scene, thread)
        send(scene, scene.lead if thread is Thread.CITY else scene.director, thread)
    a_while_later()
    case = f"/cases/{scene.case.pk}"
    pages = [
        *(f"{case}/{tab}" for tab in ("", "people/", "documents/", "deadlines/", "coaching/", "assessment/")),
        "/cases/",
        "/desk/",
        "/notices/",
        "/engagements/",
        "/reports/pipeline/",
        "/reports/pipeline.csv",
        "/reports/operations/",
        "/api/v1/cities/",
        f"/api/v1/cities/{scene.city.slug}/",
        f"/api/v1/cities/{scene.city.slug}/timeline/",
    ]
    secrets = [*WORDS.values(), *FILES.values()]

    for name in ("lead", "coach", "assessor", "member", "manager"):
        client = scene.sign_in(Client(), scene.everyone[name])
        for page in pages:
            answer = client.get(page)
            told = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert [secret for secret in secrets if secret in told] == [], (name, page)
            if name not in PROGRAM:
                assert "internal message" not in told.lower(), (name, page)
            if name not in CITY | PROGRAM:
                assert "message was sent" not in told, (name, page)
                assert "/messages/" not in told, (name, page)
    kept = str([*AuditEvent.objects.values(), *Notice.objects.values(), *Delivery.objects.values()])
    sent = "".join(f"{one.subject} {one.body}" for one in mail.outbox)
    assert mail.outbox
    assert [secret for secret in secrets if secret in kept + sent] == []


@pytest.mark.parametrize("thread", Thread)
def test_page_asks_the_same_for_a_long_thread(
    opened: Scene, thread: Thread, django_assert_num_queries: Any
) -> None:
    def look(client: Client) -> str:
        return client.get(page_of(opened, thread)).content.decode()

    def grow(count: int) -> None:
        first = Message.objects.count() + 1
        messages = Message.objects.bulk_create(
            Message(
                case=opened.case,
                thread=thread,
                number=number,
                side="program",
                text="Something.",
                key=uuid4(),
                sent_at=timezone.now(),
                sent_by=opened.director,
            )
            for number in range(first, first + count)
        )
        for message in messages:
            upload = SimpleUploadedFile("a.txt", b"A file.")
            file = store(upload, by=opened.director, now=timezone.now())
            Attachment.objects.create(message=message, file=file)
            message.mentioned.add(opened.manager, opened.director)

    client = opened.sign_in(Client(), opened.manager)
    for count in (1, 2, 47):
        grow(count)
        look(client)
        with django_assert_num_queries(23):
            page = look(client)

    assert "Showing 1–25 of 50" in page
    make_person("Colleague", opened.city.organization, "city_contributor")
    with django_assert_num_queries(23):
        look(client)

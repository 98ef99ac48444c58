"""Invitations to sessions, their changes and cancellations, as a mail server receives them."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as of_site
from django.test import Client
from django.utils import timezone
from icalendar import Calendar, Event
from pytest_django.fixtures import Settings

from coaching.enums import NoteAudience
from coaching.models import Session
from coaching.services import write_note
from notifications.services import deliver_due
from people.models import User
from tests.coaching.sessions import ZONE, plan, plan_for
from tests.notifications.receiver import Receiver, receiving
from tests.scenes import Scene
from workflows import services

DAY = timedelta(days=1)
SECRETS = ("The mayor bores me.", "They are far behind.", "We chose twelve data sets.")
# What RFC 5546 asks of the one event of a message, by its method.
REQUIRED = {"UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE", "SEQUENCE", "SUMMARY", "STATUS"}


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with receiving() as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield taken


def go_to_work(scene: Scene) -> None:
    scene.walk_to("work")
    for audience, words in zip(NoteAudience, SECRETS, strict=True):
        write_note(
            engagement_id=scene.engagement().pk,
            audience=audience,
            text=words,
            key=uuid4(),
            by=scene.partner.coach,
            now=scene.now,
        )


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """The first engagement is under way, with notes that could leak."""
    scene.arrange(go_to_work)
    return scene


def received(receiver: Receiver, scene: Scene) -> dict[str, tuple[str, Event, bytes]]:
    """What came in since the last look, by address: the method, the event, and the calendar's bytes."""
    deliver_due(now=scene.tick())
    found = {str(mail["To"]): read(mail) for mail in receiver.mails}
    receiver.mails.clear()
    return {to: one for to, one in found.items() if one is not None}  # type: ignore[misc]  # -- mails without a calendar are left out


def read(mail: Message) -> tuple[str, Event, bytes] | None:
    """The calendar of a mail, held to the letter of RFC 5545 and 5546."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    (part,) = parts
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])  # no letter is cut in two
    (calendar,) = Calendar.from_ical(content, multiple=True)
    assert isinstance(calendar, Calendar)
    assert calendar.errors == []
    assert calendar.get_missing_tzids() == set()  # a TZID brings its VTIMEZONE (RFC 5545, 3.6.5)
    assert set(calendar) == {"PRODID", "VERSION", "METHOD"}
    (event,) = calendar.subcomponents
    assert isinstance(event, Event)
    assert event.errors == []
    assert set(event) >= REQUIRED
    assert [name for name in REQUIRED - {"ATTENDEE"} if isinstance(event[name], list)] == []
    assert part.get_param("method") == calendar["METHOD"]
    return str(calendar["METHOD"]), event, content


def attendees(event: Event) -> set[str]:
    asked = event["ATTENDEE"]
    return {str(one) for one in (asked if isinstance(asked, list) else [asked])}


def test_one_uid_is_invited_changed_and_called_off_with_a_rising_sequence(
    coached: Scene, receiver: Receiver
) -> None:
    coach, lead, guest = coached.partner.coach, coached.lead, "clerk@paterson.example"
    deliver_due(now=coached.tick())
    receiver.mails.clear()

    session = plan(coached)
    invited = received(receiver, coached)
    on_clocks = (coached.now + 9 * DAY).astimezone(ZoneInfo(ZONE))
    moved_to = plan_for(coached, starts_at=on_clocks)
    services.change_session(session_id=session.pk, plan=moved_to, version=0, by=coach, now=coached.tick())
    changed = received(receiver, coached)
    services.call_off_session(session_id=session.pk, reason="A storm.", by=coach, now=coached.tick())
    off = received(receiver, coached)

    rounds = (invited, changed, off)
    assert [set(one) for one in rounds] == [{lead.email, guest}] * 3
    for to in (lead.email, guest):
        events = [one[to][1] for one in rounds]
        assert [one[to][0] for one in rounds] == ["REQUEST", "REQUEST", "CANCEL"]
        assert {str(event["UID"]) for event in events} == {f"session-{session.pk}@127.0.0.1"}
        assert [int(event["SEQUENCE"]) for event in events] == [0, 1, 2]
        assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert [event["DTSTART"].dt for event in events[1:]] == [moved_to.starts_at] * 2
        assert {str(event["ORGANIZER"]) for event in events} == {f"mailto:{coach.email}"}
        assert attendees(events[0]) == {f"mailto:{lead.email}", f"mailto:{guest}"}
        stamps = [event["DTSTAMP"].dt for event in events]
        assert stamps == sorted(set(stamps))
        assert {stamp.utcoffset() for stamp in stamps} == {timedelta()}
    organizer = invited[guest][1]["ORGANIZER"]
    assert organizer.params["CN"] == coach.name
    assert organizer.params["SENT-BY"].startswith("mailto:")
    everything = b"".join(content for one in rounds for _method, _event, content in one.values())
    unfolded = everything.replace(b"\r\n ", b"").decode()
    assert [words for words in SECRETS if words in unfolded] == []
    assert "Which data sets come first." in unfolded


def test_who_is_taken_off_gets_a_cancellation_and_who_is_added_an_invitation(
    coached: Scene, receiver: Receiver
) -> None:
    session = plan(coached)
    received(receiver, coached)
    other = plan_for(coached, starts_at=session.starts_at, people=[coached.contributor])

    services.change_session(
        session_id=session.pk, plan=other, version=0, by=coached.partner.coach, now=coached.tick()
    )

    told = received(receiver, coached)
    lead, contributor = coached.lead.email, coached.contributor.email
    assert {to: method for to, (method, _event, _content) in told.items()} == {
        lead: "CANCEL",
        contributor: "REQUEST",
        "clerk@paterson.example": "REQUEST",
    }
    assert attendees(told[lead][1]) == {f"mailto:{lead}"}
    assert f"mailto:{lead}" not in attendees(told[contributor][1])


def test_words_that_people_type_stay_words(coached: Scene, receiver: Receiver) -> None:
    coach = coached.partner.coach
    User.objects.filter(pk=coach.pk).update(name='Coach"; X-EVIL=1:\r\nX-EVIL:1, “Ä”')
    coached.partner.coach = coached.fresh(coach)
    User.objects.filter(pk=coached.lead.pk).update(name="Lead\r\nBcc: all@x.example")
    agenda = "One; two, three\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Evil\n" + "é" * 200

    plan(coached, agenda=agenda, place="Room; A, \\n 2: ñ")

    told = received(receiver, coached)
    assert set(told) == {coached.lead.email, "clerk@paterson.example"}
    for method, event, content in told.values():
        assert method == "REQUEST"
        assert agenda in str(event["DESCRIPTION"])
        assert str(event["LOCATION"]) == "Room; A, \\n 2: ñ"
        assert b"\r\nX-EVIL" not in content
        assert content.count(b"\r\nBEGIN:VEVENT") == 1


def calendar_of(person: User) -> dict[str, Event]:
    token = services.make_calendar_link(by=person, now=timezone.now())
    calendar = Calendar.from_ical(Client().get(f"/calendar/{token}.ics").content)
    assert calendar.get_missing_tzids() == set()
    assert all(event.errors == [] for event in calendar.walk())
    return {str(event["UID"]): event for event in calendar.walk("VEVENT") if "session" in event["UID"]}


def test_sessions_stand_in_the_calendars_of_the_coach_and_of_those_invited(coached: Scene) -> None:
    session = plan(coached, starts_at=timezone.now().replace(microsecond=0) + 7 * DAY)
    uid = f"session-{session.pk}@{of_site.BASE_URL.split('/')[2].split(':')[0]}"

    found = {name for name, person in coached.everyone.items() if person.is_active and calendar_of(person)}

    assert found == {"coach", "lead"}
    event = calendar_of(coached.lead)[uid]
    assert (event["DTSTART"].dt, int(event["SEQUENCE"])) == (session.starts_at, 0)
    services.hold_case(case_id=coached.case.pk, reason="A flood.", by=coached.manager, now=coached.tick())
    assert calendar_of(coached.lead)[uid]["STATUS"] == "TENTATIVE"
    services.resume_case(case_id=coached.case.pk, by=coached.manager, now=coached.tick())
    services.call_off_session(session_id=session.pk, reason="", by=coached.partner.coach, now=coached.tick())
    assert calendar_of(coached.lead) == calendar_of(coached.partner.coach) == {}
    assert Session.objects.get().sequence == 1

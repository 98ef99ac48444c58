from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import Message

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cases.models import WorkItem
from cases.reminders import WORK_DUE
from notifications.enums import DeliveryState, ReminderState
from notifications.models import Delivery, Notice, Reminder
from notifications.resolvers import UnknownKind, resolve
from notifications.services import deliver_due, notify, send_due_reminders
from tests.notifications.receiver import Receiver, receiving
from tests.scenes import Scene
from workflows import services

DAY = timedelta(days=1)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with receiving() as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield taken


def planned_for(item: WorkItem, rule: str = "owner") -> dict[str, datetime]:
    rows = Reminder.objects.filter(obligation=item.pk, state=ReminderState.PLANNED, rule=rule)
    return {row.step: row.planned_at for row in rows}


def text_of(mail: Message, part: int = 0) -> str:
    """The plain text of a mail, or its HTML (part 1)."""
    payload = list(mail.walk())[part + 1].get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def sweep(now: datetime) -> None:
    send_due_reminders(now=now)
    deliver_due(now=now)


def test_reminders_are_planned_with_the_work_on_working_mornings(scene: Scene) -> None:
    item = scene.one("confirm")

    moments = planned_for(item)

    # Opened on Monday, March 3, 2025, due five working days later, in New York.
    assert item.due_at.isoformat() == "2025-03-10T21:00:00+00:00"
    assert moments["-1"].isoformat() == "2025-03-07T14:00:00+00:00"
    assert moments["+1"].isoformat() == "2025-03-11T13:00:00+00:00"


def test_reminder_reaches_the_owner_once_by_mail_and_in_the_app(
    scene: Scene, receiver: Receiver, client: Client
) -> None:
    item = scene.one("release_report")
    moment = planned_for(item)["-1"]

    sweep(moment - timedelta(seconds=1))
    assert receiver.mails == []
    for _again in range(3):
        sweep(moment)

    [mail] = receiver.mails
    assert mail["To"] == scene.manager.email
    assert "Release the report" in str(mail["Subject"])
    assert item.get_absolute_url() in text_of(mail)
    page = scene.sign_in(client, scene.manager).get(reverse("notifications:notice-list"))
    assert page.content.decode().count(f">{mail['Subject']}</a>") == 1


def test_missed_days_lose_nothing(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("confirm")

    sweep(planned_for(item)["+1"] + 30 * DAY)

    subjects = [str(mail["Subject"]) for mail in receiver.mails]
    assert sorted(mail["To"] for mail in receiver.mails) == [scene.director.email, scene.manager.email]
    assert all(subject.startswith("Overdue: Confirm") for subject in subjects)


def test_work_without_owner_reminds_everyone_who_may_do_it(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("confirm")

    sweep(planned_for(item)["-1"])

    assert {mail["To"] for mail in receiver.mails} == {scene.manager.email, scene.director.email}


def test_vote_reminds_only_members_without_an_answer(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("vote")
    voter, aside, *others = scene.committee
    services.cast_vote_and_route(work_item_id=item.pk, choice="certify", reason="", by=voter, now=scene.now)
    services.recuse_and_route(work_item_id=item.pk, reason="I know them.", by=aside, now=scene.now)

    sweep(planned_for(item)["-1"])

    about_the_vote = [mail for mail in receiver.mails if "Vote" in str(mail["Subject"])]
    assert {mail["To"] for mail in about_the_vote} == {member.email for member in others}


def test_closing_the_work_supersedes_what_was_planned(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("release_report")
    moment = planned_for(item)["+1"]

    services.release_report_and_route(work_item_id=item.pk, by=scene.manager, now=scene.now)
    sweep(moment)

    states = Reminder.objects.filter(obligation=item.pk).values_list("state", flat=True)
    assert set(states) == {ReminderState.SUPERSEDED}
    assert not any("Release the report" in str(mail["Subject"]) for mail in receiver.mails)


def test_work_closed_between_reminder_and_delivery_sends_nothing(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("release_report")
    moment = planned_for(item)["-1"]
    send_due_reminders(now=moment)

    services.release_report_and_route(work_item_id=item.pk, by=scene.manager, now=moment)
    deliver_due(now=moment)

    delivery = Delivery.objects.get(notice__obligation=item.pk)
    assert delivery.state == DeliveryState.SUPPRESSED
    assert not any("Release the report" in str(mail["Subject"]) for mail in receiver.mails)


def test_hold_is_silent_and_resuming_moves_the_reminders(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("release_report")
    before = planned_for(item)
    services.hold_case(case_id=scene.case.pk, reason="Elections.", by=scene.manager, now=scene.now)
    sweep(before["-1"])
    assert receiver.mails == []

    later = scene.now + 14 * DAY
    services.resume_case(case_id=scene.case.pk, by=scene.manager, now=later)

    after = planned_for(item)
    assert all(after[step] > before[step] for step in after)
    sweep(after["-1"])
    assert [mail["To"] for mail in receiver.mails] == [scene.manager.email]


def test_refused_mail_is_tried_again_and_given_up_visibly(scene: Scene, receiver: Receiver) -> None:
    receiver.refuse = True
    notify(kind="test", subject="Hello", text="Text", url="", now=scene.now, address="new@city.example")

    now = scene.now
    for _hour in range(24):
        deliver_due(now=now)
        now += timedelta(hours=1)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 8)
    assert "451" in delivery.problem


def test_mail_server_back_in_time_gets_the_mail_once(scene: Scene, receiver: Receiver) -> None:
    receiver.refuse = True
    notify(kind="test", subject="Hello", text="Text", url="", now=scene.now, person=scene.lead)
    deliver_due(now=scene.now)
    receiver.refuse = False

    deliver_due(now=scene.now)
    assert receiver.mails == []
    deliver_due(now=scene.now + timedelta(minutes=2))
    deliver_due(now=scene.now + timedelta(hours=2))

    assert len(receiver.mails) == 1


def test_line_breaks_in_a_subject_inject_no_header(scene: Scene, receiver: Receiver) -> None:
    subject = "Hello\r\nBcc: everyone@example.com"

    notify(kind="test", subject=subject, text="<script>x</script>", url="", now=scene.now, person=scene.lead)
    deliver_due(now=scene.now)

    [mail] = receiver.mails
    assert mail["Bcc"] is None
    assert "<script>" not in text_of(mail, part=1)


def test_notice_belongs_to_its_reader_alone(scene: Scene, client: Client) -> None:
    notice = notify(kind="test", subject="Mine", text="", url="/desk/", now=scene.now, person=scene.lead)
    address = reverse("notifications:notice-open", args=[notice.pk])

    stranger = scene.sign_in(client, scene.manager).get(address)
    reader = scene.sign_in(client, scene.lead).get(address)

    assert stranger.status_code == 404
    assert (reader.status_code, reader["Location"]) == (302, "/desk/")
    assert Notice.objects.unread().count() == 0


def test_marking_all_read_leaves_other_readers_alone(scene: Scene, client: Client) -> None:
    for person in (scene.lead, scene.manager):
        notify(kind="test", subject="News", text="", url="", now=scene.now, person=person)

    scene.sign_in(client, scene.lead).post(reverse("notifications:notices-read"))

    assert [notice.person for notice in Notice.objects.unread()] == [scene.manager]


def test_deactivated_person_gets_no_mail(scene: Scene, receiver: Receiver) -> None:
    notify(kind="test", subject="Hello", text="", url="", now=scene.now, person=scene.deactivated)

    deliver_due(now=scene.now)

    assert receiver.mails == []
    assert Delivery.objects.get().state == DeliveryState.SUPPRESSED


def test_strangers_see_no_notices(scene: Scene) -> None:
    notify(kind="test", subject="Hello", text="", url="", now=scene.now, person=scene.lead)

    assert not Notice.objects.visible_to(None).exists()
    assert not Notice.objects.visible_to(scene.deactivated).exists()


def test_unknown_kind_is_a_mistake_in_the_code() -> None:
    with pytest.raises(UnknownKind):
        resolve("no.such_kind", [])


def test_kind_of_work_is_registered(db: None) -> None:
    assert resolve(WORK_DUE, []) == {}


def test_calendar_goes_with_the_words_as_a_part_that_names_its_method(
    scene: Scene, receiver: Receiver
) -> None:
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Ångström\r\nEND:VCALENDAR\r\n"

    notify(
        kind="test",
        subject="Come",
        text="Come at ten.",
        url="",
        now=scene.now,
        address="guest@paterson.example",
        calendar=calendar,
    )
    deliver_due(now=scene.now)

    (mail,) = receiver.mails
    assert mail.get_content_type() == "multipart/alternative"
    *_words, part = mail.walk()
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "REQUEST")
    assert part.get_content_charset() == "utf-8"
    assert part.get_payload(decode=True) == calendar.encode()

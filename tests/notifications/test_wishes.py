"""How people get their mails: at once, together, or not; and the button in the mail itself."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import strict
from html.parser import HTMLParser

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cases.models import WorkItem
from core.errors import InvalidInput
from core.models import AuditEvent
from notifications.enums import DeliveryState, Mode, ReminderState
from notifications.links import SALT, unsubscribe_link
from notifications.models import Delivery, Notice, Preference, Reminder
from notifications.services import deliver_due, notify, send_due_reminders, set_preferences
from notifications.topics import UnknownTopic, topic_named, topics
from notifications.wishes import next_digest
from people.models import User
from tests.notifications.receiver import Receiver, receiving
from tests.scenes import Scene

DAY = timedelta(days=1)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with receiving() as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield taken


def wants(person: User, mode: str, topic: str = "news") -> None:
    Preference.objects.update_or_create(person=person, topic=topic, defaults={"mode": mode})


def say(scene: Scene, subject: str, person: User | None = None, **fields: object) -> Notice:
    words = {"kind": "test", "subject": subject, "text": f"About {subject}.", "url": "/desk/"} | fields
    return notify(person=person or scene.lead, now=scene.now, **words)


def at(item: WorkItem, step: str) -> datetime:
    return Reminder.objects.get(obligation=item.pk, step=step, rule="owner").planned_at


@pytest.mark.parametrize(
    ("mode", "now", "then"),
    [
        # Clocks go forward on March 8 and back on November 1, 2026, in New York.
        (Mode.DAILY, datetime(2026, 3, 7, 20, tzinfo=UTC), datetime(2026, 3, 8, 12, tzinfo=UTC)),
        (Mode.DAILY, datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 7, 13, tzinfo=UTC)),
        (Mode.DAILY, datetime(2026, 3, 7, 13, tzinfo=UTC), datetime(2026, 3, 8, 12, tzinfo=UTC)),
        (Mode.WEEKLY, datetime(2026, 10, 30, 20, tzinfo=UTC), datetime(2026, 11, 2, 13, tzinfo=UTC)),
        (Mode.WEEKLY, datetime(2026, 12, 28, 14, tzinfo=UTC), datetime(2027, 1, 4, 13, tzinfo=UTC)),
    ],
)
def test_digest_comes_at_eight_where_the_reader_is(mode: str, now: datetime, then: datetime) -> None:
    assert next_digest(mode, now, "America/New_York") == then


def test_digest_is_one_mail_of_what_is_still_wanted(scene: Scene, receiver: Receiver) -> None:
    wants(scene.lead, Mode.DAILY)
    for subject in ("Bread", "Butter"):
        say(scene, subject)
    say(scene, "Salt", scene.manager)
    deliver_due(now=scene.now)
    assert [str(mail["Subject"]) for mail in receiver.mails] == ["Salt"]

    morning = Delivery.objects.filter(digest_at__isnull=False).values_list("digest_at", flat=True)[0]
    assert morning == datetime(2025, 3, 4, 13, tzinfo=UTC)
    receiver.refuse = True
    deliver_due(now=morning)
    receiver.refuse = False
    deliver_due(now=morning + timedelta(minutes=2))

    assert len(receiver.mails) == 2
    mail = receiver.mails[1]
    assert (str(mail["Subject"]), mail["To"]) == ("Milepost: 2 messages", scene.lead.email)
    assert mail["Message-ID"].startswith(f"<digest-{scene.lead.pk}-202503041300-")
    body = receiver.raw[1].decode()
    assert "About Bread." in body
    assert "About Butter." in body
    assert "/notices/settings/>" in mail["List-Unsubscribe"]
    assert not Delivery.objects.filter(state=DeliveryState.QUEUED).exists()


def test_reminder_that_can_not_wait_comes_at_once(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("self_assess")
    wants(scene.lead, Mode.WEEKLY, "work")

    send_due_reminders(now=at(item, "-14"))
    assert Reminder.objects.get(obligation=item.pk, step="-14").state == ReminderState.CLAIMED
    assert Delivery.objects.get(notice__obligation=item.pk).digest_at
    send_due_reminders(now=at(item, "-1"))
    deliver_due(now=at(item, "-1"))

    waiting = Delivery.objects.get(notice__obligation=item.pk, notice__reminder__step="-1")
    assert (waiting.state, waiting.digest_at) == (DeliveryState.SENT, None)


def test_overdue_work_of_ones_own_comes_whatever_is_switched_off(scene: Scene, receiver: Receiver) -> None:
    item = scene.one("release_report")
    for topic in ("work", "late_work"):
        for person in (scene.manager, scene.director):
            wants(person, Mode.OFF, topic)

    send_due_reminders(now=at(item, "-1"))
    deliver_due(now=at(item, "-1"))
    assert receiver.mails == []
    assert Notice.objects.unread().filter(obligation=item.pk, person=scene.manager).count() == 1
    assert Reminder.objects.get(obligation=item.pk, step="-1").state == ReminderState.SENT

    send_due_reminders(now=at(item, "+7"))
    deliver_due(now=at(item, "+7"))
    assert [mail["To"] for mail in receiver.mails] == [scene.manager.email]


def test_switched_off_after_it_was_written_is_not_mailed(scene: Scene, receiver: Receiver) -> None:
    notice = say(scene, "Bread")

    wants(scene.lead, Mode.OFF)
    deliver_due(now=scene.now)

    assert receiver.mails == []
    assert Delivery.objects.get(notice=notice).state == DeliveryState.SUPPRESSED


def test_one_click_in_the_mail_unsubscribes_that_person_from_that_topic(
    scene: Scene, receiver: Receiver, client: Client
) -> None:
    say(scene, "Bread")
    deliver_due(now=scene.now)
    mail = receiver.mails[0]
    link = re.fullmatch(r"<https?://[^/]+(/notices/unsubscribe/[^>]+)>", mail["List-Unsubscribe"].strip())
    assert link
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # Mail systems look at links: that changes nothing.
    assert b"No more of these mails?" in client.get(link[1]).content
    assert not Preference.objects.exists()

    strictly = Client(enforce_csrf_checks=True)
    for _again in range(2):
        answer = strictly.post(link[1], {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert not answer.cookies
    row = Preference.objects.get()
    assert (row.person, row.topic, row.mode) == (scene.lead, "news", Mode.OFF)
    assert AuditEvent.objects.filter(action="notifications.preference_set", actor=scene.lead).count() == 1


@pytest.mark.parametrize("what", ["access", "unknown", "forged"])
def test_link_that_is_not_ours_or_of_no_choice_changes_nothing(
    scene: Scene, client: Client, what: str
) -> None:
    salt = "forged" if what == "forged" else SALT
    token = signing.dumps([scene.lead.pk, "news" if what == "forged" else what], salt=salt)

    answer = client.post(reverse("notifications:unsubscribe", args=[token]))

    assert answer.status_code == 404
    assert not Preference.objects.exists()


def test_what_nobody_can_do_without_has_no_button(scene: Scene, receiver: Receiver) -> None:
    wants(scene.lead, Mode.OFF, "access")
    notice = say(scene, "Your role", kind="people.membership_changed")
    stranger = notify(
        kind="test", subject="Hello", text="", url="", now=scene.now, address="new@city.example"
    )
    deliver_due(now=scene.now)

    assert (unsubscribe_link(notice), unsubscribe_link(stranger)) == ("", "")
    assert len(receiver.mails) == 2
    assert not any(mail["List-Unsubscribe-Post"] for mail in receiver.mails)
    with pytest.raises(InvalidInput):
        set_preferences(modes={"access": Mode.OFF}, by=scene.lead, now=scene.now)
    with pytest.raises(UnknownTopic):
        set_preferences(modes={"dance": Mode.OFF}, by=scene.lead, now=scene.now)


class Tags(HTMLParser):
    """What is opened and closed, and what is written between."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "hr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("mode", [Mode.NOW, Mode.DAILY])
def test_mail_passes_strict_parsing_whatever_is_typed(scene: Scene, receiver: Receiver, mode: str) -> None:
    wants(scene.lead, mode)
    case = scene.open_case()
    for subject in ("Bread\r\nBcc: all@example.com", "<script>x</script> ünd €"):
        say(scene, subject, text="<img src=x onerror=y>\n.\r\nFrom here", thread=case.pk)
    deliver_due(now=scene.now + 2 * DAY)

    for raw in receiver.raw:
        mail = message_from_bytes(raw, policy=strict)
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text
        assert html
        assert mail["Bcc"] is None
        assert mail["References"] == mail["In-Reply-To"]
        assert mail["References"].startswith(f"<case-{case.pk}@")
        assert mail["Message-ID"].count("@") == 1
        tags = Tags()
        tags.feed(html.get_content())
        assert (tags.open, tags.seen & {"script", "img"}) == ([], set())
        assert "From here" in text.get_content()
    assert len(receiver.raw) == (2 if mode == Mode.NOW else 1)


def test_refused_address_is_given_up_at_once_and_red_until_something_gets_through(
    scene: Scene, receiver: Receiver, client: Client
) -> None:
    receiver.unknown = {scene.lead.email}
    say(scene, "Bread")
    say(scene, "Salt", scene.manager)
    deliver_due(now=scene.now)

    delivery = Delivery.objects.get(is_refused=True)
    assert (delivery.state, delivery.attempts, delivery.address) == ("failed", 1, scene.lead.email)
    assert [row.address for row in Delivery.objects.refused(scene.now)] == [scene.lead.email]
    scene.sign_in(client, scene.manager)
    for page in ("reports:operations", "workflows:people-list"):
        assert "refuses mail" in client.get(reverse(page)).content.decode()

    receiver.unknown = set()
    say(scene, "Butter")
    deliver_due(now=scene.now + DAY)
    assert Delivery.objects.refused(scene.now + DAY).exists()
    assert not Delivery.objects.refused(scene.now + 2 * DAY).exists()


def test_choices_are_kept_and_shown(scene: Scene, client: Client) -> None:
    scene.sign_in(client, scene.lead)
    page = reverse("notifications:settings")
    chosen = {topic.code: Mode.NOW for topic in topics() if topic.may_change} | {"messages": Mode.DAILY}

    assert client.post(page, chosen | {"messages": "never"}).status_code == 400
    assert client.post(page, chosen)["Location"] == page

    assert list(Preference.objects.values_list("person", "topic", "mode")) == [
        (scene.lead.pk, "messages", Mode.DAILY)
    ]
    assert b'value="daily" selected' in client.get(page).content
    assert str(Preference.objects.get()).endswith("messages: daily")
    assert not topic_named("access").may_change


def test_why_is_told_to_the_reader_and_to_the_program_alone(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    send_due_reminders(now=at(item, "-1"))
    deliver_due(now=at(item, "-1"))
    notice = Notice.objects.get(obligation=item.pk, person=scene.manager)
    page = reverse("notifications:notice-why", args=[notice.pk])

    own = scene.sign_in(client, scene.manager).get(page).content.decode()
    others = scene.sign_in(client, scene.director).get(page).content.decode()

    assert "Why did I get this?" in own
    assert "This work is yours" in own
    assert scene.manager.email in own
    assert "Why did they get this?" in others
    assert scene.sign_in(client, scene.lead).get(page).status_code == 404


def test_who_has_not_voted_is_nobody_elses_to_read(scene: Scene, client: Client) -> None:
    item = scene.one("vote")
    member = scene.committee[0]
    send_due_reminders(now=at(item, "-1"))
    notice = Notice.objects.get(obligation=item.pk, person=member)
    page = reverse("notifications:notice-why", args=[notice.pk])

    assert scene.sign_in(client, member).get(page).status_code == 200
    assert scene.sign_in(client, scene.director).get(page).status_code == 404
    assert scene.sign_in(client, scene.committee[1]).get(page).status_code == 404

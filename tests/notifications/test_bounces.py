"""Mails that come back: what their servers report, and what nobody can make Milepost believe."""

import os
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from io import BytesIO, StringIO, TextIOWrapper
from ipaddress import ip_address
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from config import environment as env
from config.embedded.server import free_port
from notifications import tasks
from notifications.bounces import NotAReport, returns_in
from notifications.enums import DeliveryState, Mode, ReminderState
from notifications.models import Delivery, Preference, Reminder
from notifications.naming import message_id
from notifications.services import deliver_due, notify, receive_bounce, send_due_reminders
from tests.processes import spawn
from tests.scenes import Scene

DAY = timedelta(days=1)
RETURNED = Path(__file__).parent / "returned"
STRANGER = "stranger@elsewhere.example"


def told(name: str, *, message_id: str, recipient: str) -> bytes:
    """What a server writes, about this mail to this reader, as it goes over the wire."""
    text = (RETURNED / f"{name}.eml").read_text()
    for field, value in (
        ("message_id", message_id),
        ("recipient", recipient),
        ("shouted", recipient.upper()),
    ):
        text = text.replace(f"{{{field}}}", value)
    return text.replace("\n", "\r\n").encode()


def mail_out(scene: Scene, *subjects: str) -> str:
    """Mails to the city's lead; the Message-ID of the last."""
    for subject in subjects or ("Bread",):
        notify(person=scene.lead, kind="test", subject=subject, text="…", url="/desk/", now=scene.now)
    deliver_due(now=scene.now + DAY)
    return mail.outbox[-1].extra_headers["Message-ID"]


def come_back(name: str, scene: Scene, *, message_id: str, recipient: str = "") -> str:
    content = told(name, message_id=message_id, recipient=recipient or scene.lead.email)
    return receive_bounce(content=content, now=scene.now + DAY).value


def red(scene: Scene, after: timedelta = DAY) -> list[str]:
    return [row.address for row in Delivery.objects.refused(scene.now + after)]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("postfix", "refused: smtp; 550 5.1.1 <lead@"),
        ("exchange", "refused: smtp;554 5.2.2 mailbox full"),
        ("gmail", "refused: smtp; 550-5.1.1 The email account"),
        ("exim", "refused: Mail delivery failed: returning"),
    ],
)
def test_address_that_a_server_refuses_turns_red(scene: Scene, name: str, problem: str) -> None:
    sent = mail_out(scene, "Bread")

    readings = [come_back(name, scene, message_id=sent) for _time in range(2)]

    delivery = Delivery.objects.get()
    assert readings == ["noted", "noted"]
    assert (delivery.state, delivery.address) == (DeliveryState.FAILED, scene.lead.email)
    assert delivery.problem.startswith(problem)
    assert red(scene) == [scene.lead.email]


@pytest.mark.parametrize(
    ("name", "reading", "state", "problem"),
    [
        ("postfix_delayed", "noted", DeliveryState.SENT, "delayed: X-Postfix; connect to mx.city.example"),
        ("expired", "noted", DeliveryState.FAILED, "lost: X-Postfix; connect to mx.city.example"),
        ("delivered", "ignored", DeliveryState.SENT, ""),
        ("vacation", "ignored", DeliveryState.SENT, ""),
        ("reply", "unreadable", DeliveryState.SENT, ""),
    ],
)
def test_what_is_no_refusal_turns_nothing_red(
    scene: Scene, name: str, reading: str, state: str, problem: str
) -> None:
    sent = mail_out(scene)

    assert come_back(name, scene, message_id=sent) == reading

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.is_refused) == (state, False)
    assert delivery.problem.startswith(problem)
    assert bool(delivery.problem) == bool(problem)


def test_nobody_makes_milepost_believe_what_they_have_not_seen(scene: Scene) -> None:
    Preference.objects.create(person=scene.lead, topic="news", mode=Mode.DAILY)
    digest = mail_out(scene)
    Preference.objects.all().delete()
    single = mail_out(scene)
    _digest, person, moment, seal = digest.partition("@")[0].split("-")
    made_up = [
        single.replace("<delivery-", "<delivery-0"),
        single.replace("@", "9@"),
        digest.replace(seal, "0" * 20),
        digest.replace(f"-{person}-", f"-{scene.manager.pk}-"),
        digest.replace(moment, "999999999999"),
        "<delivery-1-1@testserver>",
        "",
    ]

    readings = {come_back("postfix", scene, message_id=name) for name in made_up}
    readings.add(come_back("postfix", scene, message_id=single, recipient=STRANGER))
    readings.add(come_back("exim", scene, message_id="<nothing@of.ours>"))

    assert readings == {"ignored"}
    assert set(Delivery.objects.values_list("state", "problem")) == {(DeliveryState.SENT, "")}
    # The same with what is true changes something.
    assert come_back("postfix", scene, message_id=single) == "noted"
    assert red(scene) == [scene.lead.email]


def test_digest_that_comes_back_fails_all_that_was_in_it(scene: Scene) -> None:
    Preference.objects.create(person=scene.lead, topic="news", mode=Mode.DAILY)
    sent = mail_out(scene, "Bread", "Salt")

    come_back("gmail", scene, message_id=sent)

    assert len(mail.outbox) == 1
    assert list(Delivery.objects.values_list("state", "is_refused")) == [(DeliveryState.FAILED, True)] * 2


def test_reminder_that_came_back_was_not_sent(scene: Scene) -> None:
    item = scene.one("confirm")
    due = Reminder.objects.get(obligation=item.pk, step="-1", rule="owner")
    send_due_reminders(now=due.planned_at)
    deliver_due(now=due.planned_at)
    states = []

    for delivery in Delivery.objects.filter(notice__reminder=due).order_by("pk"):
        due.refresh_from_db()
        states.append(due.state)
        come_back("postfix", scene, message_id=message_id([delivery]), recipient=delivery.address)

    due.refresh_from_db()
    assert states == [ReminderState.SENT] * len(states)
    assert due.state == ReminderState.FAILED


def test_mail_of_a_worker_that_died_is_not_tried_again_when_it_comes_back(scene: Scene) -> None:
    """The server has taken it, and nobody wrote that down."""
    sent = mail_out(scene)
    Delivery.objects.update(
        state=DeliveryState.QUEUED, settled_at=None, address="", next_attempt_at=scene.now
    )

    come_back("postfix", scene, message_id=sent)

    assert deliver_due(now=scene.now + DAY) == 0
    assert red(scene) == [scene.lead.email]


def test_address_is_red_until_a_mail_has_not_come_back_for_a_day(scene: Scene, client: Client) -> None:
    sent = mail_out(scene)
    come_back("postfix", scene, message_id=sent)
    notify(person=scene.lead, kind="test", subject="Salt", text="…", url="/desk/", now=scene.now)
    deliver_due(now=scene.now + DAY * 2)

    assert red(scene, DAY * 2) == [scene.lead.email]
    assert red(scene, DAY * 3) == []
    why = reverse("notifications:notice-why", args=[Delivery.objects.get(is_refused=True).notice_id])
    assert "550 5.1.1" in scene.sign_in(client, scene.manager).get(why).content.decode()
    assert "550 5.1.1" not in scene.sign_in(client, scene.lead).get(why).content.decode()


def test_mails_go_out_with_the_address_for_returns_on_the_envelope(scene: Scene, settings: Settings) -> None:
    settings.BOUNCE_EMAIL = "bounces@milepost.example"
    mail_out(scene)
    Client().post(reverse("account_reset_password"), {"email": scene.lead.email})

    ours, account = mail.outbox
    for one in (ours, account):
        assert one.from_email == "bounces@milepost.example"
        assert one.message()["From"] == settings.DEFAULT_FROM_EMAIL
        assert one.message()["Auto-Submitted"] == "auto-generated"


@given(st.binary(max_size=300), st.sampled_from(sorted(RETURNED.glob("*.eml"))), st.data())
def test_no_message_breaks_the_reading(noise: bytes, path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))

    for content in (noise, whole[:cut] + noise + whole[cut:], whole[:cut] + noise):
        try:
            returns_in(content)
        except NotAReport:
            continue


def test_nested_beyond_reason_is_left_for_a_person() -> None:
    boxes = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))

    with pytest.raises(NotAReport):
        returns_in(boxes.encode())


def away(*_query: object) -> None:
    raise OperationalError


def pipe(content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """As a mail server hands a message to the command: what it answers."""
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(content)))
    said = StringIO()
    try:
        call_command("receive_bounce", stdout=said, stderr=said)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue()
    return 0, said.getvalue()


def test_command_answers_as_mail_servers_understand(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = mail_out(scene)
    values = {"message_id": sent, "recipient": scene.lead.email}

    assert pipe(told("postfix", **values), monkeypatch) == (0, "noted\n")
    assert red(scene) == [scene.lead.email]
    assert pipe(told("vacation", **values), monkeypatch) == (0, "ignored\n")
    assert pipe(told("reply", **values), monkeypatch)[0] == os.EX_DATAERR
    with connection.execute_wrapper(away):
        assert pipe(told("postfix", **values), monkeypatch)[0] == os.EX_TEMPFAIL


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A mail server on this machine, with one mailbox and a certificate of its own; its port."""
    folder = tmp_path_factory.mktemp("post")
    certificate, key = certify(folder)
    port = free_port()
    options = ("--host", "127.0.0.1", "--port", str(port), "--cert", str(certificate), "--key", str(key))
    user = ("--demo-user", "bounces", "--demo-password", "a secret")
    log = folder / "log"
    server = spawn("-c", "from pymap.main import main; main()", *options, "dict", *user, log=log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate))
        wait_for(port)
        yield port
    server.kill()
    server.wait()


def certify(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post.example")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dated = builder.not_valid_before(now - DAY).not_valid_after(now + DAY)
    signed = dated.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


def wait_for(port: int) -> None:
    until = monotonic() + 20
    while True:
        try:
            return IMAP4("127.0.0.1", port, timeout=5).shutdown()
        except OSError:
            assert monotonic() < until, "the mail server did not start"
            sleep(0.05)


@contextmanager
def reader(port: int) -> Iterator[IMAP4]:
    with IMAP4("127.0.0.1", port, timeout=5) as connected:
        connected.starttls(ssl.create_default_context())
        connected.login("bounces", "a secret")
        connected.select("INBOX")
        yield connected


def lying(port: int, *criteria: str) -> int:
    with reader(port) as connected:
        return len(connected.uid("SEARCH", *criteria)[1][0].split())


def test_mailbox_is_read_once_and_nothing_in_it_is_lost(scene: Scene, post: int, settings: Settings) -> None:
    settings.BOUNCE_MAILBOX = env.mailbox(f"imap+tls://bounces:a%20secret@127.0.0.1:{post}/INBOX")
    sent = mail_out(scene)
    with reader(post) as connected:
        for name in ("postfix", "vacation", "reply"):
            content = told(name, message_id=sent, recipient=scene.lead.email)
            connected.append("INBOX", "", "", content)

    first, second = tasks.read_returned(), tasks.read_returned()

    assert (first, second) == ({"noted": 1, "ignored": 1, "unreadable": 1}, {})
    assert Delivery.objects.get().is_refused
    assert (lying(post, "ALL"), lying(post, "SEEN"), lying(post, "FLAGGED", "UNSEEN")) == (3, 2, 1)


def test_mailbox_that_does_not_open_says_so(post: int, settings: Settings) -> None:
    address = f"127.0.0.1:{post}/INBOX"

    for url in (f"imap+tls://bounces:wrong@{address}", f"imap+tls://bounces:a%20secret@{address}x"):
        settings.BOUNCE_MAILBOX = env.mailbox(url)
        with pytest.raises(IMAP4.error):
            tasks.read_returned()
    settings.BOUNCE_MAILBOX = env.mailbox(f"imaps://bounces:a%20secret@{address}")
    with pytest.raises(OSError, match="SSL"):
        tasks.read_returned()
    settings.BOUNCE_MAILBOX = env.mailbox("")
    assert tasks.read_returned() == {}

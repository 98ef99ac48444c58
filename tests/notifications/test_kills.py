"""A worker killed at any point loses no message, and doubles none that its Message-ID would not drop."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from notifications.models import Delivery, Reminder
from tests.notifications.receiver import Receiver, receiving
from tests.scenes import Scene

WORKER = """
import django; django.setup()
from django.db import connection
from django.utils import timezone
from notifications.services import deliver_due, send_due_reminders
connection.settings_dict["NAME"] = {database!r}
print("ready", flush=True)
input()
send_due_reminders(now=timezone.now())
print("reminded", flush=True)
deliver_due(now=timezone.now())
print("delivered", flush=True)
"""


class Worker:
    """A process of its own, on the test's database and mail server."""

    def __init__(self, receiver: Receiver) -> None:
        code = WORKER.format(database=settings.DATABASES["default"]["NAME"])
        environment = {
            **_inherited(),
            "EMAIL_URL": f"smtp://127.0.0.1:{receiver.port}",
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.wait_for("ready")

    @property
    def pid(self) -> int:
        return self.process.pid

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def wait_for(self, word: str) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline().strip() == word

    def end(self) -> None:
        self.process.communicate(timeout=180)


def _inherited() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}


@pytest.fixture
def overdue_work(transactional_db: None) -> int:
    """A walk that leaves work of long ago; returns how many messages are due."""
    Scene().one("release_report")
    return Reminder.objects.due(timezone.now()).count()


def finish(receiver: Receiver) -> None:
    worker = Worker(receiver)
    worker.go()
    worker.end()


def all_said(receiver: Receiver, due: int) -> None:
    assert due > 0
    assert not Reminder.objects.due(timezone.now()).exists()
    assert not Delivery.objects.filter(state="queued").exists()
    assert len(set(receiver.ids)) == due


def test_killed_before_the_mail_is_taken_sends_it_later(overdue_work: int) -> None:
    with receiving() as receiver:
        worker = Worker(receiver)
        receiver.kill_before = worker.pid
        worker.go()
        worker.end()
        assert worker.process.returncode != 0

        finish(receiver)

        assert len(receiver.ids) == overdue_work
        all_said(receiver, overdue_work)


def test_killed_after_the_mail_is_taken_repeats_at_most_its_message_id(overdue_work: int) -> None:
    with receiving() as receiver:
        worker = Worker(receiver)
        receiver.kill_after = worker.pid
        worker.go()
        worker.end()

        finish(receiver)

        assert len(receiver.ids) <= overdue_work + 1
        all_said(receiver, overdue_work)


def test_killed_between_reminding_and_delivering_loses_nothing(overdue_work: int) -> None:
    with receiving() as receiver:
        worker = Worker(receiver)
        receiver.refuse = True
        worker.go()
        worker.wait_for("reminded")
        worker.process.kill()
        worker.end()
        receiver.refuse = False
        Delivery.objects.filter(state="queued").update(next_attempt_at=timezone.now() - timedelta(minutes=1))

        finish(receiver)

        all_said(receiver, overdue_work)


@pytest.mark.parametrize("milliseconds", [0, 10, 30])
def test_killed_while_reminding_loses_nothing(overdue_work: int, milliseconds: int) -> None:
    with receiving() as receiver:
        worker = Worker(receiver)
        worker.go()
        time.sleep(milliseconds / 1000)
        worker.process.kill()
        worker.end()

        finish(receiver)

        assert len(receiver.ids) <= overdue_work + 1
        all_said(receiver, overdue_work)


def test_two_workers_at_once_send_each_message_once(overdue_work: int) -> None:
    with receiving() as receiver:
        workers = [Worker(receiver), Worker(receiver)]
        for worker in workers:
            worker.go()
        for worker in workers:
            worker.end()

        assert len(receiver.ids) == overdue_work
        all_said(receiver, overdue_work)

"""A worker killed at any point loses no message, and doubles none that its Message-ID would not drop."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from cases.models import WorkItem
from notifications.models import Delivery, Notice, Reminder
from tests.notifications.receiver import Receiver, receiving
from tests.notifications.test_ledger import late_work
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

# Forks a worker for each line it reads, to be killed before its nth statement; -1 lets it live.
STEPPING = """
import django; django.setup()
import os, signal
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from notifications.services import deliver_due, send_due_reminders
connection.settings_dict["NAME"] = {database!r}

def work(last):
    told = 0
    def count(execute, *words):
        nonlocal told
        if told == last:
            os.kill(os.getpid(), signal.SIGKILL)
        told += 1
        return execute(*words)
    with connection.execute_wrapper(count):
        send_due_reminders(now=timezone.now())
        deliver_due(now=timezone.now())

# Whatever is loaded at the first use is loaded before the first fork.
with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"), transaction.atomic():
    work(-1)
    transaction.set_rollback(True)
connection.close()
print("ready", flush=True)
while line := input():
    child = os.fork()
    if not child:
        try:
            work(int(line))
        except BaseException:
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Worker:
    """A process of its own, on the test's database and mail server."""

    script = WORKER

    def __init__(self, receiver: Receiver) -> None:
        code = self.script.format(database=settings.DATABASES["default"]["NAME"])
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

    def go(self, how: str = "") -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{how}\n")
        self.process.stdin.flush()

    def wait_for(self, word: str) -> None:
        assert self.heard() == word

    def heard(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=180)


class Stepping(Worker):
    """One worker after the other, each killed where the test says."""

    script = STEPPING

    def was_killed_at(self, statement: int) -> bool:
        self.go(str(statement))
        ended = int(self.heard())
        assert ended in (0, -signal.SIGKILL)
        return ended != 0

    def finish(self) -> None:
        assert not self.was_killed_at(-1)

    def end(self) -> None:
        self.go()
        super().end()


def _inherited() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}


@pytest.fixture
def overdue_work(transactional_db: None) -> int:
    """Three pieces of work of long ago; returns how many mails they come to, one a person and piece."""
    scene = Scene()
    scene.one("release_report")
    late_work(scene, 2)
    return 3 * len((scene.manager, scene.director))


def finish(receiver: Receiver) -> None:
    worker = Worker(receiver)
    worker.go()
    worker.end()


def all_said(receiver: Receiver, due: int) -> None:
    assert due > 0
    assert not Reminder.objects.due(timezone.now()).exists()
    assert not Delivery.objects.filter(state="queued").exists()
    assert len(set(receiver.ids)) == due


@pytest.mark.slow
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


@pytest.mark.slow
def test_killed_after_the_mail_is_taken_repeats_at_most_its_message_id(overdue_work: int) -> None:
    with receiving() as receiver:
        worker = Worker(receiver)
        receiver.kill_after = worker.pid
        worker.go()
        worker.end()

        finish(receiver)

        assert len(receiver.ids) <= overdue_work + 1
        all_said(receiver, overdue_work)


@pytest.mark.slow
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


@pytest.mark.slow
def test_killed_at_any_statement_loses_and_doubles_nothing(overdue_work: int) -> None:
    """For one statement after the other: a worker ends there, another finishes, and all is put back."""
    item = WorkItem.objects.get(step="release_report")
    kept = list(Reminder.objects.filter(obligation=item.pk, step="+7"))
    Reminder.objects.exclude(pk__in=[one.pk for one in kept]).delete()
    with receiving() as receiver:
        stepping = Stepping(receiver)
        statement = 0
        while stepping.was_killed_at(statement):
            stepping.finish()
            all_said(receiver, len(kept))
            assert len(receiver.ids) <= len(kept) + 1
            begin_again(receiver, kept)
            statement += 1
        stepping.end()

    all_said(receiver, len(kept))
    assert statement > 20


def begin_again(receiver: Receiver, kept: list[Reminder]) -> None:
    receiver.mails.clear()
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    Reminder.objects.bulk_update(kept, ["state", "reason", "settled_at"])


@pytest.mark.slow
def test_two_workers_at_once_send_each_message_once(overdue_work: int) -> None:
    with receiving() as receiver:
        workers = [Worker(receiver), Worker(receiver)]
        for worker in workers:
            worker.go()
        for worker in workers:
            worker.end()

        assert len(receiver.ids) == overdue_work
        all_said(receiver, overdue_work)

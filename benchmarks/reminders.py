"""The sweep with nothing due among a million rows; and many due at once, against one Celery task each."""

from datetime import datetime, timedelta

from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.meter import Line, Meter
from cases.models import WorkItem
from cases.reminders import WORK_DUE
from cities.models import City
from config.celery import app
from notifications.enums import Channel, ReminderState
from notifications.models import Delivery, Notice, Reminder
from notifications.resolvers import Ask, resolve
from notifications.services import send_due_reminders
from people.models import User

IDLE, DUE = "sweep_idle", "reminders_due"
STEP = 5_000
TASKS = 300
WAIT = 120.0


def measure_idle(*, rounds: int, rows: int) -> tuple[Line, str]:
    """What a sweep asks the database when nothing is due, against asking for nothing; and its plan."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_reminder (kind, obligation, rule, step, planned_at, state, reason)"
            " SELECT 'bench', gen_random_uuid(), 'owner', '-1',"
            " now() + interval '1 day' * (1 + n %% 300), %s, ''"
            " FROM generate_series(1, %s) n",
            [ReminderState.PLANNED, rows],
        )
        cursor.execute("VACUUM ANALYZE notifications_reminder")
    pairs = [(_idle(), _nothing()) for _round in range(rounds + 1)]
    with transaction.atomic():
        due = Reminder.objects.due(timezone.now()).select_for_update(skip_locked=True)[:500]
        plan = due.explain(analyze=True, buffers=True)
    Reminder.objects.filter(kind="bench").delete()
    return Line(IDLE, pairs[1:]), plan


def _idle() -> Meter:
    meter = Meter(steps=1)
    with meter.running():
        send_due_reminders(now=timezone.now())
    return meter


def _nothing() -> Meter:
    meter = Meter(steps=1)
    with meter.running(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return meter


def measure_due(*, rows: int) -> Line:
    """Notices and queued mails of so much late work, a piece; the floor is a task for each of some of it."""
    now = timezone.now()
    _late_work(rows, now=now)
    ours = Meter(steps=rows)
    with ours.running():
        send_due_reminders(now=now)
    assert Notice.objects.filter(kind=WORK_DUE, created_at=now).count() == rows
    return Line(DUE, [(ours, _one_task_each(min(rows, TASKS), now=now))])


def _late_work(count: int, *, now: datetime) -> None:
    city, owner = City.objects.select_related("organization")[0], User.objects.filter(is_active=True)[0]
    for start in range(0, count, STEP):
        items = WorkItem.objects.bulk_create(
            WorkItem(
                kind="claim",
                step="claim",
                city=city,
                party="program",
                owner=owner,
                opened_at=now - timedelta(days=9),
                due_at=now - timedelta(days=2),
            )
            for _n in range(start, min(count, start + STEP))
        )
        Reminder.objects.bulk_create(
            Reminder(kind=WORK_DUE, obligation=item.pk, rule="owner", step="+1", planned_at=now)
            for item in items
        )


@shared_task(name="benchmarks.remind_one")
def remind_one(obligation: str) -> None:
    """The same for one piece of work."""
    reminder = Reminder.objects.get(obligation=obligation)
    ask = Ask(reminder.obligation, reminder.step, reminder.rule)
    message = resolve(reminder.kind, [ask])[ask]
    for person_id in message.recipients:
        notice = Notice.objects.create(
            person_id=person_id,
            kind=reminder.kind,
            subject=message.subject,
            text=message.text,
            url=message.url,
            created_at=timezone.now(),
        )
        Delivery.objects.create(notice=notice, channel=Channel.EMAIL, next_attempt_at=timezone.now())
    Reminder.objects.filter(pk=reminder.pk).update(state=ReminderState.SENT, settled_at=timezone.now())


def _one_task_each(count: int, *, now: datetime) -> Meter:
    """Sent to the broker and done by a worker on this machine, as a site of one task each would."""
    chosen = list(Reminder.objects.filter(kind=WORK_DUE, planned_at=now)[:count])
    Reminder.objects.filter(pk__in=[row.pk for row in chosen]).update(
        state=ReminderState.PLANNED, claimed_at=None, settled_at=None
    )
    app.control.purge()
    meter = Meter(steps=count)
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"), meter.running():
        for row in chosen:
            remind_one.delay(str(row.obligation))
        _wait_for(count, chosen)
    return meter


def _wait_for(count: int, chosen: list[Reminder]) -> None:
    from time import monotonic, sleep

    until = monotonic() + WAIT
    keys = [row.pk for row in chosen]
    while Reminder.objects.filter(pk__in=keys, state=ReminderState.SENT).count() < count:
        assert monotonic() < until, "The worker did not do all tasks."
        sleep(0.05)

"""The sweep with nothing due among a million rows; and many due at once, against one Celery task each."""

from datetime import datetime, timedelta
from time import monotonic, sleep

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
TASKS = 2_000
WAIT = 300.0


def measure_idle(*, rounds: int, rows: int) -> tuple[Line, str]:
    """What a sweep asks the database when nothing is due, against asking for nothing; and its plan.

    The rows stay: what falls due afterwards does so among them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_reminder (kind, obligation, rule, step, planned_at, state, reason)"
            " SELECT 'bench', gen_random_uuid(), 'owner', '-1',"
            " now() + interval '1 day' * (1 + n %% 300), %s, ''"
            " FROM generate_series(1, %s) n",
            [ReminderState.PLANNED, rows],
        )
    _settle_down()
    pairs = [(_idle(), _nothing()) for _round in range(rounds + 1)]
    with transaction.atomic():
        due = Reminder.objects.due(timezone.now()).select_for_update(skip_locked=True)[:500]
        plan = due.explain(analyze=True, buffers=True)
    return Line(IDLE, pairs[1:]), plan


def _settle_down() -> None:
    """As the database does by itself after a while, so that neither side pays for the other's rows."""
    with connection.cursor() as cursor:
        for model in (Reminder, Notice, Delivery, WorkItem):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


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


def measure_due(*, rows: int) -> tuple[Line, str]:
    """Notices and queued mails of so much late work, a piece; the floor is a task for each of some of it.

    And in words, for ours is too quick a piece for a line of milliseconds.
    """
    now = timezone.now()
    _late_work(rows, now=now)
    _settle_down()
    ours = Meter(steps=rows)
    with ours.running():
        send_due_reminders(now=now)
    assert Delivery.objects.filter(notice__kind=WORK_DUE, notice__created_at=now).count() == rows
    floor = _one_task_each(min(rows, TASKS), now=now)
    return Line(DUE, [(ours, floor)]), _in_words(ours, floor)


def _in_words(ours: Meter, floor: Meter) -> str:
    times = floor.milliseconds_a_step / ours.milliseconds_a_step
    return (
        f"{ours.steps} due became notices and queued mails in {ours.seconds:.1f} s with {ours.statements}"
        f" queries; {floor.steps} of them as one Celery task each took {floor.seconds:.1f} s."
        f" A piece, {times:.1f} times as fast."
    )


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
@transaction.atomic
def remind_one(obligation: str) -> None:
    """The same for one piece of work, and rather less: nobody's wishes are asked."""
    reminder = Reminder.objects.select_for_update().get(kind=WORK_DUE, obligation=obligation)
    ask = Ask(reminder.obligation, reminder.step, reminder.rule)
    message = resolve(reminder.kind, [ask])[ask]
    for person_id in message.recipients:
        notice = Notice.objects.create(
            person_id=person_id,
            reminder=reminder,
            kind=reminder.kind,
            obligation=reminder.obligation,
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
    # As they were before; what our turn wrote about them is not in the tasks' way.
    Notice.objects.filter(reminder__in=[row.pk for row in chosen]).update(reminder=None)
    Reminder.objects.filter(pk__in=[row.pk for row in chosen]).update(
        state=ReminderState.PLANNED, claimed_at=None, settled_at=None
    )
    _settle_down()
    app.control.purge()
    meter = Meter(steps=count)
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"), meter.running():
        for row in chosen:
            remind_one.delay(str(row.obligation))
        _wait_until_done(now=now)
    return meter


def _wait_until_done(*, now: datetime) -> None:
    until = monotonic() + WAIT
    while Reminder.objects.due(now).exists():
        assert monotonic() < until, "The worker did not do all tasks."
        sleep(0.5)

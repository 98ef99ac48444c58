"""Planning, sending and superseding messages. The rows are the truth; Celery only nudges."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from smtplib import SMTPException

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from notifications import mail
from notifications.enums import Channel, DeliveryState, ReminderState
from notifications.models import Delivery, Notice, Reminder
from notifications.resolvers import Message, resolve
from people.models import User

BATCH = 200
ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
NOT_RELEVANT = "not relevant any more"
NOBODY = "nobody to tell"

log = structlog.get_logger(__name__)


def plan_reminders(
    *, kind: str, obligation: uuid.UUID, moments: Mapping[str, datetime], now: datetime
) -> None:
    """Plan a message for each step of an obligation, or move those planned; in the caller's transaction.

    A step whose moment has passed when the obligation is planned for the first time is left out.
    """
    supersede_reminders(kind=kind, obligation=obligation, now=now, but=moments)
    Reminder.objects.bulk_create(
        (
            Reminder(kind=kind, obligation=obligation, step=step, planned_at=at)
            for step, at in moments.items()
            if at > now
        ),
        ignore_conflicts=True,
    )


def plan_bundle(*, kind: str, obligation: uuid.UUID, step: str, at: datetime) -> None:
    """Plan one message about everything that happens until then, unless one is planned already.

    The lock makes the caller wait for a sweep that is sending it just now, and plan another after it.
    """
    planned = Reminder.objects.select_for_update().filter(
        kind=kind, obligation=obligation, state=ReminderState.PLANNED
    )
    if not list(planned):
        Reminder.objects.create(kind=kind, obligation=obligation, step=step, planned_at=at)


def supersede_reminders(
    *, kind: str, obligation: uuid.UUID, now: datetime, but: Mapping[str, datetime] | None = None
) -> None:
    """Silence what is planned for an obligation that has ended or has new dates, save the given moments."""
    planned = Reminder.objects.filter(kind=kind, obligation=obligation, state=ReminderState.PLANNED)
    for step, at in (but or {}).items():
        planned = planned.exclude(step=step, planned_at=at)
    planned.update(state=ReminderState.SUPERSEDED, settled_at=now)


def send_due_reminders(*, now: datetime) -> int:
    """Turn every due reminder into notices and queued deliveries; any number of callers at once is right."""
    total = 0
    while count := _send_batch(now=now):
        total += count
    return total


@transaction.atomic
def _send_batch(*, now: datetime) -> int:
    batch = list(Reminder.objects.due(now).select_for_update(skip_locked=True)[:BATCH])
    order = sorted(batch, key=lambda row: (row.kind, row.step))
    for (kind, step), rows in groupby(order, key=lambda row: (row.kind, row.step)):
        reminders = list(rows)
        messages = resolve(kind, [row.obligation for row in reminders], step)
        for reminder in reminders:
            _settle(reminder, messages.get(reminder.obligation), now=now)
    return len(batch)


def _settle(reminder: Reminder, message: Message | None, *, now: datetime) -> None:
    reminder.settled_at = now
    reminder.state = ReminderState.SENT if message and message.recipients else ReminderState.SUPPRESSED
    if message is None:
        reminder.reason = NOT_RELEVANT
    elif not message.recipients:
        reminder.reason = NOBODY
    else:
        for person_id in message.recipients:
            _remind(person_id, message, reminder=reminder, now=now)
    reminder.save(update_fields=["state", "reason", "settled_at"])


def _remind(person_id: int, message: Message, *, reminder: Reminder, now: datetime) -> None:
    notice, created = Notice.objects.get_or_create(
        reminder=reminder,
        person_id=person_id,
        defaults={
            "kind": reminder.kind,
            "obligation": reminder.obligation,
            "subject": message.subject[:200],
            "text": message.text,
            "url": message.url,
            "created_at": now,
        },
    )
    if created:
        Delivery.objects.create(notice=notice, channel=Channel.EMAIL, next_attempt_at=now)


def notify(
    *,
    kind: str,
    subject: str,
    text: str,
    url: str,
    now: datetime,
    person: User | None = None,
    address: str = "",
    obligation: uuid.UUID | None = None,
    calendar: str = "",
) -> Notice:
    """Write a message to a person, or to an address without an account, with the change that causes it.

    `calendar` is an iCalendar object with a METHOD, for the reader's calendar program.
    The mail leaves after the caller's transaction has committed; the broker is only a nudge.
    """
    notice = Notice.objects.create(
        person=person,
        address=address,
        kind=kind,
        obligation=obligation,
        subject=subject[:200],
        text=text,
        url=url,
        calendar=calendar,
        created_at=now,
    )
    Delivery.objects.create(notice=notice, channel=Channel.EMAIL, next_attempt_at=now)
    transaction.on_commit(nudge)
    return notice


def nudge() -> None:
    """Ask a worker to look now. When the broker is down the next sweep finds the rows all the same."""
    try:
        current_app.send_task("notifications.sweep")
    except OperationalError as error:
        log.warning("broker_down", problem=str(error))


def deliver_due(*, now: datetime) -> int:
    """Send every delivery whose time has come, one transaction each. Returns how many were tried."""
    tried = 0
    while _deliver_one(now=now):
        tried += 1
    return tried


@transaction.atomic
def _deliver_one(*, now: datetime) -> bool:
    """Locked while the mail goes out: a killed worker frees the row, and two never send it at once."""
    due = Delivery.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    delivery = due.select_related("notice__person", "notice__reminder").first()
    if delivery is None:
        return False
    if not _still_wanted(delivery.notice):
        _end(delivery, DeliveryState.SUPPRESSED, now=now)
        return True
    try:
        mail.send(delivery)
    except (OSError, SMTPException) as error:
        _fail(delivery, error, now=now)
    else:
        _end(delivery, DeliveryState.SENT, now=now)
    return True


def _still_wanted(notice: Notice) -> bool:
    if notice.person is not None and not notice.person.is_active:
        return False
    if notice.obligation is None or notice.reminder is None:
        return True
    message = resolve(notice.kind, [notice.obligation], notice.reminder.step).get(notice.obligation)
    return message is not None and notice.person_id in message.recipients


def _end(delivery: Delivery, state: DeliveryState, *, now: datetime) -> None:
    delivery.state, delivery.settled_at = state, now
    delivery.attempts += state == DeliveryState.SENT
    delivery.save(update_fields=["state", "settled_at", "attempts"])
    _forget_link(delivery.notice)


def _forget_link(notice: Notice) -> None:
    """Such a link lets in whoever holds it: once sent, it stands in the mail and nowhere else."""
    if notice.person_id is None and notice.url:
        notice.url = ""
        notice.save(update_fields=["url"])


def _fail(delivery: Delivery, error: Exception, *, now: datetime) -> None:
    """Try again later, each pause twice as long; after the last attempt give up, visibly."""
    delivery.attempts += 1
    delivery.problem = f"{type(error).__name__}: {error}"[:300]
    log.warning("delivery_failed", delivery=delivery.pk, attempts=delivery.attempts, problem=delivery.problem)
    if delivery.attempts >= ATTEMPTS:
        delivery.state, delivery.settled_at = DeliveryState.FAILED, now
        _forget_link(delivery.notice)
    else:
        delivery.next_attempt_at = now + FIRST_PAUSE * 2 ** (delivery.attempts - 1)
    delivery.save(update_fields=["attempts", "problem", "state", "settled_at", "next_attempt_at"])
    if delivery.state == DeliveryState.FAILED:
        _forget_link(delivery.notice)


def mark_read(*, notice: Notice, by: User, now: datetime) -> Notice:
    """A person has read their notice."""
    if notice.person_id == by.pk and notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, by: User, now: datetime) -> int:
    """A person has read all that they were told."""
    return Notice.objects.visible_to(by).unread().update(read_at=now)


def mark_read_about(*, kinds: Iterable[str], obligation: uuid.UUID, by: User, now: datetime) -> int:
    """A person has seen what the notices of these kinds were about."""
    unread = Notice.objects.visible_to(by).unread()
    return unread.filter(kind__in=list(kinds), obligation=obligation).update(read_at=now)

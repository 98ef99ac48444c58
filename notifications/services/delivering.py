"""Getting queued mails out: one transaction each, so that a crash can repeat one mail and lose none."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from smtplib import SMTPException, SMTPRecipientsRefused

import structlog
from django.conf import settings
from django.db import transaction

from notifications import mail
from notifications.enums import DeliveryState, Mode, ReminderState
from notifications.models import Delivery, Notice, Preference, Reminder
from notifications.resolvers import resolve
from notifications.services.claiming import NOT_RELEVANT, ask_of
from notifications.services.telling import nudge
from notifications.topics import topic_named

ATTEMPTS = 8
GIVEN_UP = "no mail could be delivered"
PERMANENT = 500
SHARE, MOST_SHARES = 200, 20

log = structlog.get_logger(__name__)


def deliver_due(*, now: datetime, limit: int | None = None) -> int:
    """Send the mails whose time has come, at most so many. Returns how many were tried."""
    tried = 0
    while (limit is None or tried < limit) and _deliver_one(now=now):
        tried += 1
    return tried


def deliver_batch(*, now: datetime) -> int:
    """One worker's share. Returns how many mails were tried."""
    return deliver_due(now=now, limit=SHARE)


def spread_deliveries(*, now: datetime) -> int:
    """Ask for a worker for each share of the mails that are due. Returns how many mails there are.

    Who comes takes what nobody holds: too many asked, or none coming, does no harm until the next sweep.
    """
    due = Delivery.objects.due(now).that_lead().count()
    for _share in range(min(ceil(due / SHARE), MOST_SHARES)):
        nudge("notifications.deliver")
    return due


@transaction.atomic
def _deliver_one(*, now: datetime) -> bool:
    """Locked while the mail goes out: a killed worker frees the row, and two never send it at once."""
    due = Delivery.objects.due(now).that_lead().select_for_update(skip_locked=True, of=("self",))
    first = due.select_related("notice__person", "notice__reminder").first()
    if first is None:
        return False
    wanted = [delivery for delivery in _together_with(first) if _is_wanted(delivery, now=now)]
    if wanted:
        _send(wanted, now=now)
    return True


def _together_with(first: Delivery) -> list[Delivery]:
    """One mail's deliveries: itself, or its whole digest. A digest's first one is held by one worker only."""
    person = first.notice.person_id
    if first.digest_at is None or person is None:
        return [first]
    rest = Delivery.objects.of_digest(person, first.digest_at).select_for_update(of=("self",))
    return list(rest.select_related("notice__person", "notice__reminder").order_by("pk"))


def _is_wanted(delivery: Delivery, *, now: datetime) -> bool:
    """Asked just before it is sent; what is not wanted any more ends here."""
    wanted = _still_wanted(delivery.notice)
    if not wanted:
        _end(delivery, DeliveryState.SUPPRESSED, now=now)
    return wanted


def _still_wanted(notice: Notice) -> bool:
    if notice.person is not None and (not notice.person.is_active or _is_switched_off(notice)):
        return False
    if notice.reminder is None:
        return True
    if notice.reminder.state != ReminderState.CLAIMED:
        return False
    ask = ask_of(notice.reminder)
    message = resolve(notice.kind, [ask]).get(ask)
    return message is not None and notice.person_id in message.recipients


def _is_switched_off(notice: Notice) -> bool:
    """By a wish that came after the notice was written; what is past switching off goes out all the same."""
    if notice.is_essential or not topic_named(notice.topic).may_change:
        return False
    return Preference.objects.filter(person=notice.person_id, topic=notice.topic, mode=Mode.OFF).exists()


def _send(deliveries: Sequence[Delivery], *, now: datetime) -> None:
    for delivery in deliveries:
        delivery.address = delivery.notice.recipient
    try:
        mail.send(deliveries)
    except (OSError, SMTPException) as error:
        for delivery in deliveries:
            _fail(delivery, error, now=now)
    else:
        for delivery in deliveries:
            _end(delivery, DeliveryState.SENT, now=now)


def _end(delivery: Delivery, state: DeliveryState, *, now: datetime) -> None:
    delivery.state, delivery.settled_at = state, now
    delivery.attempts += state == DeliveryState.SENT
    delivery.save(update_fields=["state", "settled_at", "attempts", "address"])
    _forget_link(delivery.notice)
    _settle_reminder(delivery.notice.reminder, now=now)


def _forget_link(notice: Notice) -> None:
    """Such a link lets in whoever holds it: once sent, it stands in the mail and nowhere else."""
    if notice.person_id is None and notice.url:
        notice.url = ""
        notice.save(update_fields=["url"])


def _settle_reminder(
    reminder: Reminder | None, *, now: datetime, reopens: ReminderState = ReminderState.CLAIMED
) -> None:
    """The last of a reminder's deliveries says what became of it. Locked first: two may end at once."""
    if reminder is None:
        return
    locked = Reminder.objects.select_for_update().get(pk=reminder.pk)
    if locked.state not in (ReminderState.CLAIMED, reopens):
        return
    states = set(Delivery.objects.filter(notice__reminder=locked).values_list("state", flat=True))
    if DeliveryState.QUEUED in states or (locked.state, locked.reason) == _outcome_of(states):
        return
    locked.settled_at = now
    locked.state, locked.reason = _outcome_of(states)
    locked.save(update_fields=["state", "reason", "settled_at"])


def _outcome_of(states: set[str]) -> tuple[ReminderState, str]:
    if DeliveryState.SENT in states:
        return ReminderState.SENT, ""
    if DeliveryState.FAILED in states:
        return ReminderState.FAILED, GIVEN_UP
    return ReminderState.SUPPRESSED, NOT_RELEVANT


def _fail(delivery: Delivery, error: Exception, *, now: datetime) -> None:
    """Try again later, each pause twice as long; after the last attempt, or a refusal, give up visibly."""
    delivery.attempts += 1
    delivery.problem = f"{type(error).__name__}: {error}"[:300]
    delivery.is_refused = refuses_address(error)
    log.warning("delivery_failed", delivery=delivery.pk, attempts=delivery.attempts, problem=delivery.problem)
    if delivery.is_refused or delivery.attempts >= ATTEMPTS:
        give_up(delivery, now=now)
    else:
        delivery.next_attempt_at = now + settings.DELIVERY_FIRST_PAUSE * 2 ** (delivery.attempts - 1)
        delivery.save()


def give_up(delivery: Delivery, *, now: datetime, reopens: ReminderState = ReminderState.CLAIMED) -> None:
    """Nothing more is tried. `reopens` is a state of its reminder that this may still change."""
    delivery.state, delivery.settled_at = DeliveryState.FAILED, now
    delivery.save()
    _forget_link(delivery.notice)
    _settle_reminder(delivery.notice.reminder, now=now, reopens=reopens)


def refuses_address(error: Exception) -> bool:
    """Whether the mail server said for good that nobody there has this address."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= PERMANENT for code, _words in error.recipients.values())

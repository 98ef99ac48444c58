"""What mail servers report about mails of ours: recorded with the delivery, red where it was refused."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from django.db import transaction

from notifications.bounces import Fate, NotAReport, Return, returns_in
from notifications.enums import DeliveryState, ReminderState
from notifications.models import Delivery
from notifications.naming import deliveries_named
from notifications.postbox import opened
from notifications.services.delivering import give_up

MOST_AT_ONCE = 200
STILL_OPEN = (DeliveryState.QUEUED, DeliveryState.SENT)

log = structlog.get_logger(__name__)


class Reading(StrEnum):
    """What came of a message: taken note of, about nothing of ours, or left for a person to read."""

    NOTED = "noted"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"


def read_bounces(*, mailbox: Mapping[str, Any], now: datetime) -> dict[str, int]:
    """Take note of what has come back to the mailbox. Returns how many messages came to what.

    A message is marked after its change is committed: a worker that dies in between reads it again, and
    changes nothing more.
    """
    counts: Counter[str] = Counter()
    with opened(mailbox) as postbox:
        for number, content in postbox.waiting(most=MOST_AT_ONCE):
            reading = receive_bounce(content=content, now=now)
            mark = postbox.flag if reading == Reading.UNREADABLE else postbox.mark_read
            mark(number)
            counts[reading.value] += 1
    return dict(counts)


@transaction.atomic
def receive_bounce(*, content: bytes, now: datetime) -> Reading:
    """Take note of what a message reports of our mails; the same message again changes nothing more.

    Anybody can write such a message. It counts where it names a mail that went out, which only those know
    who have seen it, and the address to which that mail went.
    """
    try:
        returns = returns_in(content)
    except NotAReport as problem:
        log.warning("bounce_unreadable", problem=str(problem))
        return Reading.UNREADABLE
    noted = sum(_note(one, now=now) for one in returns)
    return Reading.NOTED if noted else Reading.IGNORED


def _note(told: Return, *, now: datetime) -> int:
    rows = deliveries_named(told.message_id).select_related("notice__person", "notice__reminder")
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    about = [row for row in locked if _went_to(row).lower() in told.recipients]
    for delivery in about:
        if delivery.state in STILL_OPEN:
            _write_down(delivery, told, now=now)
    return len(about)


def _went_to(delivery: Delivery) -> str:
    """A worker that died after the mail was taken left no address behind."""
    return delivery.address or delivery.notice.recipient


def _write_down(delivery: Delivery, told: Return, *, now: datetime) -> None:
    delivery.problem = told.problem
    if told.fate == Fate.DELAYED:
        delivery.save(update_fields=["problem"])
        return
    delivery.address = _went_to(delivery)
    delivery.is_refused = told.fate == Fate.REFUSED
    log.warning("delivery_returned", delivery=delivery.pk, fate=told.fate, problem=told.problem)
    give_up(delivery, now=now, reopens=ReminderState.SENT)

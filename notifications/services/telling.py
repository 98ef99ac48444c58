import uuid
from collections.abc import Iterable
from datetime import datetime

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from notifications.enums import Channel, Mode
from notifications.models import Delivery, Notice
from notifications.topics import topic_of
from notifications.wishes import Wishes
from people.models import User

PATIENCE_SECONDS = 60

log = structlog.get_logger(__name__)


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
    thread: uuid.UUID | None = None,
    why: str = "",
    calendar: str = "",
) -> Notice:
    """Write a message to a person, or to an address without an account, with the change that causes it.

    `thread` is the case that its mail belongs to, `why` says to the reader why it came to them, `calendar`
    is an iCalendar object with a METHOD, for the reader's calendar program.
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
        why=why[:200],
        thread=thread,
        topic=topic_of(kind).code,
        calendar=calendar,
        created_at=now,
    )
    wishes = Wishes.of([person.pk]) if person else Wishes({}, {})
    Delivery.objects.bulk_create(deliveries_of([(notice, True)], wishes, now=now))
    transaction.on_commit(nudge)
    return notice


def deliveries_of(notices: Iterable[tuple[Notice, bool]], wishes: Wishes, *, now: datetime) -> list[Delivery]:
    """The mails of some notices, each with whether it may wait; none where its reader wants none."""
    found = []
    for notice, may_wait in notices:
        mode = wishes.mode_for(notice, may_wait=may_wait)
        digest_at = wishes.digest_for(notice, mode, now=now)
        if mode != Mode.OFF:
            found.append(
                Delivery(
                    notice=notice,
                    channel=Channel.EMAIL,
                    digest_at=digest_at,
                    next_attempt_at=digest_at or now,
                )
            )
    return found


def nudge(task: str = "notifications.sweep") -> None:
    """Ask a worker to look now. When the broker is down the next sweep finds the rows all the same."""
    try:
        # By the time it is old another sweep has asked again.
        current_app.send_task(task, expires=PATIENCE_SECONDS)
    except OperationalError as error:
        log.warning("broker_down", problem=str(error))

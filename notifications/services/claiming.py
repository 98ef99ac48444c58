"""What is due becomes notices and queued mails: a batch at once, whole obligations, in one transaction.

A worker that dies in the middle has done nothing; what it held is free again with its connection.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from notifications.enums import DeliveryState, ReminderState
from notifications.models import Delivery, Notice, Reminder
from notifications.resolvers import Ask, Message, resolve
from notifications.services.telling import deliveries_of
from notifications.topics import topic_of
from notifications.wishes import Wishes

BATCH = 500
NOT_RELEVANT = "not relevant any more"
NOBODY = "nobody to tell"
TOLD_ALREADY = "told by another rule at the same time"
LATER_STEP = "a later step was due as well"


def send_due_reminders(*, now: datetime) -> int:
    """Turn every due reminder into notices and queued deliveries; any number of callers at once is right.

    Each obligation says only the latest of what is due, once for each rule; what is older is superseded.
    Returns how many reminders were dealt with.
    """
    total = 0
    while count := _claim_batch(now=now):
        total += count
    return total


@dataclass
class Outcome:
    """What becomes of a batch: rows to write, and reminders by their new state and reason."""

    now: datetime
    # Each with whether it may wait for a digest.
    notices: list[tuple[Notice, bool]] = field(default_factory=list)
    again: list[tuple[int, int]] = field(default_factory=list)
    settled: dict[tuple[ReminderState, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def settle(self, reminder: Reminder, state: ReminderState, reason: str = "") -> None:
        self.settled[state, reason].append(reminder.pk)

    def write(self) -> None:
        wishes = Wishes.of(notice.person_id for notice, _may_wait in self.notices if notice.person_id)
        Notice.objects.bulk_create(notice for notice, _may_wait in self.notices)
        Delivery.objects.bulk_create(deliveries_of(self.notices, wishes, now=self.now))
        for (state, reason), keys in self.settled.items():
            moment = "claimed_at" if state == ReminderState.CLAIMED else "settled_at"
            Reminder.objects.filter(pk__in=keys).update(state=state, reason=reason, **{moment: self.now})
        self._finish_what_nothing_waits_for()

    def _queue_again(self) -> None:
        """Mails that were not wanted for a while, because the work was somebody else's meanwhile."""
        claimed = self.settled.get((ReminderState.CLAIMED, ""), [])
        people = Q(pk__in=[])
        for reminder, person in self.again:
            people |= Q(notice__reminder=reminder, notice__person=person)
        Delivery.objects.filter(people, notice__reminder__in=claimed, state=DeliveryState.SUPPRESSED).update(
            state=DeliveryState.QUEUED, next_attempt_at=self.now, settled_at=None
        )

    def _finish_what_nothing_waits_for(self) -> None:
        """Said in the app alone, or said before to everybody who is to be told."""
        if self.again:
            self._queue_again()
        claimed = self.settled.get((ReminderState.CLAIMED, ""), [])
        waiting = Delivery.objects.filter(notice__reminder=OuterRef("pk"), state=DeliveryState.QUEUED)
        Reminder.objects.filter(~Exists(waiting), pk__in=claimed).update(
            state=ReminderState.SENT, settled_at=self.now
        )


@transaction.atomic
def _claim_batch(*, now: datetime) -> int:
    due = _whole_obligations(now=now)
    if not due:
        return 0
    outcome = Outcome(now)
    latest = _latest_of_each_rule(due, outcome)
    messages = _messages(latest)
    _write_notices(latest, messages, outcome)
    outcome.write()
    return len(due)


def _whole_obligations(*, now: datetime) -> list[Reminder]:
    """Due reminders, all of each obligation's; what somebody else holds in part is left to the next sweep."""
    first = list(Reminder.objects.due(now).select_for_update(skip_locked=True)[:BATCH])
    if not first:
        return []
    about = {(row.kind, row.obligation) for row in first}
    due = Reminder.objects.due(now).filter(
        kind__in={kind for kind, _id in about}, obligation__in={id_ for _kind, id_ in about}
    )
    held = list(due.select_for_update(skip_locked=True))
    wanted = Counter(due.values_list("kind", "obligation"))
    found = Counter((row.kind, row.obligation) for row in held)
    return [row for row in held if found[row.kind, row.obligation] == wanted[row.kind, row.obligation]]


def _latest_of_each_rule(due: Iterable[Reminder], outcome: Outcome) -> list[Reminder]:
    """Those to say; `due` is ordered by moment."""
    latest: dict[tuple[str, uuid.UUID, str], Reminder] = {}
    for reminder in due:
        key = reminder.kind, reminder.obligation, reminder.rule
        if key in latest:
            outcome.settle(latest[key], ReminderState.SUPERSEDED, LATER_STEP)
        latest[key] = reminder
    return list(latest.values())


def ask_of(reminder: Reminder) -> Ask:
    return Ask(reminder.obligation, reminder.step, reminder.rule)


def _messages(reminders: Iterable[Reminder]) -> dict[int, Message]:
    """What each reminder has to say now, one call a kind; those not relevant any more are missing."""
    by_kind: dict[str, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        by_kind[reminder.kind].append(reminder)
    found: dict[int, Message] = {}
    for kind, rows in by_kind.items():
        answers: Mapping[Ask, Message] = resolve(kind, [ask_of(row) for row in rows])
        found |= {row.pk: answers[ask_of(row)] for row in rows if ask_of(row) in answers}
    return found


def _write_notices(reminders: list[Reminder], messages: Mapping[int, Message], outcome: Outcome) -> None:
    """One notice for each person and obligation, however many rules lead to them."""
    before = set(
        Notice.objects.filter(reminder__in=reminders, person__isnull=False).values_list("reminder", "person")
    )
    told: set[tuple[str, uuid.UUID, int]] = set()
    # A rule that leads to a person by their own work comes before one that leads past it.
    for reminder in sorted(
        reminders, key=lambda row: (not _is_essential(row, messages), row.rule != "owner")
    ):
        message = messages.get(reminder.pk)
        if message is None:
            outcome.settle(reminder, ReminderState.SUPPRESSED, NOT_RELEVANT)
        elif not message.recipients:
            outcome.settle(reminder, ReminderState.SUPPRESSED, NOBODY)
        else:
            _write_to_each(reminder, message, told=told, before=before, outcome=outcome)


def _is_essential(reminder: Reminder, messages: Mapping[int, Message]) -> bool:
    return reminder.pk in messages and messages[reminder.pk].is_essential


def _write_to_each(
    reminder: Reminder,
    message: Message,
    *,
    told: set[tuple[str, uuid.UUID, int]],
    before: set[tuple[int, int]],
    outcome: Outcome,
) -> None:
    fresh = [one for one in message.recipients if (reminder.kind, reminder.obligation, one) not in told]
    told |= {(reminder.kind, reminder.obligation, one) for one in fresh}
    for person in fresh:
        if (reminder.pk, person) in before:
            outcome.again.append((reminder.pk, person))
        else:
            notice = notice_of(reminder, message, person, now=outcome.now)
            outcome.notices.append((notice, message.may_wait))
    if fresh:
        outcome.settle(reminder, ReminderState.CLAIMED)
    else:
        outcome.settle(reminder, ReminderState.SUPPRESSED, TOLD_ALREADY)


def notice_of(reminder: Reminder, message: Message, person_id: int, *, now: datetime) -> Notice:
    return Notice(
        reminder=reminder,
        person_id=person_id,
        kind=reminder.kind,
        obligation=reminder.obligation,
        subject=message.subject[:200],
        text=message.text,
        url=message.url,
        why=message.why[:200],
        topic=message.topic or topic_of(reminder.kind).code,
        is_essential=message.is_essential,
        is_private=message.is_private,
        thread=message.thread,
        created_at=now,
    )

"""Who is told of new messages, and when: the mentioned at once, the other side in one notice for many."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import wordings
from cases.deadlines import program_calendar
from cases.enums import Party, Thread
from cases.models import Case, Message, ReadMark
from cases.selectors import keepers_of
from core.errors import Text
from notifications.resolvers import Ask, Resolver, register
from notifications.resolvers import Message as Notification
from notifications.selectors import OwnWords, say, told_about
from notifications.services import notify, plan_bundle
from people.models import User

# What is written within this time is told together.
PAUSE = timedelta(minutes=5)
# Whoever has an unread notice about a thread hears of more in it after this time only.
PATIENCE = timedelta(days=1)


class Kinds(NamedTuple):
    written: str
    mentioned: str


KINDS = {
    Thread.CITY: Kinds("cases.message_written", "cases.message_mentions"),
    Thread.INTERNAL: Kinds("cases.internal_message_written", "cases.internal_message_mentions"),
}
WORDINGS = {Thread.CITY: wordings.WRITTEN, Thread.INTERNAL: wordings.WRITTEN_INSIDE}
PAGES = {Thread.CITY: "workflows:case-messages", Thread.INTERNAL: "workflows:case-messages-internal"}


def register_kinds() -> None:
    for thread in Thread:
        register(KINDS[thread].written, _resolver(thread))


def plan_to_tell(message: Message, *, now: datetime) -> None:
    """Plan a notice of everything from this message on, unless one is planned that will tell of it too."""
    kinds = KINDS[Thread(message.thread)]
    step = f"from-{message.number}"
    plan_bundle(kind=kinds.written, obligation=message.case_id, step=step, at=now + PAUSE)


def tell_mentioned(message: Message, people: Sequence[User], *, now: datetime) -> None:
    thread, case = Thread(message.thread), message.case
    kind = KINDS[thread].mentioned
    told = told_about([kind], case.pk, since=now - PATIENCE)
    words = say(wordings.MENTIONED, {"who": message.sent_by.name, "city": case.city.name})
    for person in people:
        if person.pk not in told:
            notify(
                kind=kind,
                subject=words.subject,
                text=words.text,
                url=reverse(PAGES[thread], args=[case.pk]),
                now=now,
                person=person,
                obligation=case.pk,
                thread=case.pk,
            )


def _resolver(
    thread: Thread,
) -> Resolver:
    def resolve(asks: Sequence[Ask]) -> Mapping[Ask, Notification]:
        found = Case.objects.filter(pk__in={ask.obligation for ask in asks}).select_related(
            "city__organization"
        )
        cases = {case.pk: case for case in found}
        own = OwnWords.load(*WORDINGS.values())
        return {
            ask: _notification(cases[ask.obligation], thread, ask.step, own)
            for ask in asks
            if ask.obligation in cases
        }

    return resolve


def _notification(case: Case, thread: Thread, step: str, own: OwnWords) -> Notification:
    """Nothing of what was written: whoever opens the mail may not be whom it was sent to."""
    values: dict[str, Text] = {"city": case.city.name}
    words = own.say(WORDINGS[thread], values)
    return Notification(
        _recipients(case, thread, step),
        words.subject,
        words.text,
        reverse(PAGES[thread], args=[case.pk]),
        why=_("You take part in the messages about %(city)s.") % values,
        thread=case.pk,
    )


def _recipients(case: Case, thread: Thread, step: str) -> list[int]:
    """The other side's people who have not read what is new, unless a notice about the thread lies unread."""
    now = timezone.now()
    fresh = list(
        case.messages.filter(thread=thread, number__gte=int(step.removeprefix("from-"))).values_list(
            "number", "side", "sent_by"
        )
    )
    marks = dict(ReadMark.objects.filter(case=case, thread=thread).values_list("person", "number"))
    told = told_about(KINDS[thread], case.pk, since=now - PATIENCE, but=step)

    def has_news(person: int, side: Party) -> bool:
        return any(
            number > marks.get(person, 0)
            and person != writer
            and (thread is Thread.INTERNAL or wrote_for != side)
            for number, wrote_for, writer in fresh
        )

    keepers = keepers_of(case, thread, today=program_calendar().local_day(now))
    return sorted(one for one, side in keepers.items() if one not in told and has_news(one, side))

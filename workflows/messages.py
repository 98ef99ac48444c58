"""What a reminder about a piece of work says: decided when it is sent, never before."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.deadlines import Policy, calendar_of, policies, program_calendar
from cases.enums import Party, RecipientRule
from cases.models import Hold, WorkItem
from cases.new_messages import KINDS
from cases.reminders import WORK_DUE
from certification.services.comments import EVENTS as COMMENTS
from certification.services.expiries import EXPIRY
from core.calendars import WorkingCalendar
from core.errors import Text
from core.pagekit_dates import day_in_words
from notifications.resolvers import Ask, Message
from notifications.selectors import OwnWords
from notifications.topics import Topic, register_topic
from workflows.recipients import Recipients
from workflows.services.announcing import CHANGED
from workflows.services.claims import ANSWERED
from workflows.services.handover import LEFT
from workflows.wordings.reminders import wording_at

WORK, LATE_WORK, MESSAGES, ACCESS = "work", "late_work", "messages", "access"


def register_topics() -> None:
    register_topic(
        Topic(
            WORK,
            gettext_lazy("Work of yours"),
            gettext_lazy(
                "Before it falls due, on the day, and when it is late; also a certificate or evidence that "
                "runs out."
            ),
        ),
        kinds=[WORK_DUE, EXPIRY],
    )
    register_topic(
        Topic(
            LATE_WORK,
            gettext_lazy("Late work of others"),
            gettext_lazy("What stays open in your organization, or on cases that you answer for."),
        )
    )
    register_topic(
        Topic(
            MESSAGES,
            gettext_lazy("Messages and comments"),
            gettext_lazy("That somebody wrote on a case of yours, or mentions you."),
        ),
        kinds=[*(kind for kinds in KINDS.values() for kind in kinds), *COMMENTS.values()],
    )
    register_topic(
        Topic(
            ACCESS,
            gettext_lazy("Your access"),
            gettext_lazy("Changes of your roles, and answers to what you asked for."),
            may_change=False,
        ),
        kinds=[CHANGED, LEFT, ANSWERED],
    )


class Batch(NamedTuple):
    """What every message of a batch is made from."""

    items: Mapping[uuid.UUID, WorkItem]
    recipients: Recipients
    may_wait: frozenset[tuple[str, int, str]]
    home: WorkingCalendar
    words: OwnWords


def work_due(asks: Sequence[Ask]) -> Mapping[Ask, Message]:
    """Messages for the work that is still open; work done, paused or on hold meanwhile is left out."""
    held = Hold.objects.filter(case=OuterRef("case"), lifted_at__isnull=True)
    asked = WorkItem.objects.open().filter(pk__in={ask.obligation for ask in asks})
    found = asked.filter(~Exists(held), paused_at__isnull=True).for_list()
    items = {item.pk: item for item in found}
    if not items:
        return {}
    may_wait = rungs_that_may_wait(policies().values())
    batch = Batch(items, Recipients(items.values()), may_wait, program_calendar(), OwnWords.load())
    return {ask: _message(batch, ask) for ask in asks if ask.obligation in items}


def rungs_that_may_wait(held: Iterable[Policy]) -> frozenset[tuple[str, int, str]]:
    return frozenset(
        (policy.step, rung.days, rung.rule) for policy in held for rung in policy.ladder if rung.may_wait
    )


def _message(batch: Batch, ask: Ask) -> Message:
    item, days = batch.items[ask.obligation], int(ask.step)
    rule = RecipientRule(ask.rule or RecipientRule.OWNER)
    is_own = rule is RecipientRule.OWNER
    values = values_of(item, home=batch.home)
    words = batch.words.say(wording_at(days, is_own=is_own), values)
    text = words.text
    if is_own and (substitute := batch.recipients.substitutes.get(item.pk)):
        away = {"who": item.owner, "substitute": substitute}
        text += " " + _("%(who)s is away; %(substitute)s stands in.") % away
    return Message(
        batch.recipients.of(item, rule),
        words.subject,
        text,
        item.get_absolute_url(),
        may_wait=(item.step, days, rule) in batch.may_wait,
        is_essential=is_own and days > 0,
        why=str(_WHY[rule]),
        topic=WORK if is_own else LATE_WORK,
        is_private=item.party == Party.COMMITTEE and item.owner is None and is_own,
        thread=item.case_id,
    )


_WHY: dict[RecipientRule, Text] = {
    RecipientRule.OWNER: gettext_lazy("This work is yours, or you may do it for your organization."),
    RecipientRule.PARTY_LEAD: gettext_lazy("You lead the organization that owes this work."),
    RecipientRule.PARTNER_LEAD: gettext_lazy("You lead a partner that coaches this city."),
    RecipientRule.MANAGER: gettext_lazy("You manage this case for the program."),
    RecipientRule.DIRECTOR: gettext_lazy("You direct the program, and this work is long overdue."),
}


def values_of(item: WorkItem, *, home: WorkingCalendar) -> dict[str, object]:
    """What stands in for the placeholders of a message about this work."""
    calendar = calendar_of(item.organization, home=home)
    return {
        "title": item.title,
        "city": item.place.name if item.place else _("a city that is not on record"),
        "day": day_in_words(calendar.local_day(item.due_at)),
        "who": item.owner or (item.organization and item.organization.name) or item.get_party_display(),
    }

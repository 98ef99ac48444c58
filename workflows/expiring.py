"""What a message about a certificate or evidence that runs out says: decided when it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.deadlines import policies
from cases.enums import RecipientRule
from cases.models import Case
from certification.models import Expiry
from core.errors import Text
from core.pagekit_dates import day_in_words
from notifications.resolvers import Ask, Message
from notifications.selectors import OwnWords
from workflows.messages import LATE_WORK, WORK, rungs_that_may_wait
from workflows.recipients import Recipients
from workflows.wordings.expiries import wording_of


class Batch(NamedTuple):
    """What every message of a batch is made from."""

    expiries: Mapping[uuid.UUID, Expiry]
    recipients: Recipients
    # The open case of each city.
    running: Mapping[uuid.UUID, Case]
    may_wait: frozenset[tuple[str, int, str]]
    words: OwnWords


def expiring(asks: Sequence[Ask]) -> Mapping[Ask, Message]:
    """Messages for what still counts and still ends; a hold of the case does not stop these days."""
    asked = Expiry.objects.open().filter(pk__in={ask.obligation for ask in asks})
    found = asked.filter(certificate__revoked_at__isnull=True).for_list()
    expiries = {expiry.pk: expiry for expiry in found}
    if not expiries:
        return {}
    cities = {expiry.case.city_id for expiry in expiries.values()}
    running = {case.city_id: case for case in Case.objects.running().filter(city__in=cities)}
    may_wait = rungs_that_may_wait(policies().values())
    batch = Batch(expiries, Recipients(expiries.values()), running, may_wait, OwnWords.load())
    return {ask: _message(batch, ask) for ask in asks if ask.obligation in expiries}


def _message(batch: Batch, ask: Ask) -> Message:
    expiry, days = batch.expiries[ask.obligation], int(ask.step)
    rule = RecipientRule(ask.rule)
    is_own = rule is RecipientRule.OWNER
    case = batch.running.get(expiry.case.city_id)
    wording = wording_of(is_of_certificate=expiry.is_of_certificate, is_over=days > 0)
    words = batch.words.say(wording, values_of(expiry, case))
    return Message(
        batch.recipients.of(expiry, rule),
        words.subject,
        words.text,
        expiry.get_absolute_url(),
        may_wait=(expiry.step, days, rule) in batch.may_wait,
        is_essential=is_own and days > 0,
        why=str(_WHY[rule]),
        topic=WORK if is_own else LATE_WORK,
        thread=expiry.case_id,
    )


def values_of(expiry: Expiry, case: Case | None) -> dict[str, object]:
    """What stands in for the placeholders; `case` is the one that is open for the city."""
    values: dict[str, object] = {"city": expiry.place.name, "day": day_in_words(expiry.ends_on)}
    if expiry.certificate is None:
        return values | {"codes": expiry.topic}
    return values | {"number": expiry.topic, "level": expiry.certificate.level.name, "case": _stands(case)}


def _stands(case: Case | None) -> str:
    if case is None:
        return _("No case is open to renew it.")
    return _("The case that is open to renew it stands at “%(stage)s”.") % {"stage": case.get_stage_display()}


_lead: Text = gettext_lazy("You lead the city whose certificate or evidence it is.")
_WHY: dict[RecipientRule, Text] = {
    RecipientRule.OWNER: _lead,
    RecipientRule.PARTY_LEAD: _lead,
    RecipientRule.PARTNER_LEAD: _lead,
    RecipientRule.MANAGER: gettext_lazy("You answer for this city in the program."),
    RecipientRule.DIRECTOR: gettext_lazy("You direct the program."),
}

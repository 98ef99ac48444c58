"""Action items: agreed upon in an engagement, owed by one person of city or partner until a day."""

import uuid
from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import WorkKind
from cases.models import Case
from cases.services import close_work_item, hand_over_work_item, open_work_item
from cases.services.case import require
from cases.steps import ACTION_ITEM
from coaching.enums import RUNNING
from coaching.models import ActionItem, Engagement
from coaching.selectors import Hand, hands_of
from coaching.services.pausing import require_not_paused
from core import audit
from core.errors import InvalidInput, WrongState
from core.words import sound_text
from people.models import User
from people.permissions import Permission
from standards.models import Criterion

LONGEST, LONGEST_OUTCOME = 200, 4000


def set_action_item(
    *,
    engagement: Engagement,
    text: str,
    owner: User,
    due_on: date,
    criterion: Criterion | None,
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> ActionItem:
    """Put what was agreed upon on its owner's desk; the same key of the same person returns the first one.

    It falls due at the end of that day in the owner's place, or of the next working day. Raises NotAllowed,
    WrongState for an engagement that is not running, InvalidInput.
    """
    require(by, Permission.SET_ACTIONS, engagement)
    if found := ActionItem.objects.filter(set_by=by, key=key).first():
        return found
    if engagement.status not in RUNNING:
        raise WrongState(_("Action items are set between the accepted offer and the close."))
    require_not_paused(engagement)
    words = sound_text(text, longest=LONGEST)
    hand = _hand(engagement, owner, now=now)
    calendar = calendar_of(hand.organization)
    if due_on < calendar.local_day(now):
        raise InvalidInput(errors={"due_on": [_("This day has passed; choose today or later.")]})
    if criterion is not None and criterion.area not in engagement.areas.all():
        raise InvalidInput(errors={"criterion": [_("This criterion is not among the areas coached.")]})
    item = open_work_item(
        case=engagement.case,
        step=ACTION_ITEM.code,
        kind=WorkKind.ACTION_ITEM,
        party=hand.party,
        organization=hand.organization,
        owner=owner,
        subject=engagement.pk,
        topic=words,
        due_at=calendar.end_of(calendar.first_working_day(due_on)),
        by=by,
        now=now,
    )
    action = ActionItem.objects.create(
        engagement=engagement,
        work_item=item,
        text=words,
        criterion=criterion,
        key=key,
        set_at=now,
        set_by=by,
    )
    new = {"owner": owner.email, "due_on": due_on.isoformat()}
    _record("coaching.action_set", action, by=by, now=now, new=new)
    return action


def _hand(engagement: Engagement, owner: User, *, now: datetime) -> Hand:
    """For whom this person works in the engagement. Raises InvalidInput for anybody else."""
    hands = {hand.person.pk: hand for hand in hands_of(engagement, now=now)}
    if owner.pk not in hands:
        text = _("%(name)s works neither for this city nor for this partner.") % {"name": owner}
        raise InvalidInput(errors={"owner": [text]})
    return hands[owner.pk]


def pass_on_action_item(*, action: ActionItem, owner: User, by: User, now: datetime) -> ActionItem:
    """Somebody else of city or partner takes it on; its date stays."""
    require(by, Permission.FINISH_ACTION, action)
    _require_open(action)
    hand = _hand(action.engagement, owner, now=now)
    item = action.work_item
    item.party, item.organization = hand.party, hand.organization
    item.save(update_fields=["party", "organization"])
    hand_over_work_item(item=item, owner=owner, by=by, now=now)
    _record("coaching.action_passed_on", action, by=by, now=now, new={"owner": owner.email})
    return action


def finish_action_item(*, action: ActionItem, outcome: str, by: User, now: datetime) -> ActionItem:
    """It is done; what came of it may be said."""
    require(by, Permission.FINISH_ACTION, action)
    _require_open(action)
    action.outcome = sound_text(outcome, longest=LONGEST_OUTCOME, may_be_empty=True)
    action.save(update_fields=["outcome"])
    close_work_item(item=action.work_item, by=by, now=now)
    _record("coaching.action_done", action, by=by, now=now)
    return action


def drop_action_item(*, action: ActionItem, reason: str, by: User, now: datetime) -> ActionItem:
    """It is not to be done any more. Raises InvalidInput without a reason."""
    require(by, Permission.SET_ACTIONS, action.engagement)
    _require_open(action)
    if not reason.strip():
        raise InvalidInput(errors={"outcome": [_("Say why it need not be done any more.")]})
    return _drop(action, sound_text(reason, longest=LONGEST_OUTCOME), by=by, now=now)


def _drop(action: ActionItem, reason: str, *, by: User, now: datetime) -> ActionItem:
    action.outcome, action.dropped_at, action.dropped_by = reason, now, by
    action.save(update_fields=["outcome", "dropped_at", "dropped_by"])
    close_work_item(item=action.work_item, by=by, now=now)
    _record("coaching.action_dropped", action, by=by, now=now)
    return action


def end_action_items(*, engagement: Engagement, by: User, now: datetime) -> None:
    """What is still open when an engagement ends is dropped with it, and stays on record as such."""
    for action in engagement.action_items.open().select_related("work_item"):
        _drop(action, _("Open when the engagement ended."), by=by, now=now)


def _require_open(action: ActionItem) -> None:
    if not action.is_open:
        raise WrongState(_("It is done, or was dropped, already."))


def _record(
    event: str, action: ActionItem, *, by: User, now: datetime, new: dict[str, str] | None = None
) -> None:
    case: Case = action.engagement.case
    audit.record(event, by=by, target=action, now=now, dossier=case.pk, new=new or {})

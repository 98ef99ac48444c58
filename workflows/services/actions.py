"""Action items of an engagement: set, passed on, done or dropped; their owners are told. No flow step."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.services import require_not_ended
from coaching import services as coaching
from coaching.models import ActionItem, Engagement
from core.errors import NotFound
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Words
from people.models import User
from standards.models import Criterion
from workflows.services.moves import changing
from workflows.wordings import coaching as wordings

AGREED = "coaching.action_item"


def set_action_item(
    *,
    engagement_id: uuid.UUID,
    text: str,
    owner: User,
    due_on: date,
    criterion: Criterion | None,
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> ActionItem:
    """Agree upon something to do in an engagement that the person reads. Raises NotFound, and what the
    domain does."""
    seen = Engagement.objects.readable_by(by).select_related("partner").filter(pk=engagement_id).first()
    if seen is None:
        raise NotFound(_("There is no such engagement for you."))
    with changing(seen.case_id, by=by, now=now) as case:
        require_not_ended(case)
        seen.refresh_from_db()
        seen.case = case
        before = ActionItem.objects.filter(set_by=by, key=key).exists()
        action = coaching.set_action_item(
            engagement=seen,
            text=text,
            owner=owner,
            due_on=due_on,
            criterion=criterion,
            key=key,
            by=by,
            now=now,
        )
        if not before:
            _tell_the_owner(action, by=by, now=now)
        return action


def pass_on_action_item(*, action_id: uuid.UUID, owner: User, by: User, now: datetime) -> ActionItem:
    """Let somebody else of city or partner do it; they are told."""
    with _acting_on(action_id, by=by, now=now) as action:
        coaching.pass_on_action_item(action=action, owner=owner, by=by, now=now)
        _tell_the_owner(action, by=by, now=now)
    return action


def finish_action_item(*, action_id: uuid.UUID, outcome: str, by: User, now: datetime) -> ActionItem:
    """Say that it is done; possible while the case is on hold."""
    with _acting_on(action_id, by=by, now=now) as action:
        coaching.finish_action_item(action=action, outcome=outcome, by=by, now=now)
    return action


def drop_action_item(*, action_id: uuid.UUID, reason: str, by: User, now: datetime) -> ActionItem:
    """Take it off its owner's desk; they are told why."""
    with _acting_on(action_id, by=by, now=now) as action:
        coaching.drop_action_item(action=action, reason=reason, by=by, now=now)
        values = {"what": action.text, "city": action.engagement.case.city.name, "why": action.outcome}
        _tell(action, say(wordings.ACTION_DROPPED, values), by=by, now=now)
    return action


@contextmanager
def _acting_on(action_id: uuid.UUID, *, by: User, now: datetime) -> Iterator[ActionItem]:
    """The action item with its case locked, if this person reads the engagement. Raises NotFound."""
    rows = ActionItem.objects.visible_to(by).filter(pk=action_id)
    case_id = rows.values_list("engagement__case", flat=True).first()
    if case_id is None:
        raise NotFound(_("There is no such action item for you."))
    with changing(case_id, by=by, now=now) as case:
        action = rows.select_related("engagement__partner", "work_item__owner", "criterion").get()
        action.engagement.case = case
        yield action


def _tell_the_owner(action: ActionItem, *, by: User, now: datetime) -> None:
    values = {"what": action.text, "city": action.engagement.case.city.name, "who": by.name}
    _tell(action, say(wordings.ACTION_GIVEN, values), by=by, now=now)


def _tell(action: ActionItem, words: Words, *, by: User, now: datetime) -> None:
    owner = action.work_item.owner
    if owner is None or owner == by:
        return
    url = reverse("workflows:action-item", args=[action.pk])
    notify(
        kind=AGREED,
        subject=words.subject,
        text=words.text,
        url=url,
        now=now,
        person=owner,
        obligation=action.pk,
    )

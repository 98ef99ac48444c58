"""Pausing an engagement: its clock stands still, nothing of it is asked of anybody, the others go on."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases.errors import ReasonNeeded
from cases.models import WorkItem
from cases.querysets import WorkItemQuerySet
from cases.services import pause_work, resume_work
from coaching.models import Engagement
from coaching.transitions import TABLE, Action
from core.errors import WrongState
from core.transitions import advance, authorize
from people.models import User


def pause_engagement(*, engagement: Engagement, reason: str, by: User, now: datetime) -> Engagement:
    """Let an engagement rest, with a reason that city and program read; nothing of it is due meanwhile."""
    authorize(TABLE[Action.PAUSE], engagement, by=by)
    require_not_paused(engagement)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say why it rests; the city and the program read it.")]})
    engagement.paused_at, engagement.paused_by = now, by
    engagement.pause_reason = reason.strip()
    pause_work(items=_work_of(engagement), now=now)
    return _advance(Action.PAUSE, engagement, by=by, now=now)


def resume_engagement(*, engagement: Engagement, by: User, now: datetime) -> Engagement:
    """Go on; every open due date moves by the working days of the pause in the owing party's calendar."""
    authorize(TABLE[Action.RESUME], engagement, by=by)
    if engagement.paused_at is None:
        raise WrongState(TABLE[Action.RESUME].refusal)
    engagement.paused_at = engagement.paused_by = None
    engagement.pause_reason = ""
    resume_work(items=_work_of(engagement), now=now)
    return _advance(Action.RESUME, engagement, by=by, now=now)


def require_not_paused(engagement: Engagement) -> None:
    """Raise WrongState, saying since when and why."""
    if engagement.paused_at is not None:
        text = _("The engagement is paused: %(reason)s Resume it first.")
        raise WrongState(text % {"reason": engagement.pause_reason})


def _work_of(engagement: Engagement) -> WorkItemQuerySet:
    return WorkItem.objects.open().filter(subject=engagement.pk).select_related("organization")


def _advance(action: Action, engagement: Engagement, *, by: User, now: datetime) -> Engagement:
    new = {"partner": engagement.partner.slug}
    return advance(TABLE[action], engagement, by=by, now=now, dossier=engagement.case_id, new=new)

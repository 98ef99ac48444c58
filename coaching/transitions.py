from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from coaching.enums import EngagementStatus as S
from core.transitions import Transition
from people.permissions import Permission


class Action(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    ASSIGN_COACH = "assign_coach"
    KICK_OFF = "kick_off"
    LOG_SESSION = "log_session"
    FINISH_WORK = "finish_work"
    CLOSE = "close"
    MEND_PLAN = "mend_plan"


_answered = _("This offer has been answered already.")

TABLE: dict[Action, Transition] = {
    Action.ACCEPT: Transition(
        sources=frozenset({S.OFFERED}),
        target=S.ACCEPTED,
        permission=Permission.RESPOND,
        event="coaching.engagement_accepted",
        refusal=_answered,
    ),
    Action.DECLINE: Transition(
        sources=frozenset({S.OFFERED}),
        target=S.DECLINED,
        permission=Permission.RESPOND,
        event="coaching.engagement_declined",
        refusal=_answered,
    ),
    Action.ASSIGN_COACH: Transition(
        sources=frozenset({S.ACCEPTED}),
        target=None,
        permission=Permission.ASSIGN_COACH,
        event="coaching.coach_assigned",
        refusal=_("A coach can be assigned once the engagement is accepted and before it begins."),
    ),
    Action.KICK_OFF: Transition(
        sources=frozenset({S.ACCEPTED}),
        target=S.ACTIVE,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.kicked_off",
        refusal=_("The engagement has begun already."),
    ),
    Action.LOG_SESSION: Transition(
        sources=frozenset({S.ACTIVE, S.CLOSING}),
        target=None,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_logged",
        refusal=_("Sessions are logged between the kick-off and the close."),
    ),
    Action.FINISH_WORK: Transition(
        sources=frozenset({S.ACTIVE}),
        target=S.CLOSING,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.work_finished",
        refusal=_("The work is not under way."),
    ),
    Action.CLOSE: Transition(
        sources=frozenset({S.CLOSING}),
        target=S.CLOSED,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.engagement_closed",
        refusal=_("The engagement is closed already, or its work is not finished."),
    ),
    Action.MEND_PLAN: Transition(
        sources=frozenset({S.DECLINED}),
        target=None,
        permission=Permission.MEND_PLAN,
        event="coaching.plan_mended",
        refusal=_("There is nothing to mend: the engagement was not declined."),
    ),
}

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from coaching.enums import RUNNING, SessionStatus
from coaching.enums import EngagementStatus as S
from coaching.enums import TransferStatus as T
from core.transitions import Transition
from people.permissions import Permission


class Action(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    ASSIGN_COACH = "assign_coach"
    KICK_OFF = "kick_off"
    PLAN_SESSION = "plan_session"
    LOG_SESSION = "log_session"
    CHANGE_SESSION = "change_session"
    CALL_OFF_SESSION = "call_off_session"
    HOLD_SESSION = "hold_session"
    MISS_SESSION = "miss_session"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH_WORK = "finish_work"
    CLOSE = "close"
    MEND_PLAN = "mend_plan"
    ACCEPT_TRANSFER = "accept_transfer"
    DECLINE_TRANSFER = "decline_transfer"
    WITHDRAW_TRANSFER = "withdraw_transfer"


_not_open = _("This hand-over has been answered, or called off, already.")
_answered = _("This offer has been answered already.")
_over = _("The session is over, or has been called off.")

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
    Action.PLAN_SESSION: Transition(
        sources=frozenset({S.ACCEPTED, S.ACTIVE, S.CLOSING}),
        target=None,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_planned",
        refusal=_("Sessions are planned from the assignment of the coach until the close."),
    ),
    Action.LOG_SESSION: Transition(
        sources=frozenset({S.ACTIVE, S.CLOSING}),
        target=None,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_logged",
        refusal=_("Sessions are logged between the kick-off and the close."),
    ),
    Action.CHANGE_SESSION: Transition(
        sources=frozenset({SessionStatus.PLANNED}),
        target=None,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_changed",
        refusal=_over,
    ),
    Action.CALL_OFF_SESSION: Transition(
        sources=frozenset({SessionStatus.PLANNED}),
        target=SessionStatus.CANCELLED,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_called_off",
        refusal=_over,
    ),
    Action.HOLD_SESSION: Transition(
        sources=frozenset({SessionStatus.PLANNED}),
        target=SessionStatus.HELD,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_logged",
        refusal=_over,
    ),
    Action.MISS_SESSION: Transition(
        sources=frozenset({SessionStatus.PLANNED}),
        target=SessionStatus.MISSED,
        permission=Permission.COACH_ENGAGEMENT,
        event="coaching.session_missed",
        refusal=_over,
    ),
    Action.PAUSE: Transition(
        sources=frozenset(RUNNING),
        target=None,
        permission=Permission.PAUSE_ENGAGEMENT,
        event="coaching.engagement_paused",
        refusal=_("Only an engagement that is accepted and not closed can be paused."),
    ),
    Action.RESUME: Transition(
        sources=frozenset(RUNNING),
        target=None,
        permission=Permission.PAUSE_ENGAGEMENT,
        event="coaching.engagement_resumed",
        refusal=_("The engagement is not paused."),
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
    Action.ACCEPT_TRANSFER: Transition(
        sources=frozenset({T.OFFERED}),
        target=T.ACCEPTED,
        permission=Permission.ANSWER_TRANSFER,
        event="coaching.transfer_accepted",
        refusal=_not_open,
    ),
    Action.DECLINE_TRANSFER: Transition(
        sources=frozenset({T.OFFERED}),
        target=T.DECLINED,
        permission=Permission.ANSWER_TRANSFER,
        event="coaching.transfer_declined",
        refusal=_not_open,
    ),
    Action.WITHDRAW_TRANSFER: Transition(
        sources=frozenset({T.OFFERED}),
        target=T.WITHDRAWN,
        permission=Permission.TRANSFER_ENGAGEMENT,
        event="coaching.transfer_withdrawn",
        refusal=_not_open,
    ),
}

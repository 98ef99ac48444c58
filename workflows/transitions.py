from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from core.transitions import Transition
from people.permissions import Permission
from workflows.enums import ClaimStatus


class Action(StrEnum):
    CONFIRM_CLAIM = "confirm_claim"
    DECLINE_CLAIM = "decline_claim"


_open = frozenset({ClaimStatus.OPEN})
_answered = _("Somebody has answered this meanwhile.")

TABLE: dict[Action, Transition] = {
    Action.CONFIRM_CLAIM: Transition(
        sources=_open,
        target=ClaimStatus.CONFIRMED,
        permission=Permission.CONFIRM_CLAIM,
        event="workflows.claim_confirmed",
        refusal=_answered,
    ),
    Action.DECLINE_CLAIM: Transition(
        sources=_open,
        target=ClaimStatus.DECLINED,
        permission=Permission.CONFIRM_CLAIM,
        event="workflows.claim_declined",
        refusal=_answered,
    ),
}

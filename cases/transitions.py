from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from cases.enums import ApplicationStatus
from core.transitions import Transition
from people.permissions import Permission


class Action(StrEnum):
    SAVE_APPLICATION = "save_application"
    ASK_FOR_SIGNATURE = "ask_for_signature"
    SUBMIT_APPLICATION = "submit_application"
    ACCEPT_APPLICATION = "accept_application"
    REQUEST_CHANGES = "request_changes"
    DECLINE_APPLICATION = "decline_application"


_open_to_the_city = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.CHANGES_REQUESTED})
_answered = _("The application has been answered meanwhile, or the city has not submitted it.")

TABLE: dict[Action, Transition] = {
    Action.SAVE_APPLICATION: Transition(
        sources=_open_to_the_city,
        target=None,
        permission=Permission.SUBMIT_APPLICATION,
        event="cases.application_saved",
        refusal=_("The application is with the program and can't be changed now."),
    ),
    Action.ASK_FOR_SIGNATURE: Transition(
        sources=_open_to_the_city,
        target=None,
        permission=Permission.SUBMIT_APPLICATION,
        event="cases.signature_asked",
        refusal=_("The application is with the program and can't be changed now."),
    ),
    Action.SUBMIT_APPLICATION: Transition(
        sources=_open_to_the_city,
        target=ApplicationStatus.SUBMITTED,
        permission=Permission.SUBMIT_APPLICATION,
        event="cases.application_submitted",
        refusal=_("The application is with the program already."),
    ),
    Action.ACCEPT_APPLICATION: Transition(
        sources=frozenset({ApplicationStatus.SUBMITTED}),
        target=ApplicationStatus.ACCEPTED,
        permission=Permission.CONFIRM_APPLICATION,
        event="cases.application_accepted",
        refusal=_answered,
    ),
    Action.REQUEST_CHANGES: Transition(
        sources=frozenset({ApplicationStatus.SUBMITTED}),
        target=ApplicationStatus.CHANGES_REQUESTED,
        permission=Permission.CONFIRM_APPLICATION,
        event="cases.changes_requested",
        refusal=_answered,
    ),
    Action.DECLINE_APPLICATION: Transition(
        sources=frozenset({ApplicationStatus.SUBMITTED}),
        target=ApplicationStatus.DECLINED,
        permission=Permission.CONFIRM_APPLICATION,
        event="cases.application_declined",
        refusal=_answered,
    ),
}

"""Writes of planning and coaching. What moves a case is called by `workflows`, which holds the case lock."""

from coaching.services.actions import (
    drop_action_item,
    end_action_items,
    finish_action_item,
    pass_on_action_item,
    set_action_item,
)
from coaching.services.documents import add_document, withdraw_document
from coaching.services.engagements import (
    Offer,
    accept_engagement,
    all_settled,
    assign_coach,
    cancel_engagements,
    change_coach,
    close_engagement,
    decline_engagement,
    finish_work,
    kick_off,
    make_plan,
    mend_plan,
)
from coaching.services.feedback import give_feedback
from coaching.services.health import judge_health
from coaching.services.measures import Terms, set_measure, set_objective
from coaching.services.notes import edit_note, widen_note, write_note
from coaching.services.observations import (
    Sighting,
    import_observations,
    record_observation,
    withdraw_observation,
)
from coaching.services.pausing import pause_engagement, resume_engagement
from coaching.services.profiles import (
    CoachFacts,
    PartnerFacts,
    change_coach_profile,
    change_partner_profile,
)
from coaching.services.reports import report_observations
from coaching.services.sessions import (
    MAX_MINUTES,
    Plan,
    Record,
    call_off_session,
    change_session,
    hold_session,
    log_session,
    miss_session,
    plan_session,
)
from coaching.services.sprints import SprintTerms, set_up_sprint
from coaching.services.transfers import (
    accept_transfer,
    change_partner,
    decline_transfer,
    offer_transfer,
    withdraw_transfer,
)

__all__ = [
    "MAX_MINUTES",
    "CoachFacts",
    "Offer",
    "PartnerFacts",
    "Plan",
    "Record",
    "Sighting",
    "SprintTerms",
    "Terms",
    "accept_engagement",
    "accept_transfer",
    "add_document",
    "all_settled",
    "assign_coach",
    "call_off_session",
    "cancel_engagements",
    "change_coach",
    "change_coach_profile",
    "change_partner",
    "change_partner_profile",
    "change_session",
    "close_engagement",
    "decline_engagement",
    "decline_transfer",
    "drop_action_item",
    "edit_note",
    "end_action_items",
    "finish_action_item",
    "finish_work",
    "give_feedback",
    "hold_session",
    "import_observations",
    "judge_health",
    "kick_off",
    "log_session",
    "make_plan",
    "mend_plan",
    "miss_session",
    "offer_transfer",
    "pass_on_action_item",
    "pause_engagement",
    "plan_session",
    "record_observation",
    "report_observations",
    "resume_engagement",
    "set_action_item",
    "set_measure",
    "set_objective",
    "set_up_sprint",
    "widen_note",
    "withdraw_document",
    "withdraw_observation",
    "withdraw_transfer",
    "write_note",
]

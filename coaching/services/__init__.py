"""Writes of planning and coaching. What moves a case is called by `workflows`, which holds the case lock."""

from coaching.services.actions import (
    drop_action_item,
    end_action_items,
    finish_action_item,
    pass_on_action_item,
    set_action_item,
)
from coaching.services.engagements import (
    MAX_MINUTES,
    Offer,
    accept_engagement,
    all_settled,
    assign_coach,
    cancel_engagements,
    change_coach,
    close_engagement,
    decline_engagement,
    finish_work,
    give_feedback,
    kick_off,
    log_session,
    make_plan,
    mend_plan,
)
from coaching.services.measures import Terms, set_measure, set_objective
from coaching.services.notes import edit_note, widen_note, write_note
from coaching.services.observations import Sighting, import_observations, record_observation
from coaching.services.profiles import (
    CoachFacts,
    PartnerFacts,
    change_coach_profile,
    change_partner_profile,
)

__all__ = [
    "MAX_MINUTES",
    "CoachFacts",
    "Offer",
    "PartnerFacts",
    "Sighting",
    "Terms",
    "accept_engagement",
    "all_settled",
    "assign_coach",
    "cancel_engagements",
    "change_coach",
    "change_coach_profile",
    "change_partner_profile",
    "close_engagement",
    "decline_engagement",
    "drop_action_item",
    "edit_note",
    "end_action_items",
    "finish_action_item",
    "finish_work",
    "give_feedback",
    "import_observations",
    "kick_off",
    "log_session",
    "make_plan",
    "mend_plan",
    "pass_on_action_item",
    "record_observation",
    "set_action_item",
    "set_measure",
    "set_objective",
    "widen_note",
    "write_note",
]

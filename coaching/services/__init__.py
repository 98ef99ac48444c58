"""Writes of planning and coaching. What moves a case is called by `workflows`, which holds the case lock."""

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
    "edit_note",
    "finish_work",
    "give_feedback",
    "import_observations",
    "kick_off",
    "log_session",
    "make_plan",
    "mend_plan",
    "record_observation",
    "set_measure",
    "set_objective",
    "widen_note",
    "write_note",
]

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
from coaching.services.notes import edit_note, widen_note, write_note

__all__ = [
    "MAX_MINUTES",
    "Offer",
    "accept_engagement",
    "all_settled",
    "assign_coach",
    "cancel_engagements",
    "change_coach",
    "close_engagement",
    "decline_engagement",
    "edit_note",
    "finish_work",
    "give_feedback",
    "kick_off",
    "log_session",
    "make_plan",
    "mend_plan",
    "widen_note",
    "write_note",
]

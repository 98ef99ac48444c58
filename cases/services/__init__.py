"""Writes of the case kernel. The caller holds the lock of the case row where a case exists."""

from cases.services.application import (
    accept_application,
    attach_paper,
    decline_application,
    request_changes,
    save_application,
    submit_application,
)
from cases.services.case import (
    close_case,
    enter_stage,
    lift_hold,
    lock_case,
    open_case,
    place_hold,
    require_not_ended,
    require_running,
)
from cases.services.closing import dues_with
from cases.services.cover import cover_item, cover_seat, end_covers, keep_cover
from cases.services.extension import (
    answer_extension,
    extended_due,
    request_extension,
    require_sound_request,
)
from cases.services.participation import begin_participation, end_participations
from cases.services.policy import fingerprint, move_due_date, moved_due, reset_policy, set_policy
from cases.services.signature import ask_for_signature, sign_commitment
from cases.services.takeover import RunningCase, take_over_case, take_over_work
from cases.services.thread import mark_thread_read, post_message
from cases.services.work import (
    close_work_item,
    due_after_pause,
    hand_over_work_item,
    mark_overdue,
    open_work_item,
    pause_work,
    plan_open_work,
    require_open,
    resume_work,
)

__all__ = [
    "RunningCase",
    "accept_application",
    "answer_extension",
    "ask_for_signature",
    "attach_paper",
    "begin_participation",
    "close_case",
    "close_work_item",
    "cover_item",
    "cover_seat",
    "decline_application",
    "due_after_pause",
    "dues_with",
    "end_covers",
    "end_participations",
    "enter_stage",
    "extended_due",
    "fingerprint",
    "hand_over_work_item",
    "keep_cover",
    "lift_hold",
    "lock_case",
    "mark_overdue",
    "mark_thread_read",
    "move_due_date",
    "moved_due",
    "open_case",
    "open_work_item",
    "pause_work",
    "place_hold",
    "plan_open_work",
    "post_message",
    "request_changes",
    "request_extension",
    "require_not_ended",
    "require_open",
    "require_running",
    "require_sound_request",
    "reset_policy",
    "resume_work",
    "save_application",
    "set_policy",
    "sign_commitment",
    "submit_application",
    "take_over_case",
    "take_over_work",
]

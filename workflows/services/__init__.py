"""What pages, tasks and commands call: lock the case, do the domain's part, advance, publish the status."""

from workflows.services.absence import (
    ask_after_absences,
    end_absence,
    give_back,
    keep,
    set_absence,
    take_over_work,
)
from workflows.services.actions import (
    drop_action_item,
    finish_action_item,
    pass_on_action_item,
    set_action_item,
)
from workflows.services.appeals import answer_appeal, file_appeal
from workflows.services.application import (
    accept_application_and_route,
    decline_application_and_route,
    keep_paper,
    open_case_and_start,
    request_changes_and_route,
    save_application_draft,
    submit_application_and_route,
    submit_assessment_and_route,
)
from workflows.services.appointing import (
    assign_coaches,
    name_assessor,
    name_coach,
    take_over_management,
)
from workflows.services.calendar import make_calendar_link, note_calendar_read, revoke_calendar_link
from workflows.services.case import end_inactive_case, hold_case, resume_case, withdraw_case
from workflows.services.claims import claim_city, confirm_claim, decline_claim, send_apply_link
from workflows.services.closing import close_days, open_days
from workflows.services.coaching import (
    accept_engagement_and_route,
    assign_coach_and_route,
    close_engagement_and_route,
    decline_engagement_and_route,
    finish_work_and_route,
    give_feedback_and_close,
    kick_off_and_route,
    mend_plan_and_route,
    plan_coaching_and_route,
)
from workflows.services.decision import (
    announce_and_route,
    cast_vote_and_route,
    close_vote_and_route,
    open_packet_and_route,
    publish_due,
    recuse_and_route,
    seat_newcomers_and_publish,
)
from workflows.services.delegation import (
    delegate,
    finish_answered_delegation,
    finish_delegation,
    take_back_delegation,
    withdraw_invitation,
)
from workflows.services.extensions import answer_time, ask_for_time
from workflows.services.invitations import invite_again, invite_by_mail
from workflows.services.joining import join_by_invitation
from workflows.services.membership import change_role, close_account, end_membership
from workflows.services.moves import publish_status
from workflows.services.passing import (
    accept_transfer,
    decline_transfer,
    offer_transfer,
    pause_engagement,
    resume_engagement,
    withdraw_transfer,
)
from workflows.services.policies import change_policy, reset_policy_of
from workflows.services.review import (
    assign_assessors_and_route,
    choose_path_and_route,
    keep_finding,
    reconcile_and_route,
    release_report_and_route,
    submit_review_and_route,
)
from workflows.services.session_mails import send_session_mail
from workflows.services.sessions import (
    call_off_session,
    change_session,
    hold_session,
    log_session,
    miss_session,
    plan_session,
)
from workflows.services.signature import ask_for_signature, sign_commitment
from workflows.services.sprints import call_off_meeting, change_meeting, hold_meeting, plan_meeting
from workflows.services.sweep import mark_overdue_and_publish, publish_expired
from workflows.services.takeover import import_cases
from workflows.services.thread import send_message
from workflows.services.visits import conclude_visit, note_visit, plan_visit

__all__ = [
    "accept_application_and_route",
    "accept_engagement_and_route",
    "accept_transfer",
    "announce_and_route",
    "answer_appeal",
    "answer_time",
    "ask_after_absences",
    "ask_for_signature",
    "ask_for_time",
    "assign_assessors_and_route",
    "assign_coach_and_route",
    "assign_coaches",
    "call_off_meeting",
    "call_off_session",
    "cast_vote_and_route",
    "change_meeting",
    "change_policy",
    "change_role",
    "change_session",
    "choose_path_and_route",
    "claim_city",
    "close_account",
    "close_days",
    "close_engagement_and_route",
    "close_vote_and_route",
    "conclude_visit",
    "confirm_claim",
    "decline_application_and_route",
    "decline_claim",
    "decline_engagement_and_route",
    "decline_transfer",
    "delegate",
    "drop_action_item",
    "end_absence",
    "end_inactive_case",
    "end_membership",
    "file_appeal",
    "finish_action_item",
    "finish_answered_delegation",
    "finish_delegation",
    "finish_work_and_route",
    "give_back",
    "give_feedback_and_close",
    "hold_case",
    "hold_meeting",
    "hold_session",
    "import_cases",
    "invite_again",
    "invite_by_mail",
    "join_by_invitation",
    "keep",
    "keep_finding",
    "keep_paper",
    "kick_off_and_route",
    "log_session",
    "make_calendar_link",
    "mark_overdue_and_publish",
    "mend_plan_and_route",
    "miss_session",
    "name_assessor",
    "name_coach",
    "note_calendar_read",
    "note_visit",
    "offer_transfer",
    "open_case_and_start",
    "open_days",
    "open_packet_and_route",
    "pass_on_action_item",
    "pause_engagement",
    "plan_coaching_and_route",
    "plan_meeting",
    "plan_session",
    "plan_visit",
    "publish_due",
    "publish_expired",
    "publish_status",
    "reconcile_and_route",
    "recuse_and_route",
    "release_report_and_route",
    "request_changes_and_route",
    "reset_policy_of",
    "resume_case",
    "resume_engagement",
    "revoke_calendar_link",
    "save_application_draft",
    "seat_newcomers_and_publish",
    "send_apply_link",
    "send_message",
    "send_session_mail",
    "set_absence",
    "set_action_item",
    "sign_commitment",
    "submit_application_and_route",
    "submit_assessment_and_route",
    "submit_review_and_route",
    "take_back_delegation",
    "take_over_management",
    "take_over_work",
    "withdraw_case",
    "withdraw_invitation",
    "withdraw_transfer",
]

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from certification.enums import (
    AppealStatus,
    AssessmentStatus,
    DecisionStatus,
    DelegationStatus,
    ReviewStatus,
    VisitStatus,
)
from core.transitions import Transition
from people.permissions import Permission


class Action(StrEnum):
    SAVE_ANSWER = "save_answer"
    DELEGATE = "delegate"
    SHARE_DRAFT = "share_draft"
    STOP_SHARING = "stop_sharing"
    SUBMIT_ASSESSMENT = "submit_assessment"
    ASSIGN_ASSESSORS = "assign_assessors"
    RECONCILE = "reconcile"
    RETURN_ASSESSMENT = "return_assessment"
    RELEASE_REPORT = "release_report"
    CHOOSE_PATH = "choose_path"
    SAVE_FINDING = "save_finding"
    SUBMIT_REVIEW = "submit_review"
    CAST_VOTE = "cast_vote"
    SEAT_NEWCOMERS = "seat_newcomers"
    CLOSE_VOTE = "close_vote"
    SCHEDULE = "schedule"
    TAKE_UP = "take_up"
    FINISH_DELEGATION = "finish_delegation"
    END_DELEGATION = "end_delegation"
    PLAN_VISIT = "plan_visit"
    HOLD_VISIT = "hold_visit"
    CALL_OFF_VISIT = "call_off_visit"
    NOTE_VISIT = "note_visit"
    FILE_APPEAL = "file_appeal"
    UPHOLD_FINDING = "uphold_finding"
    GRANT_APPEAL = "grant_appeal"
    LET_APPEAL_LAPSE = "let_appeal_lapse"


_writable = frozenset({AssessmentStatus.DRAFT, AssessmentStatus.RETURNED})
_in_review = frozenset({AssessmentStatus.SUBMITTED})
_voting = frozenset({DecisionStatus.VOTING})
_vote_closed = _("The vote is closed.")
_planned = frozenset({VisitStatus.PLANNED})
_visit_over = _("This visit is recorded as held, or was called off.")
_unanswered = frozenset({AppealStatus.OPEN})
_answered = _("This appeal has been answered already.")

TABLE: dict[Action, Transition] = {
    Action.SAVE_ANSWER: Transition(
        sources=_writable,
        target=None,
        permission=Permission.EDIT_ANSWERS,
        event="certification.answer_saved",
        refusal=_("The assessment is in review; answers can't be changed until it ends."),
    ),
    Action.DELEGATE: Transition(
        sources=_writable,
        target=None,
        permission=Permission.DELEGATE_CRITERIA,
        event="certification.criteria_delegated",
        refusal=_("The assessment is in review; nothing can be delegated until it ends."),
    ),
    Action.SHARE_DRAFT: Transition(
        sources=_writable,
        target=None,
        permission=Permission.SHARE_DRAFT,
        event="certification.draft_shared",
        refusal=_("The assessment is submitted; there is no draft to share."),
    ),
    Action.STOP_SHARING: Transition(
        sources=_writable,
        target=None,
        permission=Permission.SHARE_DRAFT,
        event="certification.draft_withheld",
        refusal=_("The assessment is submitted; there is no draft any more."),
    ),
    Action.SUBMIT_ASSESSMENT: Transition(
        sources=_writable,
        target=AssessmentStatus.SUBMITTED,
        permission=Permission.SUBMIT_ASSESSMENT,
        event="certification.assessment_submitted",
        refusal=_("The assessment has been submitted already."),
    ),
    Action.ASSIGN_ASSESSORS: Transition(
        sources=_in_review,
        target=None,
        permission=Permission.ASSIGN_ASSESSORS,
        event="certification.assessors_assigned",
        refusal=_("The assessment is not in review."),
    ),
    Action.RECONCILE: Transition(
        sources=_in_review,
        target=AssessmentStatus.RECONCILED,
        permission=Permission.RECONCILE,
        event="certification.assessment_reconciled",
        refusal=_("The reviews have been reconciled already, or were returned to the city."),
    ),
    Action.RETURN_ASSESSMENT: Transition(
        sources=_in_review,
        target=AssessmentStatus.RETURNED,
        permission=Permission.RECONCILE,
        event="certification.assessment_returned",
        refusal=_("The reviews have been reconciled already, or were returned to the city."),
    ),
    Action.RELEASE_REPORT: Transition(
        sources=frozenset({AssessmentStatus.RECONCILED}),
        target=AssessmentStatus.RELEASED,
        permission=Permission.RELEASE_REPORT,
        event="certification.report_released",
        refusal=_("The report has been released already, or is not ready."),
    ),
    Action.CHOOSE_PATH: Transition(
        sources=frozenset({AssessmentStatus.RELEASED}),
        target=None,
        permission=Permission.CHOOSE_PATH,
        event="certification.path_chosen",
        refusal=_("The report is not released yet."),
    ),
    Action.SAVE_FINDING: Transition(
        sources=frozenset({ReviewStatus.OPEN}),
        target=None,
        permission=Permission.SUBMIT_REVIEW,
        event="certification.finding_saved",
        refusal=_("This review is submitted; its findings can't be changed."),
    ),
    Action.SUBMIT_REVIEW: Transition(
        sources=frozenset({ReviewStatus.OPEN}),
        target=ReviewStatus.SUBMITTED,
        permission=Permission.SUBMIT_REVIEW,
        event="certification.review_submitted",
        refusal=_("This review is submitted already."),
    ),
    Action.CAST_VOTE: Transition(
        sources=_voting,
        target=None,
        permission=Permission.CAST_VOTE,
        event="certification.vote_cast",
        refusal=_vote_closed,
    ),
    Action.SEAT_NEWCOMERS: Transition(
        sources=_voting,
        target=None,
        permission=Permission.CLOSE_VOTE,
        event="certification.members_seated",
        refusal=_vote_closed,
    ),
    Action.CLOSE_VOTE: Transition(
        sources=_voting,
        target=None,
        permission=Permission.CLOSE_VOTE,
        event="certification.decided",
        refusal=_vote_closed,
    ),
    Action.SCHEDULE: Transition(
        sources=frozenset({DecisionStatus.CERTIFY}),
        target=DecisionStatus.SCHEDULED,
        permission=Permission.ANNOUNCE,
        event="certification.announcement_set",
        refusal=_("There is no decision to announce, or its day is set already."),
    ),
    Action.TAKE_UP: Transition(
        sources=frozenset({DelegationStatus.INVITED}),
        target=DelegationStatus.OPEN,
        permission=Permission.FINISH_DELEGATION,
        event="certification.delegation_taken_up",
    ),
    Action.FINISH_DELEGATION: Transition(
        sources=frozenset({DelegationStatus.OPEN}),
        target=DelegationStatus.DONE,
        permission=Permission.FINISH_DELEGATION,
        event="certification.delegation_finished",
        refusal=_("This is done already, or has been taken back."),
    ),
    Action.END_DELEGATION: Transition(
        sources=frozenset({DelegationStatus.INVITED, DelegationStatus.OPEN, DelegationStatus.DONE}),
        target=DelegationStatus.ENDED,
        permission=Permission.DELEGATE_CRITERIA,
        event="certification.delegation_ended",
        refusal=_("This delegation has ended already."),
    ),
    Action.PLAN_VISIT: Transition(
        sources=_in_review,
        target=None,
        permission=Permission.PLAN_VISIT,
        event="certification.visit_planned",
        refusal=_("The assessment is not in review."),
    ),
    Action.HOLD_VISIT: Transition(
        sources=_planned,
        target=VisitStatus.HELD,
        permission=Permission.PLAN_VISIT,
        event="certification.visit_held",
        refusal=_visit_over,
    ),
    Action.CALL_OFF_VISIT: Transition(
        sources=_planned,
        target=VisitStatus.CALLED_OFF,
        permission=Permission.PLAN_VISIT,
        event="certification.visit_called_off",
        refusal=_visit_over,
    ),
    Action.NOTE_VISIT: Transition(
        sources=frozenset({VisitStatus.PLANNED, VisitStatus.HELD}),
        target=None,
        permission=Permission.PLAN_VISIT,
        event="certification.visit_noted",
        refusal=_("This visit was called off."),
    ),
    Action.FILE_APPEAL: Transition(
        sources=frozenset({AssessmentStatus.RELEASED}),
        target=None,
        permission=Permission.FILE_APPEAL,
        event="certification.appeal_filed",
        refusal=_("The report is not released yet."),
    ),
    Action.UPHOLD_FINDING: Transition(
        sources=_unanswered,
        target=AppealStatus.UPHELD,
        permission=Permission.ANSWER_APPEAL,
        event="certification.finding_upheld",
        refusal=_answered,
    ),
    Action.GRANT_APPEAL: Transition(
        sources=_unanswered,
        target=AppealStatus.GRANTED,
        permission=Permission.ANSWER_APPEAL,
        event="certification.appeal_granted",
        refusal=_answered,
    ),
    Action.LET_APPEAL_LAPSE: Transition(
        sources=_unanswered,
        target=AppealStatus.LAPSED,
        permission=Permission.FILE_APPEAL,
        event="certification.appeal_lapsed",
        refusal=_answered,
    ),
}

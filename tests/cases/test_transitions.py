"""When: every action of every table against every status it can meet."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest

from cases import transitions as of_cases
from cases.enums import ApplicationStatus
from cases.models import Application
from certification import transitions as of_certification
from certification.enums import (
    AppealStatus,
    AssessmentStatus,
    DecisionStatus,
    DelegationStatus,
    ReviewStatus,
    VisitStatus,
)
from certification.models import Appeal, Assessment, Decision, Delegation, Review, SiteVisit
from coaching import transitions as of_coaching
from coaching.enums import EngagementStatus, SessionStatus, TransferStatus
from coaching.models import Engagement, Session, Transfer
from core.errors import NotAllowed, WrongState
from core.transitions import Transition, authorize, is_possible

Certification = of_certification.Action


def _of_coaching(statuses: type[StrEnum]) -> dict[StrEnum, Transition]:
    """The actions whose sources are of this kind; the kinds share words."""
    return {
        action: row
        for action, row in of_coaching.TABLE.items()
        if all(isinstance(source, statuses) for source in row.sources)
    }


ABOUT: dict[type[Any], tuple[type[Any], dict[StrEnum, Transition]]] = {
    Application: (ApplicationStatus, of_cases.TABLE),
    Assessment: (
        AssessmentStatus,
        {
            action: row
            for action, row in of_certification.TABLE.items()
            if action
            in {
                Certification.SAVE_ANSWER,
                Certification.DELEGATE,
                Certification.SHARE_DRAFT,
                Certification.STOP_SHARING,
                Certification.SUBMIT_ASSESSMENT,
                Certification.ASSIGN_ASSESSORS,
                Certification.RECONCILE,
                Certification.RETURN_ASSESSMENT,
                Certification.RELEASE_REPORT,
                Certification.CHOOSE_PATH,
                Certification.FILE_APPEAL,
                Certification.PLAN_VISIT,
            }
        },
    ),
    Review: (
        ReviewStatus,
        {
            action: of_certification.TABLE[action]
            for action in (Certification.SAVE_FINDING, Certification.SUBMIT_REVIEW)
        },
    ),
    Decision: (
        DecisionStatus,
        {
            action: of_certification.TABLE[action]
            for action in (
                Certification.CAST_VOTE,
                Certification.SEAT_NEWCOMERS,
                Certification.CLOSE_VOTE,
                Certification.SCHEDULE,
            )
        },
    ),
    Delegation: (
        DelegationStatus,
        {
            action: of_certification.TABLE[action]
            for action in (
                Certification.TAKE_UP,
                Certification.FINISH_DELEGATION,
                Certification.END_DELEGATION,
            )
        },
    ),
    Appeal: (
        AppealStatus,
        {
            action: of_certification.TABLE[action]
            for action in (
                Certification.UPHOLD_FINDING,
                Certification.GRANT_APPEAL,
                Certification.LET_APPEAL_LAPSE,
            )
        },
    ),
    SiteVisit: (
        VisitStatus,
        {
            action: of_certification.TABLE[action]
            for action in (
                Certification.HOLD_VISIT,
                Certification.CALL_OFF_VISIT,
                Certification.NOTE_VISIT,
            )
        },
    ),
    Engagement: (EngagementStatus, _of_coaching(EngagementStatus)),
    Session: (SessionStatus, _of_coaching(SessionStatus)),
    Transfer: (TransferStatus, _of_coaching(TransferStatus)),
}
EVERY_MEETING = [
    pytest.param(model, status, action, id=f"{action}-{status}")
    for model, (statuses, table) in ABOUT.items()
    for status in statuses
    for action in table
]

# What is possible, said once more by hand, so that a slip of the tables shows.
POSSIBLE = {
    "save_application": {"draft", "changes_requested"},
    "ask_for_signature": {"draft", "changes_requested"},
    "submit_application": {"draft", "changes_requested"},
    "accept_application": {"submitted"},
    "request_changes": {"submitted"},
    "decline_application": {"submitted"},
    "save_answer": {"draft", "returned"},
    "delegate": {"draft", "returned"},
    "share_draft": {"draft", "returned"},
    "stop_sharing": {"draft", "returned"},
    "take_up": {"invited"},
    "finish_delegation": {"open"},
    "end_delegation": {"invited", "open", "done"},
    "submit_assessment": {"draft", "returned"},
    "assign_assessors": {"submitted"},
    "reconcile": {"submitted"},
    "return_assessment": {"submitted"},
    "release_report": {"reconciled"},
    "choose_path": {"released"},
    "file_appeal": {"released"},
    "plan_visit": {"submitted"},
    "hold_visit": {"planned"},
    "call_off_visit": {"planned"},
    "note_visit": {"planned", "held"},
    "uphold_finding": {"open"},
    "grant_appeal": {"open"},
    "let_appeal_lapse": {"open"},
    "save_finding": {"open"},
    "submit_review": {"open"},
    "cast_vote": {"voting"},
    "seat_newcomers": {"voting"},
    "close_vote": {"voting"},
    "schedule": {"certify"},
    "accept": {"offered"},
    "decline": {"offered"},
    "assign_coach": {"accepted"},
    "kick_off": {"accepted"},
    "plan_session": {"accepted", "active", "closing"},
    "log_session": {"active", "closing"},
    "change_session": {"planned"},
    "call_off_session": {"planned"},
    "hold_session": {"planned"},
    "miss_session": {"planned"},
    "pause": {"accepted", "active", "closing"},
    "resume": {"accepted", "active", "closing"},
    "accept_transfer": {"offered"},
    "decline_transfer": {"offered"},
    "withdraw_transfer": {"offered"},
    "finish_work": {"active"},
    "close": {"closing"},
    "mend_plan": {"declined"},
}


@dataclass
class Anybody:
    """An actor who holds every permission, or none."""

    allowed: bool = True
    pk: None = None

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        return self.allowed


@pytest.mark.parametrize(("model", "status", "action"), EVERY_MEETING)
def test_action_is_possible_exactly_in_its_states(model: type[Any], status: str, action: str) -> None:
    row = ABOUT[model][1][action]
    thing = model(status=status)

    if status in POSSIBLE[action]:
        authorize(row, thing, by=Anybody())
        assert is_possible(row, thing, by=Anybody())
    else:
        with pytest.raises(WrongState) as refusal:
            authorize(row, thing, by=Anybody())
        assert str(refusal.value.detail) == str(row.refusal)
        assert not is_possible(row, thing, by=Anybody())


@pytest.mark.parametrize(("model", "status", "action"), EVERY_MEETING)
def test_who_may_not_hears_nothing_of_the_state(model: type[Any], status: str, action: str) -> None:
    stranger = Anybody(allowed=False)

    with pytest.raises(NotAllowed):
        authorize(ABOUT[model][1][action], model(status=status), by=stranger)


def test_every_action_of_every_table_is_met() -> None:
    met = {str(action) for _statuses, table in ABOUT.values() for action in table}
    tables = (of_cases.TABLE, of_certification.TABLE, of_coaching.TABLE)

    assert met == {str(action) for table in tables for action in table} == set(POSSIBLE)

"""Writes of answering, reviewing and deciding. The caller in `workflows` holds the case lock."""

from certification.services.answers import open_round, save_answer, submit_assessment
from certification.services.appeals import (
    file_appeal,
    grant_appeal,
    let_appeals_lapse,
    require_no_open_appeal,
    uphold_finding,
)
from certification.services.comments import write_comment
from certification.services.decision import (
    cancel_decision,
    cast_vote,
    close_vote,
    open_packet,
    publish_decision,
    recuse,
    schedule_announcement,
    seat_newcomers,
)
from certification.services.delegation import (
    delegate,
    end_delegations,
    finish_delegation,
    take_back_delegation,
    take_up_delegation,
)
from certification.services.drafts import share_draft, withhold_draft
from certification.services.evidence import (
    add_evidence,
    attach_evidence,
    remove_evidence,
    replace_evidence,
)
from certification.services.expiries import end_evidence, find_expiries, plan_expiries_again
from certification.services.results import choose_path, reconcile, release_report
from certification.services.review import (
    assign_assessors,
    open_reviews,
    replace_assessor,
    save_finding,
    submit_review,
)
from certification.services.stories import change_story, remove_story, tell_story
from certification.services.takeover import take_over_answers, take_over_result

__all__ = [
    "add_evidence",
    "assign_assessors",
    "attach_evidence",
    "cancel_decision",
    "cast_vote",
    "change_story",
    "choose_path",
    "close_vote",
    "delegate",
    "end_delegations",
    "end_evidence",
    "file_appeal",
    "find_expiries",
    "finish_delegation",
    "grant_appeal",
    "let_appeals_lapse",
    "open_packet",
    "open_reviews",
    "open_round",
    "plan_expiries_again",
    "publish_decision",
    "reconcile",
    "recuse",
    "release_report",
    "remove_evidence",
    "remove_story",
    "replace_assessor",
    "replace_evidence",
    "require_no_open_appeal",
    "save_answer",
    "save_finding",
    "schedule_announcement",
    "seat_newcomers",
    "share_draft",
    "submit_assessment",
    "submit_review",
    "take_back_delegation",
    "take_over_answers",
    "take_over_result",
    "take_up_delegation",
    "tell_story",
    "uphold_finding",
    "withhold_draft",
    "write_comment",
]

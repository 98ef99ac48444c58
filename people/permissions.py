from enum import StrEnum


class Permission(StrEnum):
    """Everything somebody may or may not do. Roles hold permissions; predicates narrow them to objects."""

    MANAGE_KEYS = "people.manage_keys"
    INVITE_PEOPLE = "people.invite_people"
    MANAGE_MEMBERSHIP = "people.manage_membership"
    DEACTIVATE_PERSON = "people.deactivate_person"

    OPEN_CASE = "cases.open_case"
    TAKE_OVER_CASES = "cases.take_over_cases"
    SUBMIT_APPLICATION = "cases.submit_application"
    CONFIRM_APPLICATION = "cases.confirm_application"
    WITHDRAW_CASE = "cases.withdraw_case"
    HOLD_CASE = "cases.hold_case"
    END_CASE = "cases.end_case"
    VIEW_APPLICATION = "cases.view_application"
    READ_MESSAGES = "cases.read_messages"
    WRITE_MESSAGES = "cases.write_messages"
    USE_INTERNAL_MESSAGES = "cases.use_internal_messages"

    CONFIRM_CLAIM = "workflows.confirm_claim"

    VIEW_ANSWERS = "certification.view_answers"
    EDIT_ANSWERS = "certification.edit_answers"
    SUBMIT_ASSESSMENT = "certification.submit_assessment"
    ASSIGN_ASSESSORS = "certification.assign_assessors"
    SUBMIT_REVIEW = "certification.submit_review"
    RECONCILE = "certification.reconcile"
    RELEASE_REPORT = "certification.release_report"
    VIEW_FINDINGS = "certification.view_findings"
    VIEW_RESULT = "certification.view_result"
    CHOOSE_PATH = "certification.choose_path"
    OPEN_PACKET = "certification.open_packet"
    VIEW_PACKET = "certification.view_packet"
    CAST_VOTE = "certification.cast_vote"
    CLOSE_VOTE = "certification.close_vote"
    ANNOUNCE = "certification.announce"
    VIEW_OUTCOME = "certification.view_outcome"

    PLAN_COACHING = "coaching.plan_coaching"
    RESPOND = "coaching.respond_to_engagement"
    ASSIGN_COACH = "coaching.assign_coach"
    COACH_ENGAGEMENT = "coaching.coach_engagement"
    MEND_PLAN = "coaching.mend_plan"
    GIVE_FEEDBACK = "coaching.give_feedback"
    VIEW_COACHING = "coaching.view_coaching"

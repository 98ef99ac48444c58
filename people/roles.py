"""Which role holds which permissions, as a table that an auditor can read."""

from people.enums import OrganizationKind, Role
from people.permissions import Permission as P

CITY_ROLES = frozenset({Role.CITY_LEAD, Role.CITY_CONTRIBUTOR, Role.CITY_SPONSOR})
PARTNER_ROLES = frozenset({Role.PARTNER_LEAD, Role.COACH})
PROGRAM_ROLES = frozenset({Role.PROGRAM_MANAGER, Role.PROGRAM_DIRECTOR})

ROLES_OF_KIND: dict[OrganizationKind, frozenset[Role]] = {
    OrganizationKind.CITY: CITY_ROLES,
    OrganizationKind.PARTNER: PARTNER_ROLES | {Role.ASSESSOR},
    OrganizationKind.PROGRAM: PROGRAM_ROLES | {Role.ASSESSOR, Role.COMMITTEE_MEMBER},
}

_city_reading = {
    P.VIEW_APPLICATION,
    P.VIEW_ANSWERS,
    P.VIEW_FINDINGS,
    P.VIEW_RESULT,
    P.VIEW_OUTCOME,
    P.VIEW_COACHING,
}
_partner_reading = {P.VIEW_ANSWERS, P.VIEW_FINDINGS, P.VIEW_RESULT, P.VIEW_COACHING}
_program = {
    P.OPEN_CASE,
    P.CONFIRM_APPLICATION,
    P.HOLD_CASE,
    P.END_CASE,
    P.VIEW_APPLICATION,
    P.VIEW_ANSWERS,
    P.ASSIGN_ASSESSORS,
    P.RELEASE_REPORT,
    P.VIEW_FINDINGS,
    P.VIEW_RESULT,
    P.OPEN_PACKET,
    P.VIEW_PACKET,
    P.CLOSE_VOTE,
    P.ANNOUNCE,
    P.VIEW_OUTCOME,
    P.PLAN_COACHING,
    P.MEND_PLAN,
    P.VIEW_COACHING,
}

PERMISSIONS_OF_ROLE: dict[Role, frozenset[P]] = {
    Role.CITY_LEAD: frozenset(
        _city_reading
        | {
            P.OPEN_CASE,
            P.SUBMIT_APPLICATION,
            P.WITHDRAW_CASE,
            P.EDIT_ANSWERS,
            P.SUBMIT_ASSESSMENT,
            P.CHOOSE_PATH,
            P.GIVE_FEEDBACK,
        }
    ),
    Role.CITY_CONTRIBUTOR: frozenset(_city_reading),
    Role.CITY_SPONSOR: frozenset(_city_reading),
    Role.PARTNER_LEAD: frozenset(_partner_reading | {P.RESPOND, P.ASSIGN_COACH}),
    Role.COACH: frozenset(_partner_reading | {P.COACH_ENGAGEMENT}),
    Role.PROGRAM_MANAGER: frozenset(_program),
    Role.PROGRAM_DIRECTOR: frozenset(_program),
    Role.ASSESSOR: frozenset({P.VIEW_ANSWERS, P.SUBMIT_REVIEW, P.RECONCILE, P.VIEW_FINDINGS, P.VIEW_RESULT}),
    Role.COMMITTEE_MEMBER: frozenset(
        {P.VIEW_PACKET, P.CAST_VOTE, P.VIEW_ANSWERS, P.VIEW_FINDINGS, P.VIEW_RESULT}
    ),
}


def roles_with(permission: str) -> frozenset[Role]:
    return frozenset(role for role, held in PERMISSIONS_OF_ROLE.items() if permission in held)

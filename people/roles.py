"""Which role holds which permissions, as a table that an auditor can read."""

from people.enums import OrganizationKind, Role
from people.permissions import Permission

CITY_ROLES = frozenset({Role.CITY_LEAD, Role.CITY_CONTRIBUTOR, Role.CITY_SPONSOR, Role.CITY_SYSTEM})
PARTNER_ROLES = frozenset({Role.PARTNER_LEAD, Role.COACH, Role.PARTNER_SYSTEM})
PROGRAM_ROLES = frozenset({Role.PROGRAM_MANAGER, Role.PROGRAM_DIRECTOR})
ROLES_WITH_SECOND_FACTOR = PROGRAM_ROLES | {Role.ASSESSOR, Role.COMMITTEE_MEMBER}

# Whose work a substitute does while they are away.
ROLES_WITH_SUBSTITUTES = PROGRAM_ROLES | {Role.ASSESSOR, Role.COACH, Role.PARTNER_LEAD, Role.CITY_LEAD}

# Nobody both judges cities and works for one.
OFFICE_ROLES = PROGRAM_ROLES | {Role.ASSESSOR, Role.COMMITTEE_MEMBER}

ROLES_OF_KIND: dict[OrganizationKind, frozenset[Role]] = {
    OrganizationKind.CITY: CITY_ROLES - {Role.CITY_SYSTEM},
    OrganizationKind.PARTNER: (PARTNER_ROLES - {Role.PARTNER_SYSTEM}) | {Role.ASSESSOR},
    OrganizationKind.PROGRAM: PROGRAM_ROLES | {Role.ASSESSOR, Role.COMMITTEE_MEMBER},
}
# What a key makes of its service user; nobody is given these roles.
SYSTEM_ROLE_OF_KIND: dict[str, Role] = {
    OrganizationKind.CITY: Role.CITY_SYSTEM,
    OrganizationKind.PARTNER: Role.PARTNER_SYSTEM,
}

# Committee members are appointed until a day.
ROLES_FOR_A_TERM = frozenset({Role.COMMITTEE_MEMBER})

# Whom a role asks in: leads into their own organization, the program into any.
ROLES_INVITED_BY: dict[Role, frozenset[Role]] = {
    Role.CITY_LEAD: frozenset({Role.CITY_CONTRIBUTOR, Role.CITY_SPONSOR}),
    Role.PARTNER_LEAD: frozenset({Role.PARTNER_LEAD, Role.COACH}),
    Role.PROGRAM_MANAGER: frozenset(Role) - {Role.PROGRAM_DIRECTOR},
    Role.PROGRAM_DIRECTOR: frozenset(Role),
}
# A city's lead may hand over to a colleague; that somebody new speaks for a city, the program confirms.
ROLES_GIVEN_BY = ROLES_INVITED_BY | {
    Role.CITY_LEAD: ROLES_INVITED_BY[Role.CITY_LEAD] | {Role.CITY_LEAD},
}

_city_reading = {
    Permission.VIEW_APPLICATION,
    Permission.READ_MESSAGES,
    Permission.VIEW_ANSWERS,
    Permission.VIEW_FINDINGS,
    Permission.VIEW_RESULT,
    Permission.VIEW_APPEALS,
    Permission.VIEW_VISITS,
    Permission.VIEW_OUTCOME,
    Permission.VIEW_COACHING,
}
_partner_reading = {
    Permission.SEE_HEALTH,
    Permission.VIEW_ANSWERS,
    Permission.VIEW_FINDINGS,
    Permission.VIEW_RESULT,
    Permission.VIEW_COACHING,
}
_program = {
    Permission.SEE_HEALTH,
    Permission.OPEN_CASE,
    Permission.TAKE_OVER_CASES,
    Permission.CONFIRM_APPLICATION,
    Permission.MANAGE_CASE,
    Permission.HOLD_CASE,
    Permission.END_CASE,
    Permission.SET_DEADLINES,
    Permission.SET_WORDINGS,
    Permission.GRANT_EXTENSION,
    Permission.VIEW_APPLICATION,
    Permission.READ_MESSAGES,
    Permission.WRITE_MESSAGES,
    Permission.USE_INTERNAL_MESSAGES,
    Permission.VIEW_ANSWERS,
    Permission.WRITE_COMMENTS,
    Permission.WRITE_INTERNAL_COMMENTS,
    Permission.ASSIGN_ASSESSORS,
    Permission.RELEASE_REPORT,
    Permission.VIEW_FINDINGS,
    Permission.VIEW_RESULT,
    Permission.VIEW_APPEALS,
    Permission.PLAN_VISIT,
    Permission.VIEW_VISITS,
    Permission.ANSWER_APPEAL,
    Permission.OPEN_PACKET,
    Permission.VIEW_PACKET,
    Permission.CLOSE_VOTE,
    Permission.ANNOUNCE,
    Permission.VIEW_OUTCOME,
    Permission.EDIT_PARTNER_PROFILE,
    Permission.PLAN_COACHING,
    Permission.MEND_PLAN,
    Permission.TRANSFER_ENGAGEMENT,
    Permission.VIEW_COACHING,
    Permission.MANAGE_KEYS,
    Permission.INVITE_PEOPLE,
    Permission.MANAGE_MEMBERSHIP,
    Permission.DEACTIVATE_PERSON,
    Permission.SET_ABSENCE,
    Permission.SET_CLOSED_DAYS,
    Permission.CONFIRM_CLAIM,
}

PERMISSIONS_OF_ROLE: dict[Role, frozenset[Permission]] = {
    Role.CITY_LEAD: frozenset(
        _city_reading
        | {
            Permission.OPEN_CASE,
            Permission.SUBMIT_APPLICATION,
            Permission.WITHDRAW_CASE,
            Permission.WRITE_MESSAGES,
            Permission.EDIT_ANSWERS,
            Permission.DELEGATE_CRITERIA,
            Permission.SHARE_DRAFT,
            Permission.WRITE_STORIES,
            Permission.WRITE_COMMENTS,
            Permission.SUBMIT_ASSESSMENT,
            Permission.CHOOSE_PATH,
            Permission.FILE_APPEAL,
            Permission.GIVE_FEEDBACK,
            Permission.ADD_DOCUMENTS,
            Permission.SET_ACTIONS,
            Permission.FINISH_ACTION,
            Permission.RECORD_OBSERVATIONS,
            Permission.MANAGE_KEYS,
            Permission.INVITE_PEOPLE,
            Permission.MANAGE_MEMBERSHIP,
            Permission.SET_ABSENCE,
            Permission.SET_CLOSED_DAYS,
        }
    ),
    # Writes the answers that are delegated to them, and no other.
    Role.CITY_CONTRIBUTOR: frozenset(
        _city_reading
        | {
            Permission.WRITE_MESSAGES,
            Permission.EDIT_ANSWERS,
            Permission.FINISH_DELEGATION,
            Permission.FINISH_ACTION,
            Permission.WRITE_STORIES,
            Permission.WRITE_COMMENTS,
        }
    ),
    Role.CITY_SPONSOR: frozenset(_city_reading),
    Role.PARTNER_LEAD: frozenset(
        _partner_reading
        | {
            Permission.EDIT_PARTNER_PROFILE,
            Permission.EDIT_COACH_PROFILE,
            Permission.SET_CAPACITY,
            Permission.RESPOND,
            Permission.ASSIGN_COACH,
            Permission.GRANT_EXTENSION,
            Permission.WRITE_NOTES,
            Permission.RUN_SPRINTS,
            Permission.ADD_DOCUMENTS,
            Permission.PAUSE_ENGAGEMENT,
            Permission.TRANSFER_ENGAGEMENT,
            Permission.ANSWER_TRANSFER,
            Permission.SET_ACTIONS,
            Permission.FINISH_ACTION,
            Permission.SET_MEASURES,
            Permission.RECORD_OBSERVATIONS,
            Permission.MANAGE_KEYS,
            Permission.INVITE_PEOPLE,
            Permission.MANAGE_MEMBERSHIP,
            Permission.SET_ABSENCE,
            Permission.SET_CLOSED_DAYS,
        }
    ),
    Role.COACH: frozenset(
        _partner_reading
        | {
            Permission.EDIT_COACH_PROFILE,
            Permission.COACH_ENGAGEMENT,
            Permission.WRITE_NOTES,
            Permission.RUN_SPRINTS,
            Permission.ADD_DOCUMENTS,
            Permission.PAUSE_ENGAGEMENT,
            Permission.TRANSFER_ENGAGEMENT,
            Permission.ANSWER_TRANSFER,
            Permission.SET_ACTIONS,
            Permission.FINISH_ACTION,
            Permission.SET_MEASURES,
            Permission.RECORD_OBSERVATIONS,
            Permission.SET_ABSENCE,
        }
    ),
    Role.PROGRAM_MANAGER: frozenset(_program),
    Role.PROGRAM_DIRECTOR: frozenset(_program),
    Role.ASSESSOR: frozenset(
        {
            Permission.VIEW_ANSWERS,
            Permission.SUBMIT_REVIEW,
            Permission.WRITE_INTERNAL_COMMENTS,
            Permission.RECONCILE,
            Permission.VIEW_FINDINGS,
            Permission.VIEW_RESULT,
            Permission.VIEW_APPEALS,
            Permission.PLAN_VISIT,
            Permission.VIEW_VISITS,
            Permission.SET_ABSENCE,
        }
    ),
    Role.COMMITTEE_MEMBER: frozenset(
        {
            Permission.VIEW_PACKET,
            Permission.CAST_VOTE,
            Permission.VIEW_ANSWERS,
            Permission.VIEW_FINDINGS,
            Permission.VIEW_RESULT,
        }
    ),
    Role.CITY_SYSTEM: frozenset(
        {Permission.VIEW_RESULT, Permission.VIEW_OUTCOME, Permission.RECORD_OBSERVATIONS}
    ),
    Role.PARTNER_SYSTEM: frozenset({Permission.VIEW_RESULT, Permission.RECORD_OBSERVATIONS}),
}


def roles_against(role: str) -> frozenset[Role]:
    """The roles that nobody may hold beside this one, in whichever organization."""
    if role in CITY_ROLES:
        return OFFICE_ROLES
    return CITY_ROLES if role in OFFICE_ROLES else frozenset()


def roles_with(permission: str) -> frozenset[Role]:
    return frozenset(role for role, held in PERMISSIONS_OF_ROLE.items() if permission in held)

from typing import Any

import rules

from people.enums import Role
from people.models import Affiliation, Organization, User
from people.permissions import Permission
from people.predicates import register
from people.roles import PROGRAM_ROLES, ROLES_WITH_SUBSTITUTES, SYSTEM_ROLE_OF_KIND, roles_with


@rules.predicate
def keeps_keys_of(user: User | None, organization: Any) -> bool:
    """The program for every organization whose systems may hold keys, leads for their own."""
    if user is None or not isinstance(organization, Organization):
        return False
    if organization.kind not in SYSTEM_ROLE_OF_KIND:
        return False
    own = user.keeps_organizations_as(*roles_with(Permission.MANAGE_KEYS))
    return user.has_role(*PROGRAM_ROLES) or organization.pk in own


@rules.predicate
def keeps_members_of(user: User | None, thing: Any) -> bool:
    """The program for every organization, leads for their own; asked of it or of a membership in it."""
    if user is None or not isinstance(thing, Organization | Affiliation):
        return False
    organization_id = thing.pk if isinstance(thing, Organization) else thing.organization_id
    leads = user.keeps_organizations_as(*roles_with(Permission.MANAGE_MEMBERSHIP))
    return user.has_role(*PROGRAM_ROLES) or organization_id in leads


@rules.predicate
def sets_days_of(user: User | None, organization: Any) -> bool:
    """The program for every organization, leads for their own."""
    if user is None or not isinstance(organization, Organization):
        return False
    leads = user.organizations_as(*roles_with(Permission.SET_CLOSED_DAYS))
    return user.has_role(*PROGRAM_ROLES) or organization.pk in leads


@rules.predicate
def may_close_account_of(user: User | None, person: Any) -> bool:
    """Nobody their own; a director's only another director."""
    if user is None or not isinstance(person, User) or user.pk == person.pk:
        return False
    return user.has_role(Role.PROGRAM_DIRECTOR) or not person.has_role(Role.PROGRAM_DIRECTOR)


@rules.predicate
def may_be_away(user: User | None, person: Any) -> bool:
    """Somebody of the roles that owe work by name."""
    return isinstance(person, User) and person.is_active and person.has_role(*ROLES_WITH_SUBSTITUTES)


@rules.predicate
def answers_for(user: User | None, person: Any) -> bool:
    """Everybody for themselves, the program for all, a partner's lead for its people."""
    if user is None or not isinstance(person, User):
        return False
    led = user.keeps_organizations_as(Role.PARTNER_LEAD)
    theirs = person.organizations_as(Role.PARTNER_LEAD, Role.COACH)
    return user.pk == person.pk or user.has_role(*PROGRAM_ROLES) or bool(led & theirs)


register(Permission.MANAGE_KEYS, keeps_keys_of)
register(Permission.INVITE_PEOPLE, keeps_members_of)
register(Permission.MANAGE_MEMBERSHIP, keeps_members_of)
register(Permission.DEACTIVATE_PERSON, may_close_account_of)
register(Permission.SET_ABSENCE, may_be_away, answers_for)
register(Permission.SET_CLOSED_DAYS, sets_days_of)

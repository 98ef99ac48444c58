from typing import Any

import rules

from people.models import Organization, User
from people.permissions import Permission
from people.predicates import register
from people.roles import PROGRAM_ROLES, SYSTEM_ROLE_OF_KIND, roles_with


@rules.predicate
def keeps_keys_of(user: User | None, organization: Any) -> bool:
    """The program for every organization whose systems may hold keys, leads for their own."""
    if user is None or not isinstance(organization, Organization):
        return False
    if organization.kind not in SYSTEM_ROLE_OF_KIND:
        return False
    own = user.organizations_as(*roles_with(Permission.MANAGE_KEYS))
    return user.has_role(*PROGRAM_ROLES) or organization.pk in own


register(Permission.MANAGE_KEYS, keeps_keys_of)

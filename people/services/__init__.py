"""Writes about people: accounts and memberships, and the invitations that lead to them."""

from people.services.absence import Days, end_absence, lend_roles, set_absence
from people.services.access import deactivate_person, reactivate_person
from people.services.accounts import (
    RoleDoesNotFit,
    affiliate,
    create_person,
    end_affiliation,
    system_user,
)
from people.services.invitations import (
    accept_invitation,
    invite,
    renew_invitation,
    revoke_invitation,
)

__all__ = [
    "Days",
    "RoleDoesNotFit",
    "accept_invitation",
    "affiliate",
    "create_person",
    "deactivate_person",
    "end_absence",
    "end_affiliation",
    "invite",
    "lend_roles",
    "reactivate_person",
    "renew_invitation",
    "revoke_invitation",
    "set_absence",
    "system_user",
]

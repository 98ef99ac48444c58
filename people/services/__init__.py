"""Writes about people: accounts and memberships, and the invitations that lead to them."""

from people.services.absence import (
    Days,
    change_substitute,
    close_absence,
    end_absence,
    set_absence,
)
from people.services.access import deactivate_person, reactivate_person
from people.services.accounts import (
    RoleDoesNotFit,
    affiliate,
    create_person,
    end_affiliation,
    system_user,
)
from people.services.closures import (
    add_closure,
    lock_organization,
    remove_closure,
    require_keeper,
    require_sound,
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
    "add_closure",
    "affiliate",
    "change_substitute",
    "close_absence",
    "create_person",
    "deactivate_person",
    "end_absence",
    "end_affiliation",
    "invite",
    "lock_organization",
    "reactivate_person",
    "remove_closure",
    "renew_invitation",
    "require_keeper",
    "require_sound",
    "revoke_invitation",
    "set_absence",
    "system_user",
]

"""The first half of every permission: does the person hold a role that carries it?"""

from collections.abc import Callable
from typing import Any

import rules

from people.models import User
from people.roles import roles_with


def role_allows(permission: str) -> Callable[..., bool]:
    """A predicate: the person holds a role with this permission, and there is an object to speak of."""
    roles = roles_with(permission)

    @rules.predicate(name=f"role_allows:{permission}")
    def allowed(user: Any, obj: Any = None) -> bool:
        if obj is None or not isinstance(user, User) or not user.is_active:
            return False
        return user.has_role(*roles)

    return allowed


def register(permission: str, *narrowing: Any) -> None:
    """Declare a permission: the role first, then every predicate about the object."""
    predicate = role_allows(permission)
    for narrower in narrowing:
        predicate &= narrower
    rules.set_perm(permission, predicate)

"""Who may do what with messages."""

from people.permissions import Permission
from people.predicates import register

register(Permission.SET_WORDINGS)

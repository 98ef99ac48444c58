from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed
from people.models import User
from people.permissions import Permission


@transaction.atomic
def deactivate_person(*, person: User, by: User, now: datetime) -> User:
    """Close an account: every session ends, nothing is deleted. The caller has handed the work over."""
    locked = _locked(person, by=by)
    if locked.is_active:
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        for session in UserSession.objects.filter(user=locked):
            session.end()
        audit.record("people.person_deactivated", by=by, target=locked, now=now)
    return locked


@transaction.atomic
def reactivate_person(*, person: User, by: User, now: datetime) -> User:
    """Open an account again; memberships that ended meanwhile stay ended."""
    locked = _locked(person, by=by)
    if not locked.is_active:
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        audit.record("people.person_reactivated", by=by, target=locked, now=now)
    return locked


def _locked(person: User, *, by: User) -> User:
    if not by.has_perm(Permission.DEACTIVATE_PERSON, person):
        raise NotAllowed(_("The program closes and opens accounts, and nobody their own."))
    return User.objects.select_for_update().get(pk=person.pk)

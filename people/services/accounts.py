from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import InvalidInput, WrongState
from people.enums import OrganizationKind, Role, UserKind
from people.models import Affiliation, Organization, User
from people.roles import ROLES_OF_KIND
from people.selectors import opposing

SYSTEM_EMAIL = "system@milepost.invalid"


class RoleDoesNotFit(InvalidInput):
    """A role was given in an organization of a kind that does not have it."""


class RolesOppose(WrongState):
    """The person holds a role that does not go with the new one."""

    title = _("These two roles do not go together")


def require_no_opposing(person: User, role: str, *, on: date) -> None:
    held = opposing(person, role, on=on)
    if held is not None:
        values = {"name": person, "role": held.get_role_display(), "organization": held.organization}
        text = _(
            "%(name)s is %(role)s of %(organization)s, and nobody both works for a city and for the program "
            "or judges cities. That role has to end first."
        )
        raise RolesOppose(text % values)


def system_user() -> User:
    """The one who acts for sweeps and imports; made when first needed."""
    return _silent_user(SYSTEM_EMAIL, "Milepost", UserKind.SYSTEM)


def _silent_user(email: str, name: str, kind: UserKind) -> User:
    user, created = User.objects.get_or_create(email=email, defaults={"name": name, "kind": kind})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


@transaction.atomic
def create_person(*, email: str, name: str, password: str | None, by: User, now: datetime) -> User:
    """A person with a confirmed address. Raises InvalidInput when the address is taken, in any case."""
    user = User(email=email.lower(), name=name, joined_at=now)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)  # type: ignore[attr-defined]  # -- allauth's relation
    except IntegrityError as error:
        raise InvalidInput(errors={"email": [_("This address has an account already.")]}) from error
    audit.record("people.account_created", by=by, target=user, now=now, new={"email": user.email})
    return user


@transaction.atomic
def affiliate(
    *,
    person: User,
    organization: Organization,
    role: Role,
    since: date,
    by: User,
    now: datetime,
    until: date | None = None,
) -> Affiliation:
    """Begin a membership, for a term when `until` is given, or return the one that runs already."""
    if role not in ROLES_OF_KIND[OrganizationKind(organization.kind)]:
        raise RoleDoesNotFit(_("%(organization)s has no such role.") % {"organization": organization})
    require_no_opposing(person, role, on=since)
    affiliation, created = Affiliation.objects.get_or_create(
        person=person, organization=organization, role=role, until=until, defaults={"since": since}
    )
    if created:
        new = {"person": person.email, "organization": organization.slug, "role": role}
        audit.record("people.affiliation_begun", by=by, target=affiliation, now=now, new=new)
    return affiliation


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, until: date, by: User, now: datetime) -> Affiliation:
    """End a membership; its row stays, for conflict rules read it."""
    locked = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if locked.until is None or locked.until > until:
        locked.until = max(until, locked.since)
        locked.save(update_fields=["until"])
        audit.record(
            "people.affiliation_ended", by=by, target=locked, now=now, new={"until": str(locked.until)}
        )
    return locked

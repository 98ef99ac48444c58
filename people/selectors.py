"""Whose an address is, and who may bring whom into which organization."""

from datetime import date

from django.db.models import Q

from people.enums import OrganizationKind, Role
from people.models import Affiliation, Organization, User
from people.roles import PROGRAM_ROLES, ROLES_GIVEN_BY, ROLES_INVITED_BY, ROLES_OF_KIND, roles_against


def account_of(address: str) -> User | None:
    """The account with this address, as the one it signs in with or as another that it has confirmed."""
    confirmed = Q(emailaddress__email__iexact=address, emailaddress__verified=True)
    return User.objects.filter(Q(email=address.lower()) | confirmed).distinct().first()


def opposing(person: User, role: str, *, on: date) -> Affiliation | None:
    """A membership of today that does not go with the role: nobody both judges cities and works for one."""
    held = Affiliation.objects.active(on).filter(person=person, role__in=roles_against(role))
    return held.select_related("organization", "person").order_by("pk").first()


def roles_to_invite(user: User, organization: Organization) -> frozenset[Role]:
    """The roles in which this person may invite somebody into the organization."""
    return _roles(user, organization, ROLES_INVITED_BY)


def roles_to_give(user: User, organization: Organization) -> frozenset[Role]:
    """The roles that this person may give to somebody who belongs to the organization already."""
    return _roles(user, organization, ROLES_GIVEN_BY)


def _roles(user: User, organization: Organization, table: dict[Role, frozenset[Role]]) -> frozenset[Role]:
    possible = ROLES_OF_KIND[OrganizationKind(organization.kind)]
    held = {
        Role(one.role)
        for one in user.active_affiliations
        if not one.is_lent and (one.organization_id == organization.pk or one.role in PROGRAM_ROLES)
    }
    return frozenset().union(*(table.get(role, frozenset()) for role in held)) & possible

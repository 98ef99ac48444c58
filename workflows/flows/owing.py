"""Who owes a step: the organization and, where it is clear, the person."""

import uuid
from dataclasses import dataclass

from cases.enums import ParticipationRole
from cases.models import Case
from coaching.models import Engagement
from people.enums import OrganizationKind, Role
from people.models import Affiliation, Organization, User
from workflows.acting import current_act


@dataclass(frozen=True)
class Owed:
    case: Case
    organization: Organization | None = None
    owner: User | None = None
    subject: uuid.UUID | None = None


def by_city(case: Case) -> Owed:
    organization = case.city.organization
    return Owed(case, organization, _only(organization, Role.CITY_LEAD))


def by_program(case: Case, *, subject: uuid.UUID | None = None) -> Owed:
    """The manager of the case, or whoever of the program takes it first."""
    manager = case.participations.filter(role=ParticipationRole.MANAGER, until__isnull=True).first()
    return Owed(case, program_office(), manager.person if manager else None, subject)


def by_committee(case: Case) -> Owed:
    return Owed(case, program_office())


def by_partner(engagement: Engagement) -> Owed:
    partner = engagement.partner
    return Owed(engagement.case, partner, _only(partner, Role.PARTNER_LEAD), engagement.pk)


def by_coach(engagement: Engagement) -> Owed:
    return Owed(engagement.case, engagement.partner, engagement.coach, engagement.pk)


def in_use(person: User | None) -> User | None:
    """The person, unless their account is closed: nothing new is owed by somebody who can't do it."""
    return person if person and person.is_active else None


def program_office() -> Organization | None:
    return Organization.objects.filter(kind=OrganizationKind.PROGRAM).order_by("slug").first()


def _only(organization: Organization, role: Role) -> User | None:
    """The one person in this role, or nobody when several share it."""
    held = Affiliation.objects.active(current_act().now.date()).filter(organization=organization, role=role)
    people = list(held.filter(person__is_active=True).select_related("person")[:2])
    return people[0].person if len(people) == 1 else None

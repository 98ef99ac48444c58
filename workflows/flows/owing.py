"""Who owes a step: the organization and, where it is clear, the person."""

import uuid
from dataclasses import dataclass

from cases.enums import ParticipationRole
from cases.models import Case
from cases.routing import Duty, routed_to
from cases.services import cover_seat
from certification.services import replace_assessor
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
    held = held.filter(lent_for__isnull=True)  # who only stands in is found by the routing
    people = list(held.filter(person__is_active=True).select_related("person")[:2])
    return people[0].person if len(people) == 1 else None


def seat_substitutes(case: Case) -> None:
    """Before work of assessors opens: whoever is away gives the seat to the substitute for a while."""
    act = current_act()
    parts = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    for part in parts.select_related("person").order_by("pk"):
        if part.person is None:
            continue
        route = routed_to(part.person, Duty.seat(case), at=act.now)
        if route.absence:
            prior = part.covers.standing().select_related("absence__person").first()
            seat = replace_assessor(case=case, leaving=part, to=route.person, by=act.by, now=act.now)
            absence = prior.absence if prior else route.absence
            cover_seat(part=seat, absence=absence, holder=route.person, by=act.by, now=act.now)

"""Who may do what with a case, and who has a conflict of interest."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import rules
from django.conf import settings

from cases.enums import Conflict, ParticipationRole, Thread, WorkKind
from cases.models import Case, Participation, WorkItem
from people.enums import Role
from people.models import Affiliation, User
from people.permissions import Permission
from people.predicates import register
from people.querysets import AffiliationQuerySet
from people.roles import CITY_ROLES, PARTNER_ROLES, PROGRAM_ROLES, roles_with


def case_of(thing: Any) -> Case:
    """The case that an object of this or a higher app belongs to."""
    return thing if isinstance(thing, Case) else thing.case


@rules.predicate
def leads_this_city(user: User | None, thing: Any) -> bool:
    """A lead of the city that the object (a city, a case, or something of a case) belongs to."""
    if user is None or thing is None:
        return False
    organization_id = getattr(thing, "organization_id", None) or case_of(thing).city.organization_id
    return organization_id in user.organizations_as(Role.CITY_LEAD)


@rules.predicate
def belongs_to_this_city(user: User | None, thing: Any) -> bool:
    if user is None or thing is None:
        return False
    return case_of(thing).city.organization_id in user.organizations_as(*CITY_ROLES)


@rules.predicate
def reads_messages_of_this_city(user: User | None, thing: Any) -> bool:
    return _belongs_as(user, thing, Permission.READ_MESSAGES)


@rules.predicate
def writes_messages_of_this_city(user: User | None, thing: Any) -> bool:
    return _belongs_as(user, thing, Permission.WRITE_MESSAGES)


def _belongs_as(user: User | None, thing: Any, permission: Permission) -> bool:
    """Holds a role with the permission in this very city, and not only in another one."""
    if user is None or thing is None:
        return False
    return case_of(thing).city.organization_id in user.organizations_as(*roles_with(permission) & CITY_ROLES)


@rules.predicate
def is_program(user: User | None, thing: Any = None) -> bool:
    return user is not None and user.has_role(*PROGRAM_ROLES)


@rules.predicate
def assesses_this_case(user: User | None, thing: Any) -> bool:
    """Takes part in the case as an assessor now."""
    if user is None or thing is None:
        return False
    return _takes_part(user, case_of(thing), ParticipationRole.ASSESSOR)


def _takes_part(user: User, case: Case, role: ParticipationRole) -> bool:
    return case.participations.filter(person=user, role=role, until__isnull=True).exists()


@rules.predicate
def leads_the_coaching_of(user: User | None, item: Any) -> bool:
    """A lead of a partner that coaches in the case, asked of an action item."""
    if user is None or not isinstance(item, WorkItem) or item.kind != WorkKind.ACTION_ITEM:
        return False
    led = user.organizations_as(Role.PARTNER_LEAD)
    coaching = Participation.objects.filter(
        case=item.case_id, role=ParticipationRole.COACH, until__isnull=True
    )
    return coaching.filter(organization__in=led).exists()


def has_conflict(user: User, case: Case, *, today: date) -> bool:
    """Whether this person may neither review nor vote on the city of this case.

    True for whoever coached the city in any case, or belonged within `CONFLICT_YEARS` to a partner that did
    or to the city itself. Ended participations and affiliations count.
    """
    return user.pk in conflicted([user.pk], case, today=today)


def conflicted(user_ids: list[int], case: Case, *, today: date) -> set[int]:
    """Those of the given people who have a conflict of interest with the city of this case."""
    return set(conflicts_of(user_ids, case, today=today))


def conflicts_of(user_ids: list[int], case: Case, *, today: date) -> dict[int, list[Conflict]]:
    """Why each of the given people may not judge the city of this case; who may is not in it."""
    found = conflicts_in(user_ids, [case.city_id], today=today)
    return {person_id: conflicts for (person_id, _city), conflicts in found.items()}


def conflicts_in(
    user_ids: Iterable[int], city_ids: Iterable[UUID], *, today: date
) -> dict[tuple[int, UUID], list[Conflict]]:
    """The same for several cities at once, by person and city."""
    people, cities = list(user_ids), list(city_ids)
    coaching = Participation.objects.filter(case__city__in=cities, role=ParticipationRole.COACH)
    memberships = _memberships(people, today=today)
    coached_by_theirs = "organization__participations__case__city"
    of_partner = memberships.filter(
        role__in=PARTNER_ROLES | {Role.ASSESSOR},
        organization__participations__role=ParticipationRole.COACH,
        **{f"{coached_by_theirs}__in": cities},
    )
    of_city = memberships.filter(organization__city__in=cities, role__in=CITY_ROLES)
    found = {
        Conflict.COACHED: coaching.filter(person__in=people).values_list("person_id", "case__city"),
        Conflict.PARTNER: of_partner.values_list("person_id", coached_by_theirs),
        Conflict.CITY: of_city.values_list("person_id", "organization__city"),
    }
    conflicts: dict[tuple[int, UUID], list[Conflict]] = {}
    for conflict, pairs in found.items():
        for pair in set(pairs):
            conflicts.setdefault(pair, []).append(conflict)
    return conflicts


def _memberships(user_ids: Collection[int], *, today: date) -> AffiliationQuerySet:
    """What binds the people now, or did within `CONFLICT_YEARS`."""
    cutoff = today - timedelta(days=round(365.25 * settings.CONFLICT_YEARS))
    return Affiliation.objects.filter(person__in=user_ids).ended_after(cutoff)


def worked_for(
    user_ids: Collection[int], organization_ids: Collection[UUID], *, today: date
) -> set[tuple[int, UUID]]:
    """Who of the people belongs to which of these city governments, or did within `CONFLICT_YEARS`."""
    rows = _memberships(user_ids, today=today).filter(organization__in=organization_ids, role__in=CITY_ROLES)
    return set(rows.values_list("person_id", "organization_id"))


register(Permission.OPEN_CASE, is_program | leads_this_city)
register(Permission.TAKE_OVER_CASES, is_program)
register(Permission.SUBMIT_APPLICATION, leads_this_city)
register(Permission.CONFIRM_APPLICATION, is_program)
register(Permission.WITHDRAW_CASE, leads_this_city)
register(Permission.MANAGE_CASE, is_program)
register(Permission.HOLD_CASE, is_program)
register(Permission.END_CASE, is_program)
register(Permission.SET_DEADLINES, is_program)
register(Permission.GRANT_EXTENSION, is_program | leads_the_coaching_of)
register(Permission.VIEW_APPLICATION, is_program | belongs_to_this_city)
register(Permission.READ_MESSAGES, is_program | reads_messages_of_this_city)
register(Permission.WRITE_MESSAGES, is_program | writes_messages_of_this_city)
register(Permission.USE_INTERNAL_MESSAGES, is_program)

READING = {Thread.CITY: Permission.READ_MESSAGES, Thread.INTERNAL: Permission.USE_INTERNAL_MESSAGES}
WRITING = {Thread.CITY: Permission.WRITE_MESSAGES, Thread.INTERNAL: Permission.USE_INTERNAL_MESSAGES}

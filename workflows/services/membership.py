"""Roles changed and ended, accounts closed: what somebody owes goes to a colleague or back to the party."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.deadlines import program_calendar
from cases.services.case import require
from core.errors import InvalidInput, NotAllowed, WrongState
from people import services as people
from people.enums import Role
from people.models import Affiliation, User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES, ROLES_WITH_SUBSTITUTES
from people.selectors import roles_to_give
from workflows.services.announcing import tell_of_change
from workflows.services.handover import (
    TAKEN_OVER_BY,
    Leaving,
    hand_over,
    lock_cases_of,
    publish_all,
    tell_of_left,
)
from workflows.services.leaving import leave_absences, return_covers

LEADS = {Role.CITY_LEAD, Role.PARTNER_LEAD}


class LastLead(WrongState):
    """An organization would be left without anybody who leads it."""

    title = gettext_lazy("Nobody else leads this organization")


@transaction.atomic
def end_membership(
    *, affiliation: Affiliation, successor: User | None, by: User, now: datetime
) -> Affiliation:
    """End a role today and hand over what the person owes in it.

    Work, cases managed and engagements go to `successor`, or back to the party, whose leads are told.
    Raises NotAllowed, LastLead, InvalidInput.
    """
    ended = _end(affiliation, successor, None, by=by, now=now)
    tell_of_change(ended, None, by=by, now=now)
    return ended


@transaction.atomic
def change_role(
    *, affiliation: Affiliation, role: Role, successor: User | None, by: User, now: datetime
) -> Affiliation:
    """Give a member another role from today, and hand over what belonged to the former one."""
    if role == affiliation.role:
        raise InvalidInput(errors={"role": [_("This is the role they have.")]})
    if role not in roles_to_give(by, affiliation.organization):
        raise InvalidInput(errors={"role": [_("You can't give this role.")]})
    ended = _end(affiliation, successor, role, by=by, now=now)
    today = program_calendar().local_day(now)
    begun = people.affiliate(
        person=ended.person, organization=ended.organization, role=role, since=today, by=by, now=now
    )
    tell_of_change(ended, begun, by=by, now=now)
    return begun


@transaction.atomic
def _end(
    affiliation: Affiliation, successor: User | None, then: Role | None, *, by: User, now: datetime
) -> Affiliation:
    _require(affiliation, by=by, now=now)
    leaving = Leaving(affiliation.person, by, now)
    cases = lock_cases_of([affiliation])
    if successor is not None or not _goes_on(affiliation, then, leaving):
        return_covers(affiliation, leaving)
        hand_over(affiliation, successor, leaving)
    ended = people.end_affiliation(affiliation=affiliation, until=leaving.today, by=by, now=now)
    if then not in ROLES_WITH_SUBSTITUTES:
        leave_absences(leaving, successor)
    publish_all(cases, now=now)
    tell_of_left(leaving)
    return ended


def _goes_on(affiliation: Affiliation, then: Role | None, leaving: Leaving) -> bool:
    """Whether the person may do the same work in another role: a manager who becomes a director."""
    roles = TAKEN_OVER_BY.get(affiliation.role, frozenset())
    held = leaving.person.affiliations.active(leaving.today).exclude(pk=affiliation.pk)
    same = held.filter(organization=affiliation.organization_id, role__in=roles)
    return then in roles or same.exists()


@transaction.atomic
def close_account(
    *, person: User, by: User, now: datetime, successors: Mapping[int, User | None] | None = None
) -> User:
    """Deactivate a person: sessions end, and nothing that was theirs stays in their name.

    `successors` names who takes over, by the key of the membership; the rest goes back to the parties, whose
    leads are told. Raises NotAllowed, InvalidInput.
    """
    require(by, Permission.DEACTIVATE_PERSON, person)
    leaving = Leaving(person, by, now)
    held = list(person.affiliations.select_related("organization", "person").order_by("pk"))
    cases = lock_cases_of(held)
    chosen = successors or {}
    for affiliation in held:
        return_covers(affiliation, leaving)
    for affiliation in sorted(held, key=lambda one: chosen.get(one.pk) is None):
        hand_over(affiliation, chosen.get(affiliation.pk), leaving)
    closed = leaving.person = people.deactivate_person(person=person, by=by, now=now)
    leave_absences(leaving, next(filter(None, chosen.values()), None))
    publish_all(cases, now=now)
    tell_of_left(leaving)
    return closed


def _require(affiliation: Affiliation, *, by: User, now: datetime) -> None:
    """Leads end what they may give; only the program may leave an organization without a lead."""
    role, organization = affiliation.role, affiliation.organization
    keeps = by.has_perm(Permission.MANAGE_MEMBERSHIP, affiliation)
    if not keeps or role not in roles_to_give(by, organization):
        raise NotAllowed(_("This membership is not yours to change. Ask the program office."))
    if by.has_role(*PROGRAM_ROLES) or role not in LEADS:
        return
    held = Affiliation.objects.active(program_calendar().local_day(now)).filter(
        organization=organization, role=role, person__is_active=True, lent_for__isnull=True
    )
    if not held.exclude(person=affiliation.person).exists():
        raise LastLead(_("Make somebody else the lead first, then end this role."))

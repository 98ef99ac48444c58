"""Who gets work that is somebody's: they themselves or, while they are away, whoever stands in for them.

Decided here and nowhere else, at the moment at which the work is routed.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import Conflict, ParticipationRole, Party, WorkKind
from cases.models import Case, Participation, WorkItem
from cases.rules import conflicts_in
from core.errors import Text
from people.enums import Role
from people.models import Absence, Affiliation, Organization, User
from people.roles import PROGRAM_ROLES

# Which roles do the work of a party; what the lead of a partner decides, no coach does.
ROLES_OF_PARTY: dict[str, frozenset[Role]] = {
    Party.CITY: frozenset({Role.CITY_LEAD}),
    Party.PARTNER: frozenset({Role.COACH, Role.PARTNER_LEAD}),
    Party.PROGRAM: PROGRAM_ROLES,
    Party.ASSESSOR: frozenset({Role.ASSESSOR}),
}
ROLES_OF_STEP: dict[str, frozenset[Role]] = {
    "respond": frozenset({Role.PARTNER_LEAD}),
    "assign_coach": frozenset({Role.PARTNER_LEAD}),
    "kick_off": frozenset({Role.COACH}),
    "work": frozenset({Role.COACH}),
    "close": frozenset({Role.COACH}),
}
COACHED = frozenset(code for code, roles in ROLES_OF_STEP.items() if Role.COACH in roles)


@dataclass(frozen=True)
class Duty:
    """What is to be routed, before or after it is a piece of work."""

    case: Case | None
    step: str
    party: str
    organization: Organization | None
    kind: str = WorkKind.STEP

    @classmethod
    def of(cls, item: WorkItem) -> Self:
        return cls(item.case, item.step, item.party, item.organization, item.kind)

    @classmethod
    def seat(cls, case: Case) -> Self:
        """To assess a case."""
        return cls(case, "review", Party.ASSESSOR, None)

    @property
    def is_judging(self) -> bool:
        return self.party == Party.ASSESSOR or self.kind == WorkKind.APPEAL


@dataclass(frozen=True)
class Route:
    """`absence` says for whom somebody stands in; `refused` why nobody does, though the person is away."""

    person: User
    absence: Absence | None = None
    refused: Absence | None = None
    why: Text = ""


def routed_to(person: User, duty: Duty, *, at: datetime) -> Route:
    """The person or, on a day of absence, the substitute, if they may do this very work.

    A substitute who is away passes it on to their own; where the way ends with somebody who may not do it,
    or in a circle, the work stays with the person.
    """
    first: Absence | None = None
    holder, passed = person, {person.pk}
    while absence := _running(holder, at):
        first = first or absence
        why = standing_of(absence.substitute, [duty.case], at=at).unfit_for(duty)
        if not why and absence.substitute_id in passed:
            why = _("everybody who could stand in is away")
        if why:
            return Route(person, refused=first, why=why)
        holder = absence.substitute
        passed.add(holder.pk)
    return Route(holder, absence=first)


def _running(person: User, at: datetime) -> Absence | None:
    running = Absence.objects.running(at).filter(person=person)
    return running.select_related("person", "substitute").order_by("since").first()


@dataclass(frozen=True)
class Standing:
    """What decides whether somebody may do the work of others: their roles, and their ties to the cases."""

    person: User
    roles: frozenset[tuple[uuid.UUID, str]]
    conflicts: Mapping[uuid.UUID, list[Conflict]]
    parts: frozenset[tuple[uuid.UUID, str, bool]]

    def conflict_with(self, case: Case) -> Text:
        """Why they may never judge this city; that they assess the case already is no conflict."""
        return ", ".join(str(one.label) for one in self.conflicts.get(case.city_id, []))

    def unfit_for(self, duty: Duty) -> Text:
        """Why they may not do this work in somebody's place; nothing if they may."""
        if not self.person.is_active:
            return _("the account is closed")
        if duty.kind == WorkKind.DELEGATION:
            return _("the city's lead passes delegated criteria on")
        if not self._holds_a_role(duty):
            return _("they do not hold the role that this work asks for")
        return self._conflict(duty, duty.case) if duty.case else ""

    def _holds_a_role(self, duty: Duty) -> bool:
        asked = ROLES_OF_STEP.get(duty.step) or ROLES_OF_PARTY.get(duty.party, frozenset())
        if duty.party in (Party.CITY, Party.PARTNER):
            there = duty.organization.pk if duty.organization else None
            return any(role in asked and where == there for where, role in self.roles)
        return any(role in asked for _where, role in self.roles)

    def _conflict(self, duty: Duty, case: Case) -> Text:
        assessor, member = ParticipationRole.ASSESSOR.value, ParticipationRole.COMMITTEE.value
        assesses = (case.pk, assessor, True) in self.parts
        assessed = assesses or (case.pk, assessor, False) in self.parts
        if duty.is_judging:
            if found := self.conflict_with(case):
                return found
            if assesses or (assessed and duty.kind == WorkKind.APPEAL):
                return _("they assess this case themselves")
        if duty.party == Party.PARTNER and (assesses or (case.pk, member, True) in self.parts):
            return _("they judge this case")
        return ""


def standing_of(person: User, cases: Iterable[Case | None], *, at: datetime) -> Standing:
    return standings_of([person], cases, at=at)[person.pk]


def standings_of(
    people: Collection[User], cases: Iterable[Case | None], *, at: datetime
) -> dict[int, Standing]:
    """By person's key, in as many queries for fifty people and cases as for one of each."""
    found = [case for case in cases if case is not None]
    day = program_calendar().local_day(at)
    roles = Affiliation.objects.active(day).filter(person__in=people)
    parts = Participation.objects.filter(person__in=people, case__in=[case.pk for case in found])
    keys, cities = [one.pk for one in people], {case.city_id for case in found}
    conflicts = conflicts_in(keys, cities, today=day) if found else {}
    held = list(roles.values_list("person_id", "organization_id", "role"))
    taken = list(parts.values_list("person_id", "case_id", "role", "until"))
    return {
        person.pk: Standing(
            person,
            frozenset((where, role) for who, where, role in held if who == person.pk),
            {city: why for (who, city), why in conflicts.items() if who == person.pk},
            frozenset((case, role, until is None) for who, case, role, until in taken if who == person.pk),
        )
        for person in people
    }

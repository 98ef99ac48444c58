"""Who may stand in for whom, and what that puts before both of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.enums import ParticipationRole
from cases.models import Cover, Participation, WorkItem
from cases.querysets import CoverQuerySet
from cases.routing import Duty, standing_of
from core.errors import Text
from people.enums import Role, UserKind
from people.models import Absence, Affiliation, Organization, User
from people.roles import PROGRAM_ROLES, ROLES_WITH_SUBSTITUTES
from people.selectors import roles_to_give

# Cities by name in one line, before the rest is counted.
NAMED = 5
# A colleague without the role may have it for the days of the absence, if who sets it may give it.
LENT_TO = {Role.CITY_LEAD: Role.CITY_CONTRIBUTOR, Role.PARTNER_LEAD: Role.COACH}


def memberships_of(person: User, *, on: date) -> list[Affiliation]:
    """What the person does that somebody else has to do meanwhile; a role lent to them is not theirs."""
    held = person.affiliations.active(on).filter(role__in=ROLES_WITH_SUBSTITUTES, lent_for__isnull=True)
    return list(held.select_related("organization").order_by("pk"))


def home_of(person: User, *, on: date) -> Organization | None:
    """The organization whose calendar says when a day of this person begins."""
    held = memberships_of(person, on=on)
    return held[0].organization if held else None


def _colleagues(membership: Affiliation, *, on: date) -> QuerySet[Affiliation]:
    """Who does the same: in the same organization, for assessors in any, in the program in either role."""
    active = Affiliation.objects.active(on)
    if membership.role == Role.ASSESSOR:
        return active.filter(role=Role.ASSESSOR)
    roles = PROGRAM_ROLES if membership.role in PROGRAM_ROLES else {membership.role}
    return active.filter(organization=membership.organization_id, role__in=roles)


def _borrowers(membership: Affiliation, *, by: User, on: date) -> QuerySet[Affiliation]:
    """Who may have the role for the time being."""
    lent_to = LENT_TO.get(Role(membership.role))
    if lent_to is None or membership.role not in roles_to_give(by, membership.organization):
        return Affiliation.objects.none()
    return Affiliation.objects.active(on).filter(organization=membership.organization_id, role=lent_to)


def possible_substitutes(person: User, *, by: User, on: date) -> QuerySet[User]:
    """Colleagues who could do at least a part of the person's work."""
    able: set[int] = set()
    for membership in memberships_of(person, on=on):
        for held in (_colleagues(membership, on=on), _borrowers(membership, by=by, on=on)):
            able |= set(held.values_list("person", flat=True))
    people = User.objects.filter(pk__in=able - {person.pk}, is_active=True, kind=UserKind.PERSON)
    return people.order_by("name", "pk")


@dataclass(frozen=True)
class Fitness:
    """What of somebody's work a substitute could do; `reasons` says what speaks against the rest."""

    covers: list[Affiliation]
    lends: list[Affiliation]
    reasons: list[Text]

    @property
    def is_any(self) -> bool:
        return bool(self.covers or self.lends)


def fitness_of(substitute: User, person: User, *, by: User, at: datetime, on: date) -> Fitness:
    """Role by role; as an assessor, nobody who has a conflict with every city that may still ask for work.

    Who assesses beside the person can't take those cases, but new ones.
    """
    fitness = Fitness([], [], [])
    for membership in memberships_of(person, on=on):
        if membership.role == Role.ASSESSOR and (why := _bar_to_all_seats(substitute, person, at)):
            fitness.reasons.extend(why)
        elif _colleagues(membership, on=on).filter(person=substitute).exists():
            fitness.covers.append(membership)
        elif _borrowers(membership, by=by, on=on).filter(person=substitute).exists():
            fitness.lends.append(membership)
    return fitness


def seats_of(*people: User) -> QuerySet[Participation]:
    """Where they assess, in cases that have not ended: a review may be asked for there, now or later."""
    parts = Participation.objects.filter(person__in=people, role=ParticipationRole.ASSESSOR)
    running = parts.filter(until__isnull=True, case__closed_at__isnull=True)
    return running.select_related("person", "case__city__organization").order_by(
        "case__city__organization__name", "pk"
    )


def bars_to_seats(substitute: User, person: User, *, at: datetime) -> list[Text]:
    """The cities that the person assesses and the substitute may not, with the reasons, in words."""
    cases = [part.case for part in seats_of(person)]
    standing = standing_of(substitute, cases, at=at)
    return _by_reason((case.city.name, standing.unfit_for(Duty.seat(case))) for case in cases)


def _bar_to_all_seats(substitute: User, person: User, at: datetime) -> list[Text]:
    cases = [part.case for part in seats_of(person)]
    standing = standing_of(substitute, cases, at=at)
    bars = [(case.city.name, standing.conflict_with(case)) for case in cases]
    return _by_reason(bars) if all(why for _city, why in bars) else []


def _by_reason(bars: Iterable[tuple[str, Text]]) -> list[Text]:
    """One line for each reason, with the first cities by name."""
    cities: dict[str, list[str]] = {}
    for city, why in bars:
        if why:
            cities.setdefault(str(why), []).append(city)
    return [_("%(city)s: %(why)s") % {"city": _some_of(names), "why": why} for why, names in cities.items()]


def _some_of(names: list[str]) -> str:
    more = len(names) - NAMED
    if more <= 0:
        return get_text_list(names, _("and"))
    values = {"cities": ", ".join(names[:NAMED]), "count": more}
    return ngettext("%(cities)s and %(count)s more", "%(cities)s and %(count)s more", more) % values


def absences_covered_by(user: User, *, now: datetime) -> dict[int, Absence]:
    """Whose work comes to this person today, by who is away; also through a substitute who is away, too."""
    running = Absence.objects.running(now).select_related("person", "substitute")
    mine = list(running.filter(Q(person=user) | Q(substitute=user)))
    if any(absence.person_id == user.pk for absence in mine):
        return {}
    found: dict[int, Absence] = {}
    while mine:
        found |= {absence.person_id: absence for absence in mine}
        behind = running.filter(substitute__in=[absence.person_id for absence in mine])
        mine = list(behind.exclude(person__in=found))
    return found


@dataclass(frozen=True)
class Deadline:
    """Open work of somebody away, shown to who stands in for them."""

    item: WorkItem
    absence: Absence


def deadlines_covered_by(user: User, *, now: datetime) -> list[Deadline]:
    """Open work of those who are away that this person may do in their place, due first at the top."""
    absences = absences_covered_by(user, now=now)
    if not absences:
        return []
    items = WorkItem.objects.visible_to(user).open().filter(owner__in=absences, case__isnull=False)
    # What is paused comes last, as on the desk of who owes it.
    found = sorted(items.for_list(), key=lambda item: item.paused_at is not None)
    standing = standing_of(user, [item.case for item in found], at=now)
    return [
        Deadline(item, absences[item.owner_id])
        for item in found
        if item.owner_id in absences and not standing.unfit_for(Duty.of(item))
    ]


def covers_of(user: User) -> CoverQuerySet:
    """What a substitute holds for this person, or this person for somebody, and nobody has spoken of yet."""
    return Cover.objects.visible_to(user).unanswered().for_list()


def absences_of(person: User) -> QuerySet[Absence]:
    """Their own and those in which they stand in, the newest first."""
    mine = Absence.objects.filter(Q(person=person) | Q(substitute=person))
    return mine.for_list().order_by("-since", "pk")

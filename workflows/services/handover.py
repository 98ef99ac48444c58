"""What somebody owes in one role goes to a colleague who may do it, or to whoever leads the party."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole, Party, WorkKind
from cases.models import Case, Cover, Participation, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.rules import conflicted
from cases.selectors import program_people
from cases.services import begin_participation, end_participations, hand_over_work_item, lock_case
from certification.models import Delegation
from certification.querysets import DelegationQuerySet
from certification.services import replace_assessor
from coaching.enums import RUNNING
from coaching.models import Engagement
from coaching.querysets import EngagementQuerySet
from coaching.services import change_coach
from core.errors import InvalidInput
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Wording
from people.enums import Role, UserKind
from people.models import Affiliation, Organization, User
from people.roles import PROGRAM_ROLES
from workflows.services.delegation import leave_delegations
from workflows.services.moves import publish_status
from workflows.wordings import handing

LEFT = "people.membership_ended"
TAKEN_OVER = "people.work_taken_over"

# Who may do what somebody in the role leaves behind; a role that is not named leaves nothing.
TAKEN_OVER_BY: dict[str, frozenset[Role]] = {
    Role.PROGRAM_MANAGER: PROGRAM_ROLES,
    Role.PROGRAM_DIRECTOR: PROGRAM_ROLES,
    Role.PARTNER_LEAD: frozenset({Role.PARTNER_LEAD}),
    Role.COACH: frozenset({Role.COACH}),
    Role.CITY_LEAD: frozenset({Role.CITY_LEAD}),
    Role.CITY_CONTRIBUTOR: frozenset({Role.CITY_CONTRIBUTOR}),
    Role.ASSESSOR: frozenset({Role.ASSESSOR}),
}
PARTY_OF: dict[str, Party] = {
    Role.PROGRAM_MANAGER: Party.PROGRAM,
    Role.PROGRAM_DIRECTOR: Party.PROGRAM,
    Role.PARTNER_LEAD: Party.PARTNER,
    Role.COACH: Party.PARTNER,
    Role.CITY_LEAD: Party.CITY,
    Role.CITY_CONTRIBUTOR: Party.CITY,
    Role.ASSESSOR: Party.ASSESSOR,
}
# They owe what was agreed upon with them, and no step of the path on their own.
WITHOUT_STEPS = {Role.COACH, Role.CITY_CONTRIBUTOR}
LEADS_OF_PARTY = {Party.CITY: Role.CITY_LEAD, Party.PARTNER: Role.PARTNER_LEAD}


@dataclass(frozen=True)
class Piece:
    """One thing that changes hands, or lies with nobody for now."""

    place: str
    what: str
    party: str
    organization: Organization | None
    url: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass
class Leaving:
    """Somebody about to leave; what lies with nobody afterwards is told in one message to each reader."""

    person: User
    by: User
    now: datetime
    left: list[Piece] = field(default_factory=list)

    @property
    def today(self) -> date:
        return program_calendar().local_day(self.now)


def successors_of(affiliation: Affiliation, *, on: date) -> QuerySet[User]:
    """The colleagues who may do what this membership owes."""
    roles = TAKEN_OVER_BY.get(affiliation.role, frozenset())
    held = Affiliation.objects.active(on).filter(role__in=roles)
    if affiliation.role != Role.ASSESSOR:
        held = held.filter(organization=affiliation.organization_id)
    able = User.objects.filter(pk__in=held.values("person"), is_active=True, kind=UserKind.PERSON)
    barred = _barred(affiliation, able, on=on) | {affiliation.person_id}
    return able.exclude(pk__in=barred).order_by("name", "pk")


def _barred(affiliation: Affiliation, able: QuerySet[User], *, on: date) -> set[int]:
    """Who may not judge one of the cities, or judges it already; two different people assess a case."""
    barred: set[int] = set()
    for part in assessed_as(affiliation).select_related("case__city"):
        assessors = part.case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
        barred |= set(assessors.values_list("person", flat=True))
        barred |= conflicted(list(able.values_list("pk", flat=True)), part.case, today=on)
    return barred


def work_of(affiliation: Affiliation) -> WorkItemQuerySet:
    """The open work that the person owes in this very role; what belongs to an engagement goes with it."""
    owned = WorkItem.objects.open().filter(owner=affiliation.person_id).exclude(kind=WorkKind.DELEGATION)
    party = PARTY_OF.get(affiliation.role)
    if party is None:
        return owned.none()
    if party in {Party.PROGRAM, Party.ASSESSOR}:
        return owned.filter(party=party)
    if affiliation.role in WITHOUT_STEPS:
        owned = owned.filter(kind=WorkKind.ACTION_ITEM)
    coached = Engagement.objects.filter(coach=affiliation.person_id, status__in=RUNNING)
    return owned.filter(party=party, organization=affiliation.organization_id).exclude(
        subject__in=coached.values("pk")
    )


def coached_as(affiliation: Affiliation) -> EngagementQuerySet:
    """The running engagements that this membership coaches: those of a coach of the partner."""
    running = Engagement.objects.filter(
        coach=affiliation.person_id, partner=affiliation.organization_id, status__in=RUNNING
    )
    return running if affiliation.role == Role.COACH else running.none()


def managed_as(affiliation: Affiliation) -> QuerySet[Participation]:
    """The parts in running cases that this membership takes as their manager."""
    parts = Participation.objects.filter(
        person=affiliation.person_id, role=ParticipationRole.MANAGER, until__isnull=True
    )
    return parts if affiliation.role in PROGRAM_ROLES else parts.none()


def assessed_as(affiliation: Affiliation) -> QuerySet[Participation]:
    """The parts in running cases that this membership takes as an assessor."""
    parts = Participation.objects.filter(
        person=affiliation.person_id, role=ParticipationRole.ASSESSOR, until__isnull=True
    )
    return parts if affiliation.role == Role.ASSESSOR else parts.none()


def delegated_as(affiliation: Affiliation) -> DelegationQuerySet:
    """What the city's lead has given to this membership to answer."""
    standing = Delegation.objects.standing().filter(
        person=affiliation.person_id, assessment__case__city__organization=affiliation.organization_id
    )
    return standing if affiliation.role == Role.CITY_CONTRIBUTOR else standing.none()


def lock_cases_of(affiliations: Iterable[Affiliation]) -> list[Case]:
    """Every case in which the memberships owe something, locked in one order."""
    found: set[uuid.UUID] = set()
    for one in affiliations:
        delegated = Delegation.objects.standing().filter(person=one.person_id)
        held = Cover.objects.standing().filter(Q(holder=one.person_id) | Q(absence__person=one.person_id))
        for case_ids in (
            work_of(one).filter(case__isnull=False).values_list("case_id", flat=True),
            coached_as(one).values_list("case_id", flat=True),
            managed_as(one).values_list("case_id", flat=True),
            assessed_as(one).values_list("case_id", flat=True),
            delegated.values_list("assessment__case", flat=True),
            held.filter(item__isnull=False).values_list("item__case", flat=True),
            held.filter(part__isnull=False).values_list("part__case", flat=True),
        ):
            found |= set(case_ids)
    return [lock_case(case_id) for case_id in sorted(found)]


def hand_over(affiliation: Affiliation, successor: User | None, leaving: Leaving) -> None:
    """Give what the membership owes to the successor, who is told; without one the party's leads have it.

    The cases are locked. Raises InvalidInput for a successor who may not do the work.
    """
    if successor and not successors_of(affiliation, on=leaving.today).filter(pk=successor.pk).exists():
        raise InvalidInput(errors={"successor": [_("Choose a colleague who may do this work.")]})
    pieces = _move_work(affiliation, successor, leaving)
    pieces += _move_management(affiliation, successor, leaving)
    pieces += _move_engagements(affiliation, successor, leaving)
    pieces += _move_assessments(affiliation, successor, leaving)
    if affiliation.role == Role.CITY_CONTRIBUTOR:
        leave_delegations(leaving.person, affiliation.organization, successor, by=leaving.by, now=leaving.now)
    if successor:
        _tell_successor(successor, pieces, leaving)
    else:
        leaving.left += pieces


def _move_work(affiliation: Affiliation, successor: User | None, leaving: Leaving) -> list[Piece]:
    pieces = []
    for item in work_of(affiliation).for_list().order_by("due_at", "pk"):
        hand_over_work_item(item=item, owner=successor, by=leaving.by, now=leaving.now)
        url = reverse("workflows:case-detail", args=[item.case_id]) if item.case_id else _desk()
        place = item.case.city.name if item.case else item.place
        pieces.append(Piece(str(place), str(item.title), item.party, item.organization, url))
    return pieces


def _move_management(affiliation: Affiliation, successor: User | None, leaving: Leaving) -> list[Piece]:
    pieces = []
    for part in managed_as(affiliation).select_related("case__city__organization").order_by("case_id", "pk"):
        change_manager(part.case, successor, by=leaving.by, now=leaving.now)
        url = reverse("workflows:case-people", args=[part.case_id])
        pieces.append(Piece(part.case.city.name, _("manager of the case"), Party.PROGRAM, None, url))
    return pieces


def change_manager(case: Case, manager: User | None, *, by: User, now: datetime) -> list[User]:
    """Whoever managed the case no longer does; returns them. The case is locked."""
    role = ParticipationRole.MANAGER
    running = list(case.participations.filter(role=role, until__isnull=True).select_related("person"))
    end_participations(participations=running, by=by, now=now)
    if manager is not None:
        begin_participation(case=case, role=role, person=manager, by=by, now=now)
    return [part.person for part in running if part.person]


def _move_engagements(affiliation: Affiliation, successor: User | None, leaving: Leaving) -> list[Piece]:
    coached = coached_as(affiliation).select_related("partner", "case__city__organization")
    pieces = []
    for engagement in coached.order_by("case_id", "pk"):
        move_engagement(engagement, successor, by=leaving.by, now=leaving.now)
        url = reverse("workflows:engagement-detail", args=[engagement.pk])
        place, partner = engagement.case.city.name, engagement.partner
        pieces.append(Piece(place, _("coach of the city"), Party.PARTNER, partner, url))
    return pieces


def move_engagement(engagement: Engagement, coach: User | None, *, by: User, now: datetime) -> None:
    """Another coach, or none yet, has the engagement, its open step and what the former one agreed to do.

    The case is locked.
    """
    follows = Q(kind=WorkKind.STEP)
    if engagement.coach is not None:
        follows |= Q(kind=WorkKind.ACTION_ITEM, owner=engagement.coach)
    items = list(WorkItem.objects.open().filter(follows, subject=engagement.pk, party=Party.PARTNER))
    change_coach(engagement=engagement, coach=coach, by=by, now=now)
    for item in items:
        hand_over_work_item(item=item, owner=coach, by=by, now=now)


def _move_assessments(affiliation: Affiliation, successor: User | None, leaving: Leaving) -> list[Piece]:
    """Without a successor the part stays until the program names one; nobody else may judge meanwhile."""
    pieces = []
    for part in assessed_as(affiliation).select_related("case__city__organization").order_by("case_id"):
        if successor:
            replace_assessor(case=part.case, leaving=part, to=successor, by=leaving.by, now=leaving.now)
        url = reverse("workflows:case-people", args=[part.case_id])
        pieces.append(Piece(part.case.city.name, _("assessor"), Party.ASSESSOR, None, url))
    return pieces


def publish_all(cases: Iterable[Case], *, now: datetime) -> None:
    for case in cases:
        publish_status(case, now=now)


def _desk() -> str:
    return reverse("workflows:desk")


def _tell_successor(successor: User, pieces: list[Piece], leaving: Leaving) -> None:
    values = {"name": leaving.person.name, "by": leaving.by.name}
    _tell(successor, TAKEN_OVER, handing.HANDED_OVER, values, pieces, now=leaving.now)


def tell_of_left(leaving: Leaving) -> None:
    """One message to each who can name somebody: the party's leads, and the program for all but a city's."""
    values = {"name": leaving.person.name}
    pieces_of: dict[User, list[Piece]] = {}
    for piece in leaving.left:
        for reader in _readers_of(piece, leaving):
            pieces_of.setdefault(reader, []).append(piece)
    for reader, pieces in pieces_of.items():
        _tell(reader, LEFT, handing.LEFT_OPEN, values, pieces, now=leaving.now)


def _readers_of(piece: Piece, leaving: Leaving) -> list[User]:
    role = LEADS_OF_PARTY.get(Party(piece.party))
    leads = members(piece.organization, role, on=leaving.today) if role and piece.organization else []
    others = [] if piece.party == Party.CITY and leads else program_people(on=leaving.today)
    return [one for one in dict.fromkeys([*leads, *others]) if one != leaving.person]


def members(organization: Organization, *roles: str, on: date) -> list[User]:
    held = Affiliation.objects.active(on).filter(organization=organization, role__in=roles)
    return list(User.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def _tell(
    reader: User, kind: str, wording: Wording, values: dict[str, str], pieces: list[Piece], *, now: datetime
) -> None:
    if not pieces:
        return
    url = pieces[0].url if len({piece.url for piece in pieces}) == 1 else _desk()
    words = say(wording, values | {"work": "\n".join(f"· {piece}" for piece in pieces)})
    notify(kind=kind, subject=words.subject, text=words.text, url=url, now=now, person=reader)

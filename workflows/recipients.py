"""Who is told of open work and of what runs out, by each rule.

Read for a whole batch at once, when the messages are sent.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from cases.enums import ParticipationRole, Party, RecipientRule, WorkKind
from cases.models import Participation, WorkItem
from cases.querysets import DECIDING_STEPS, KEPT_BETWEEN_CITY_AND_PROGRAM, REVIEW
from cases.routing import Duty, routed_to
from certification.enums import DecisionStatus
from certification.models import Decision, Expiry, Recusal, Vote
from coaching.models import ActionItem
from people.enums import Role
from people.models import Absence, Affiliation, User
from people.roles import PROGRAM_ROLES

ROLES_OF_PARTY = {
    Party.CITY: frozenset({Role.CITY_LEAD}),
    Party.PARTNER: frozenset({Role.PARTNER_LEAD}),
    Party.PROGRAM: PROGRAM_ROLES,
}
Obligation = WorkItem | Expiry
LEADS = frozenset({Role.CITY_LEAD, Role.PARTNER_LEAD}) | PROGRAM_ROLES
Grouped = dict[uuid.UUID, set[int]]


class Recipients:
    """Who the rules lead to for these items; the same few queries for one and for many."""

    def __init__(self, items: Iterable[Obligation]) -> None:
        self.items = list(items)
        self.cases = {item.case_id for item in self.items if item.case_id}
        self.serving = self._serving()
        self.parts = self._participations()
        self.answered = self._answered()
        self.reviewing = self._reviewing()
        self.substitutes = self._substitutes()
        self.agreed_with = self._agreed_with()

    def of(self, item: Obligation, rule: str) -> list[int]:
        """Nobody is told of work that they could not see; the rule of old rows leads to the owner."""
        if rule in ("", RecipientRule.OWNER):
            return sorted(self._owners(item))
        found: set[int] = getattr(self, f"_{rule}s")(item)
        if item.step == REVIEW and item.case_id:
            found = found - self.reviewing[item.case_id]  # one assessor learns nothing of the other's review
        return sorted(found)

    def _owners(self, item: Obligation) -> set[int]:
        """The owner, and whoever stands in for them today.

        Without an owner whoever may do it: the organization's leads, or members without a vote.
        """
        if item.owner is not None and item.owner.is_active:
            substitute = self.substitutes.get(item.pk)
            return {item.owner.pk, substitute.pk} if substitute else {item.owner.pk}
        if item.party == Party.COMMITTEE:
            return self._members_to_vote(item)
        return self._in(item.organization_id, ROLES_OF_PARTY.get(Party(item.party), frozenset()))

    def _party_leads(self, item: Obligation) -> set[int]:
        if item.party == Party.PROGRAM:
            return self._managers(item)
        return self._in(item.organization_id, ROLES_OF_PARTY.get(Party(item.party), frozenset()))

    def _partner_leads(self, item: Obligation) -> set[int]:
        """Of every partner that coaches in the case, unless the work stays between city and program.

        What was agreed upon in an engagement concerns its partner alone.
        """
        if isinstance(item, Expiry):
            return set()
        if item.party == Party.PARTNER:
            return self._in(item.organization_id, {Role.PARTNER_LEAD})
        if item.case_id is None or item.kind in KEPT_BETWEEN_CITY_AND_PROGRAM or item.step in DECIDING_STEPS:
            return set()
        partners = self.parts[item.case_id, ParticipationRole.COACH, "organization"]
        if item.kind == WorkKind.ACTION_ITEM:
            partners = partners & {self.agreed_with.get(item.pk)}
        return {person for partner in partners for person in self._in(partner, {Role.PARTNER_LEAD})}

    def _managers(self, item: Obligation) -> set[int]:
        """Who manages the case; without anybody the whole program."""
        program = self._with(PROGRAM_ROLES)
        if item.case_id is None:
            return program
        managing: set[int] = self.parts[item.case_id, ParticipationRole.MANAGER, "person"]
        return managing & program or program

    def _directors(self, item: Obligation) -> set[int]:
        return self._with({Role.PROGRAM_DIRECTOR})

    def _members_to_vote(self, item: Obligation) -> set[int]:
        if item.case_id not in self.answered:
            return set()
        seated: set[int] = self.parts[item.case_id, ParticipationRole.COMMITTEE, "person"]
        return seated - self.answered[item.case_id]

    def _in(self, organization: uuid.UUID | None, roles: Collection[str]) -> set[int]:
        return {person for person, role in self.serving[organization] if role in roles}

    def _with(self, roles: Collection[str]) -> set[int]:
        everyone = [held for serving in self.serving.values() for held in serving]
        return {person for person, role in everyone if role in roles}

    def _serving(self) -> dict[uuid.UUID | None, set[tuple[int, str]]]:
        """Leads and the program's people by their organization, today."""
        held = Affiliation.objects.active(timezone.localdate()).filter(role__in=LEADS, person__is_active=True)
        ours = {item.organization_id for item in self.items} | self._partners()
        found: dict[uuid.UUID | None, set[tuple[int, str]]] = defaultdict(set)
        for organization, person, role in held.values_list("organization", "person", "role"):
            if organization in ours or role in PROGRAM_ROLES:
                found[organization].add((person, role))
        return found

    def _partners(self) -> set[uuid.UUID]:
        coaching = Participation.objects.filter(
            case__in=self.cases, role=ParticipationRole.COACH, until__isnull=True, organization__isnull=False
        )
        return set(coaching.values_list("organization", flat=True))

    def _participations(self) -> dict[tuple[uuid.UUID, str, str], set[Any]]:
        found: dict[tuple[uuid.UUID, str, str], set[Any]] = defaultdict(set)
        running = Participation.objects.filter(case__in=self.cases, until__isnull=True)
        active = set(
            User.objects.filter(is_active=True, participations__in=running).values_list("pk", flat=True)
        )
        for case, role, organization, person in running.values_list("case", "role", "organization", "person"):
            if organization is not None:
                found[case, role, "organization"].add(organization)
            if person in active:
                found[case, role, "person"].add(person)
        return found

    def _answered(self) -> Grouped:
        """Who has voted or stood aside, by the case whose vote is open."""
        voting = Decision.objects.filter(case__in=self.cases, status=DecisionStatus.VOTING)
        found: Grouped = {case: set() for case in voting.values_list("case", flat=True)}
        for model in (Vote, Recusal):
            answered = model.objects.filter(decision__in=voting)
            for case, member in answered.values_list("decision__case", "member"):
                found[case].add(member)
        return found

    def _reviewing(self) -> Grouped:
        """Who owns a review of each case, open or done."""
        reviews = WorkItem.objects.filter(case__in=self.cases, step=REVIEW, owner__isnull=False)
        found: Grouped = defaultdict(set)
        for case, owner in reviews.values_list("case", "owner"):
            found[case].add(owner)
        return found

    def _substitutes(self) -> dict[uuid.UUID, User]:
        """Who may do in the place of an owner who is away what that owner is told of."""
        now = timezone.now()
        owners = {item.owner_id for item in self.items if item.owner_id}
        away = set(Absence.objects.running(now).filter(person__in=owners).values_list("person", flat=True))
        found = {}
        for item in self.items:
            if isinstance(item, WorkItem) and item.owner is not None and item.owner_id in away:
                route = routed_to(item.owner, Duty.of(item), at=now)
                if route.absence:
                    found[item.pk] = route.person
        return found

    def _agreed_with(self) -> dict[uuid.UUID, uuid.UUID]:
        """The partner of each action item's engagement."""
        agreed = [
            one.pk for one in self.items if isinstance(one, WorkItem) and one.kind == WorkKind.ACTION_ITEM
        ]
        found = ActionItem.objects.filter(work_item__in=agreed) if agreed else ActionItem.objects.none()
        return dict(found.values_list("work_item", "engagement__partner"))

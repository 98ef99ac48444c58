from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.enums import ParticipationRole, Party
from cases.models import Participation
from certification.enums import AppealStatus, Audience, DelegationStatus, ResponseStatus, ReviewStatus
from people.enums import Role
from people.models import User
from people.roles import CITY_ROLES, PARTNER_ROLES, PROGRAM_ROLES

if TYPE_CHECKING:
    from cases.models import Case
    from certification.models import (  # noqa: F401 -- ruff does not see names in QuerySet[...]
        Appeal,
        Assessment,
        Comment,
        Decision,
        Delegation,
        Evidence,
        Expiry,
        Finding,
        Response,
        Settlement,
        SiteVisit,
        Story,
        VisitNote,
    )

WITH_THE_CITY = (ResponseStatus.OPEN, ResponseStatus.RETURNED)
NOTHING = Q(pk__in=[])
ROLE_BEHIND = {
    ParticipationRole.ASSESSOR: Role.ASSESSOR,
    ParticipationRole.COMMITTEE: Role.COMMITTEE_MEMBER,
}


def takes_part(user: User, case: str, role: ParticipationRole) -> Exists:
    """The person takes part, themselves and still in that role, in the case at the end of the given path."""
    rows = Participation.objects.filter(case=OuterRef(case), role=role, person=user, until__isnull=True)
    return Exists(rows if user.has_role(ROLE_BEHIND[role]) else rows.none())


def partner_coaches(user: User, case: str, area: str) -> Exists:
    """The person's partner coaches the area in the case; both are given as paths."""
    organizations = user.organizations_as(*PARTNER_ROLES)
    rows = Participation.objects.filter(
        case=OuterRef(case),
        role=ParticipationRole.COACH,
        organization__in=organizations,
        until__isnull=True,
        areas=OuterRef(area),
    )
    return Exists(rows)


def own_city(user: User, case: str) -> Q:
    return Q(**{f"{case}__city__organization__in": user.organizations_as(*CITY_ROLES)})


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User | None) -> Self:
        """Rounds whose answers or result the person may read in part or in whole."""
        if user is None or not user.is_active:
            return self.none()
        submitted = Q(submitted_at__isnull=False)
        shared = Q(shared_at__isnull=False) if user.has_role(*PROGRAM_ROLES) else NOTHING
        readers = Q(takes_part(user, "case", ParticipationRole.ASSESSOR))
        readers |= Q(takes_part(user, "case", ParticipationRole.COMMITTEE))
        readers |= Q(Exists(_coaching_of(user, "case")))
        if user.has_role(*PROGRAM_ROLES):
            readers = ~NOTHING
        return self.filter(own_city(user, "case") | shared | (submitted & readers))


def _coaching_of(user: User, case: str) -> models.QuerySet[Participation]:
    return Participation.objects.filter(
        case=OuterRef(case),
        role=ParticipationRole.COACH,
        organization__in=user.organizations_as(*PARTNER_ROLES),
        until__isnull=True,
    )


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user: User | None) -> Self:
        """Answers: the city always; program, assessors, committee and coaches of the area once submitted.

        The program also those of a draft that the city shares; `worksheet_of` keeps its ratings back.
        """
        if user is None or not user.is_active:
            return self.none()
        submitted = Q(assessment__submitted_at__isnull=False) & ~Q(status__in=WITH_THE_CITY)
        shared = Q(assessment__shared_at__isnull=False) if user.has_role(*PROGRAM_ROLES) else NOTHING
        readers = _readers(user, "assessment__case")
        return self.filter(own_city(user, "assessment__case") | shared | (submitted & readers))

    def for_list(self) -> Self:
        """With `ticked_ids`, so that the checks are read once for both."""
        related = "criterion__area", "settlement", "delegation__person", "delegation__invitation"
        return self.select_related(*related).prefetch_related("criterion__checks").with_ticks()

    def with_ticks(self) -> Self:
        ticks = self.model.ticked.through.objects.filter(response=OuterRef("pk"))
        return self.annotate(ticked_ids=ArraySubquery(ticks.order_by("check").values("check")))


def _readers(user: User, case: str, area: str = "criterion__area") -> Q:
    if user.has_role(*PROGRAM_ROLES):
        return ~NOTHING
    return (
        Q(takes_part(user, case, ParticipationRole.ASSESSOR))
        | Q(takes_part(user, case, ParticipationRole.COMMITTEE))
        | Q(partner_coaches(user, case, area))
    )


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, user: User | None) -> Self:
        """Who answers what within a city is for its own people."""
        if user is None or not user.is_active:
            return self.none()
        return self.filter(own_city(user, "assessment__case"))

    def standing(self) -> Self:
        return self.exclude(status=DelegationStatus.ENDED)

    def for_list(self) -> Self:
        return self.select_related("area", "person", "invitation", "assessment__case__city__organization")


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User | None) -> Self:
        """Of the answers that a person may read: one thread for city and program, one for who judges.

        What assessors write stays with them and the program until no review of the round is open.
        """
        from certification.models import Response, Review

        if user is None or not user.is_active:
            return self.none()
        readable = self.filter(response__in=Response.objects.visible_to(user))
        if user.has_role(*PROGRAM_ROLES):
            return readable
        case, round_ = "response__assessment__case", "response__assessment"
        people = user.organizations_as(*(CITY_ROLES - {Role.CITY_SYSTEM}))
        of_city = Q(audience=Audience.CITY, **{f"{case}__city__organization__in": people})
        unfinished = Review.objects.filter(assessment=OuterRef(round_), status=ReviewStatus.OPEN)
        open_to_assessors = ~Q(side=Party.ASSESSOR) | Q(written_by=user) | ~Exists(unfinished)
        judges = Q(takes_part(user, case, ParticipationRole.ASSESSOR))
        return readable.filter(of_city | (Q(audience=Audience.INTERNAL) & judges & open_to_assessors))


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User | None) -> Self:
        """Whoever may read an answer reads what it rests and rested on, and so with appeals; the city all.

        So an earlier version is for whoever may read an answer that was handed in with it.
        """
        from certification.models import Appeal, Response

        if user is None or not user.is_active:
            return self.none()
        answers = Response.objects.visible_to(user)
        rests = answers.filter(evidence=OuterRef("pk"))
        rested = answers.filter(former_evidence=OuterRef("pk"))
        appeals = Appeal.objects.visible_to(user).filter(evidence=OuterRef("pk"))
        stands_for_something = Q(Exists(rests)) | Q(Exists(rested)) | Q(Exists(appeals))
        return self.filter(own_city(user, "case") | stands_for_something)


class StoryQuerySet(models.QuerySet["Story"]):
    def visible_to(self, user: User | None) -> Self:
        """As the evidence that they are."""
        from certification.models import Evidence

        return self.filter(proof__in=Evidence.objects.visible_to(user))


class FindingQuerySet(models.QuerySet["Finding"]):
    def current(self) -> Self:
        return self.filter(superseded_at__isnull=True)

    def visible_to(self, user: User | None) -> Self:
        """An assessor's own; everybody else's only once no review of the round is open."""
        from certification.models import Review

        if user is None or not user.is_active:
            return self.none()
        unfinished = Review.objects.filter(
            assessment=OuterRef("review__assessment"), status=ReviewStatus.OPEN
        )
        case = "review__assessment__case"
        released = Q(review__assessment__released_at__isnull=False)
        assesses = Q(takes_part(user, case, ParticipationRole.ASSESSOR))
        inside = assesses | Q(takes_part(user, case, ParticipationRole.COMMITTEE))
        if user.has_role(*PROGRAM_ROLES):
            inside = ~NOTHING
        outside = own_city(user, case) | Q(Exists(_coaching_of(user, case)))
        own = Q(review__assessor=user) & assesses
        return self.filter(own | (~Exists(unfinished) & (inside | (released & outside))))


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def visible_to(self, user: User | None) -> Self:
        """The validated result: assessors, committee and program at once; city and coaches after release."""
        if user is None or not user.is_active:
            return self.none()
        case = "response__assessment__case"
        inside = Q(takes_part(user, case, ParticipationRole.ASSESSOR))
        inside |= Q(takes_part(user, case, ParticipationRole.COMMITTEE))
        if user.has_role(*PROGRAM_ROLES):
            inside = ~NOTHING
        outside = own_city(user, case) | Q(Exists(_coaching_of(user, case)))
        return self.filter(inside | (Q(response__assessment__released_at__isnull=False) & outside))


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: User | None) -> Self:
        """Appeals are between the city, the program and the assessors of the case."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        case = "response__assessment__case"
        return self.filter(own_city(user, case) | Q(takes_part(user, case, ParticipationRole.ASSESSOR)))

    def open(self) -> Self:
        return self.filter(status=AppealStatus.OPEN)

    def of_case(self, case: "Case") -> Self:
        return self.filter(response__assessment__case=case)

    def for_list(self) -> Self:
        related = "response__criterion", "response__assessment", "response__settlement"
        return self.select_related(*related, "filed_by", "closed_by").prefetch_related("evidence__file")


class SiteVisitQuerySet(models.QuerySet["SiteVisit"]):
    def visible_to(self, user: User | None) -> Self:
        """Day and people: the city, the program and the assessors of the case."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        case = "assessment__case"
        return self.filter(own_city(user, case) | Q(takes_part(user, case, ParticipationRole.ASSESSOR)))

    def of_case(self, case: "Case") -> Self:
        return self.filter(assessment__case=case)


class VisitNoteQuerySet(models.QuerySet["VisitNote"]):
    def visible_to(self, user: User | None) -> Self:
        """One's own; those of others for assessors and program, once no review of the round is open."""
        from certification.models import Review

        if user is None or not user.is_active:
            return self.none()
        assessment = "visit__assessment"
        unfinished = Review.objects.filter(assessment=OuterRef(assessment), status=ReviewStatus.OPEN)
        inside = Q(takes_part(user, f"{assessment}__case", ParticipationRole.ASSESSOR))
        if user.has_role(*PROGRAM_ROLES):
            inside = ~NOTHING
        return self.filter(inside & (Q(written_by=user) | ~Exists(unfinished)))


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User | None) -> Self:
        """The packet: the program, and members of the committee who are seated."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(Q(takes_part(user, "case", ParticipationRole.COMMITTEE)))


class ExpiryQuerySet(models.QuerySet["Expiry"]):
    def visible_to(self, user: User | None) -> Self:
        """What runs out is between a city and the program: evidence tells what was found met."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(own_city(user, "case"))

    def owed_by(self, user: User) -> Self:
        """What this person can renew, as a lead of the city."""
        led = user.organizations_as(Role.CITY_LEAD)
        return self.open().filter(case__city__organization__in=led)

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("case__city__organization", "certificate__level")

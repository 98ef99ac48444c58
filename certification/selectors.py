from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count, Prefetch, Q, QuerySet

from cases.enums import ParticipationRole
from cases.models import Case
from certification.enums import Choice, DecisionStatus, Rating, ResponseStatus
from certification.models import Assessment, Certificate, Decision, Evidence, Response, Settlement
from cities.models import City
from people.models import User
from standards.levels import Score
from standards.selectors import score_of


def result_of(assessment: Assessment) -> Score:
    """The validated result of a round with its level, computed exactly; what is not settled is not met."""
    settled = Settlement.objects.filter(response__assessment=assessment, outcome=Rating.MET)
    return score_of(assessment.case.standard, settled.values_list("response__criterion__code", flat=True))


@dataclass(frozen=True)
class AreaProgress:
    code: str
    name: str
    answered: int
    with_evidence: int
    of: int


def current_assessment(case: Case) -> Assessment | None:
    return case.assessments.order_by("-round").first()


def last_released(case: Case) -> Assessment | None:
    return case.assessments.filter(released_at__isnull=False).order_by("-round").first()


def responses_for(assessment: Assessment, *, user: User | None) -> QuerySet[Response]:
    """The answers of a round that this person may read, in the order of the standard, ready to show."""
    pieces = Evidence.objects.select_related("file")
    found = Response.objects.visible_to(user).filter(assessment=assessment).for_list()
    return found.prefetch_related(Prefetch("evidence", queryset=pieces)).order_by("criterion__position")


def progress_by_area(assessment: Assessment) -> list[AreaProgress]:
    """Answered criteria and those with evidence, area by area; settled ones count as answered."""
    done = ~Q(self_rating="") | Q(status__in=(ResponseStatus.CARRIED, ResponseStatus.SETTLED))
    rows = (
        assessment.responses.order_by("criterion__area__position")
        .values("criterion__area__code", "criterion__area__name")
        .annotate(
            of=Count("pk", distinct=True),
            answered=Count("pk", filter=done, distinct=True),
            with_evidence=Count("pk", filter=Q(evidence__isnull=False), distinct=True),
        )
    )
    return [
        AreaProgress(
            code=row["criterion__area__code"],
            name=row["criterion__area__name"],
            answered=row["answered"],
            with_evidence=row["with_evidence"],
            of=row["of"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Tally:
    """How far a vote has come; what was voted stays sealed in here."""

    seated: int
    cast: int
    recused: int
    certify: int
    quorum: int
    majority: Fraction

    @property
    def everyone_answered(self) -> bool:
        return self.cast + self.recused >= self.seated

    @property
    def quorum_reached(self) -> bool:
        return self.cast >= self.quorum

    @property
    def carried(self) -> bool:
        """More than the standard's share of the votes cast is for certifying."""
        return self.cast > 0 and Fraction(self.certify, self.cast) > self.majority


def tally_of(decision: Decision) -> Tally:
    seats = decision.case.participations.filter(
        role=ParticipationRole.COMMITTEE, since__gte=decision.opened_at
    )
    votes = decision.votes.aggregate(cast=Count("pk"), certify=Count("pk", filter=Q(choice=Choice.CERTIFY)))
    standard = decision.case.standard
    return Tally(
        seated=seats.count(),
        cast=votes["cast"],
        recused=decision.recusals.count(),
        certify=votes["certify"],
        quorum=standard.quorum,
        majority=standard.majority,
    )


def open_decision(case: Case) -> Decision | None:
    return case.decisions.exclude(status__in=[DecisionStatus.CANCELLED, DecisionStatus.NOT_YET]).first()


def is_sealed_from_readers(case: Case) -> bool:
    """Between the opening of a vote and the announcement, only program and city learn where a case stands."""
    sealed = (DecisionStatus.VOTING, DecisionStatus.CERTIFY, DecisionStatus.SCHEDULED)
    return case.decisions.filter(status__in=sealed).exists()


def answered_by(user: User, decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions in which this member has voted or stood aside."""
    return decisions.filter(Q(votes__member=user) | Q(recusals__member=user))


def certificates_of(city: City) -> QuerySet[Certificate]:
    return Certificate.objects.filter(case__city=city, revoked_at__isnull=True).select_related("level")


def current_certificate(city: City, *, today: date) -> Certificate | None:
    """The newest certificate that is announced, not revoked and not expired."""
    return certificates_of(city).filter(announced_on__lte=today, expires_on__gt=today).first()

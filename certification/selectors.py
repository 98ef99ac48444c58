import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Case as If
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear

from cases.enums import Conflict, ParticipationRole
from cases.models import Case, WorkItem
from cases.rules import conflicts_of
from certification.enums import Choice, DecisionStatus, ResponseStatus
from certification.models import (
    Assessment,
    Certificate,
    Decision,
    Evidence,
    Recusal,
    Response,
    Vote,
)
from certification.results import codes_met, rounds_with_result_for
from cities.models import City, HistoricAward
from cities.querysets import CityQuerySet
from people.enums import Role
from people.models import Affiliation, User
from standards.levels import Score
from standards.models import Level
from standards.selectors import score_of


def result_of(assessment: Assessment) -> Score:
    """The validated result of a round with its level, computed exactly; what is not settled is not met."""
    return score_of(assessment.case.standard, codes_met(assessment))


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
    pieces = Evidence.objects.select_related("file", "story")
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
class Candidate:
    """An assessor who might review a case, with their open reviews, and what speaks against them."""

    person: User
    organization: str
    open_reviews: int
    next_due_at: datetime | None
    conflicts: list[Conflict]


def assessors_for(case: Case, *, today: date) -> list[Candidate]:
    """Every active assessor: those who may review this case first, of these those with the least to do."""
    terms = Affiliation.objects.active(today).filter(role=Role.ASSESSOR, person__is_active=True)
    people = {term.person: str(term.organization) for term in terms.select_related("person", "organization")}
    conflicts = conflicts_of([person.pk for person in people], case, today=today)
    owed = WorkItem.objects.open().filter(step="review", owner__in=[person.pk for person in people])
    load = owed.order_by().values("owner").annotate(count=Count("pk"), next_due_at=Min("due_at"))
    workload = {one["owner"]: (one["count"], one["next_due_at"]) for one in load}
    found = [
        Candidate(person, organization, *workload.get(person.pk, (0, None)), conflicts.get(person.pk, []))
        for person, organization in people.items()
    ]
    return sorted(found, key=lambda one: (bool(one.conflicts), one.open_reviews, one.person.name))


@dataclass(frozen=True)
class Barred:
    """A committee member who may not judge a case, and why."""

    person: User
    conflicts: list[Conflict]


@dataclass(frozen=True)
class Committee:
    """Who would be seated for a case, and who may not be."""

    free: list[User]
    barred: list[Barred]


def committee_for(case: Case, *, today: date) -> Committee:
    """The committee of a day: members who neither have a conflict nor assessed this case are free."""
    terms = Affiliation.objects.active(today).filter(role=Role.COMMITTEE_MEMBER, person__is_active=True)
    members = list(User.objects.filter(affiliations__in=terms).distinct().order_by("pk"))
    conflicts = conflicts_of([member.pk for member in members], case, today=today)
    assessors = case.participations.filter(role=ParticipationRole.ASSESSOR, person__isnull=False)
    for person_id in set(assessors.values_list("person_id", flat=True)):
        conflicts.setdefault(person_id, []).append(Conflict.ASSESSED)
    return Committee(
        free=[member for member in members if member.pk not in conflicts],
        barred=[Barred(member, conflicts[member.pk]) for member in members if member.pk in conflicts],
    )


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
    def quorum_in_reach(self) -> bool:
        """Whether enough seated members are left who did not stand aside."""
        return self.seated - self.recused >= self.quorum

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


def last_result_for(case: Case, *, user: User) -> tuple[Assessment, Score] | None:
    """The newest validated result that this person may read, with its round."""
    latest = rounds_with_result_for(user).filter(case=case).order_by("-round").first()
    return (latest, result_of(latest)) if latest else None


# Between the opening of a vote and the announcement, only program and city learn where a case stands.
SEALED = (DecisionStatus.VOTING, DecisionStatus.CERTIFY, DecisionStatus.SCHEDULED)


def is_sealed_from_readers(case: Case) -> bool:
    return bool(sealed_among([case.pk]))


def sealed_among(case_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the cases whose decision only program and city may follow."""
    sealed = Decision.objects.filter(case__in=case_ids, status__in=SEALED)
    return set(sealed.values_list("case_id", flat=True))


def has_untold_decision(case: Case) -> bool:
    """Whether the committee was asked and its answer is not announced: not yet, or never (an early end)."""
    return case.decisions.filter(status__in=[*SEALED, DecisionStatus.CANCELLED]).exists()


def own_answers(case: Case, member: User) -> list[Vote | Recusal]:
    """What this member answered on the case, the newest decision first: own votes, own standing aside."""
    votes = Vote.objects.filter(decision__case=case, member=member).select_related("decision")
    recusals = Recusal.objects.filter(decision__case=case, member=member).select_related("decision")
    return sorted([*votes, *recusals], key=lambda answer: answer.decision.opened_at, reverse=True)


def reasons_for_not_yet(case: Case) -> str:
    """Why the committee did not certify the newest round; empty when it was not asked, or said yes."""
    latest = case.decisions.filter(status=DecisionStatus.NOT_YET, assessment=current_assessment(case)).first()
    return latest.reasons if latest else ""


def answered_by(user: User, decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions in which this member has voted or stood aside."""
    return decisions.filter(Q(votes__member=user) | Q(recusals__member=user))


def certificates_of(city: City) -> QuerySet[Certificate]:
    return Certificate.objects.filter(case__city=city, revoked_at__isnull=True).select_related("level")


def current_certificate(city: City, *, today: date) -> Certificate | None:
    """The newest certificate that is announced, not revoked and not expired."""
    return certificates_of(city).filter(announced_on__lte=today, expires_on__gt=today).first()


def certificates_in_force(*, today: date) -> QuerySet[Certificate]:
    """Of every city the newest announced certificate, unless it has run out or was revoked."""
    announced = Certificate.objects.filter(announced_on__lte=today, revoked_at__isnull=True)
    newer = announced.filter(case__city=OuterRef("case__city"), announced_on__gt=OuterRef("announced_on"))
    return announced.filter(~Exists(newer), expires_on__gt=today)


def highest_certificates(*, today: date) -> QuerySet[Certificate]:
    """Certificates of the highest level of their standard that still run on that day."""
    above = Level.objects.filter(
        standard=OuterRef("level__standard"), position__gt=OuterRef("level__position")
    )
    running = Certificate.objects.filter(revoked_at__isnull=True, expires_on__gt=today)
    return running.filter(~Exists(above))


def announced_certificates(*, today: date) -> QuerySet[Certificate]:
    """What the public may know of, revoked and expired ones included."""
    return Certificate.objects.filter(announced_on__lte=today).select_related("level")


def certified_cities(*, today: date) -> CityQuerySet:
    """Cities that hold an award on that day, each with what is announced of it.

    `award_level` (empty when not documented), `award_year` (None when not documented), and of a Milepost
    certificate `award_number`, `announced_on` and `expires_on`. The newest announced certificate counts while
    it runs; a city whose newest one has run out holds nothing. Without one the historic award counts.
    """
    of_city = announced_certificates(today=today).filter(case__city=OuterRef("pk"), revoked_at__isnull=True)
    historic = HistoricAward.objects.filter(city=OuterRef("pk"))
    current = historic.current_first()
    certified = Q(announced_on__isnull=False)
    # Spares the planner the subqueries for every city that was never certified.
    on_record = Q(pk__in=Certificate.objects.values("case__city")) | Q(
        pk__in=HistoricAward.objects.values("city")
    )
    found = City.objects.filter(on_record).annotate(
        announced_on=Subquery(of_city.values("announced_on")[:1]),
        expires_on=Subquery(of_city.values("expires_on")[:1]),
        award_number=Coalesce(Subquery(of_city.values("number")[:1]), Value("")),
    )
    found = found.annotate(
        award_level=If(
            When(certified, then=Subquery(of_city.values("level__slug")[:1])),
            default=Coalesce(Subquery(current.values("level")[:1]), Value("")),
        ),
        award_year=If(
            When(certified, then=ExtractYear("announced_on")),
            default=Subquery(current.values("year")[:1]),
            output_field=IntegerField(),
        ),
    )
    return found.filter(Q(expires_on__gt=today) | Q(~certified, Exists(historic)))


def announced_certificate(case: Case, *, today: date) -> Certificate | None:
    """The certificate that this case ended with, once its day of announcement has come."""
    shown = case.certificates.filter(announced_on__lte=today, revoked_at__isnull=True)
    return shown.select_related("level").first()

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.enums import (
    AssessmentStatus,
    Choice,
    DecisionStatus,
    Outcome,
    Path,
    Rating,
    ResponseStatus,
    ReviewStatus,
)
from certification.querysets import (
    AssessmentQuerySet,
    DecisionQuerySet,
    FindingQuerySet,
    ResponseQuerySet,
    SettlementQuerySet,
)
from core.models import UUIDModel, paired
from standards.models import Check, Criterion, Level

USER = settings.AUTH_USER_MODEL
STAMPS = ("shared", "submitted", "returned", "reconciled", "released", "path_chosen", "taken_over")


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", **options)


def _person_later() -> "models.ForeignKey[Any, Any]":
    return _person(null=True, blank=True)


class Assessment(UUIDModel):
    """One round of answers to every criterion: round 1 is the self-assessment, later ones re-assessments."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assessments")
    round = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=AssessmentStatus, default=AssessmentStatus.DRAFT)
    opened_at = models.DateTimeField()
    # An unfinished draft that the program may read, until the city stops sharing it or submits.
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = _person_later()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = _person_later()
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = _person_later()
    reconciled_at = models.DateTimeField(null=True, blank=True)
    reconciled_by = _person_later()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = _person_later()
    path = models.CharField(max_length=10, choices=Path, blank=True)
    path_chosen_at = models.DateTimeField(null=True, blank=True)
    path_chosen_by = _person_later()
    # A round that took place before Milepost: its result is on record, its reviews are not.
    taken_over_at = models.DateTimeField(null=True, blank=True)
    taken_over_by = _person_later()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["case", "round"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="assessment_one_per_round"),
            models.CheckConstraint(condition=Q(round__gte=1), name="assessment_rounds_from_one"),
            *(paired(stem) for stem in STAMPS),
        ]

    def __str__(self) -> str:
        return f"{self.case}, round {self.round}"


class Response(UUIDModel):
    """The city's answer to one criterion in one round."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="responses")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ResponseStatus, default=ResponseStatus.OPEN)
    self_rating = models.CharField(max_length=10, choices=Rating, blank=True)
    # Why the city rates itself otherwise than the ticked checks say; assessors read it.
    rating_reason = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    ticked = models.ManyToManyField(Check, blank=True, related_name="+")
    # What the assessors ask for when they give the criterion back; the city reads it before the report.
    revision_note = models.TextField(blank=True)
    # Who besides the leads may write the answer now.
    delegation = models.ForeignKey(
        "certification.Delegation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
    )
    # Of an answer that was met in an earlier round: the day on which the city gave it.
    given_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = _person_later()

    objects = ResponseQuerySet.as_manager()

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            paired("saved"),
            models.UniqueConstraint(fields=["assessment", "criterion"], name="response_one_per_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.get_status_display()}"

    @property
    def case(self) -> Case:
        return self.assessment.case

    def as_tried(self, ticked: Collection[int]) -> dict[str, Any]:
        """What is stored, in the form in which a writer hands it in."""
        return {
            "self_rating": self.self_rating,
            "rating_reason": self.rating_reason,
            "narrative": self.narrative,
            "ticked": sorted(ticked),
        }

    @property
    def has_run_out(self) -> bool:
        """Met in an earlier round, and asked for again because its time window has run out."""
        return self.given_on is not None and self.status != ResponseStatus.CARRIED

    @property
    def ticks(self) -> list[int]:
        """The keys of the ticked checks; without a query of its own when read `with_ticks`."""
        known: list[int] | None = getattr(self, "ticked_ids", None)
        return sorted(self.ticked.values_list("pk", flat=True)) if known is None else known


class Review(UUIDModel):
    """One assessor's independent work on one round."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reviews")
    assessor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.OPEN)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["assessment", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "assessor"], name="review_one_per_assessor"),
            models.CheckConstraint(
                condition=Q(status=ReviewStatus.OPEN) ^ Q(submitted_at__isnull=False),
                name="review_submitted_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessor} on {self.assessment}"

    @property
    def case(self) -> Case:
        return self.assessment.case


class Finding(models.Model):
    """What one assessor found on one answer; when a criterion is returned it is superseded, not lost.

    Without an outcome while the assessor has only begun to write; no review is handed in like that.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="findings")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="findings")
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["response__criterion__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "response"],
                condition=Q(superseded_at__isnull=True),
                name="finding_one_current_per_response",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response.criterion}: {self.outcome}"

    def as_tried(self) -> dict[str, str]:
        """What is stored, in the form in which an assessor hands it in."""
        return {"outcome": self.outcome, "comment": self.comment}


class Settlement(models.Model):
    """The validated result on one criterion in one round; never the same field as the self-rating."""

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="settlement")
    outcome = models.CharField(max_length=10, choices=Rating)
    reason = models.TextField(blank=True)
    settled_at = models.DateTimeField()
    settled_by = _person()

    objects = SettlementQuerySet.as_manager()

    class Meta:
        constraints = [paired("settled")]

    def __str__(self) -> str:
        return f"{self.response.criterion}: {self.outcome}"


class Decision(UUIDModel):
    """The committee's work on one case: the frozen packet, the outcome, and its announcement."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=DecisionStatus, default=DecisionStatus.VOTING)
    packet: Any = models.JSONField()
    packet_sha256 = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = _person()
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(blank=True)
    announce_on = models.DateField(null=True, blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = _person_later()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = _person_later()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            paired("opened"),
            paired("scheduled"),
            paired("published"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status=DecisionStatus.VOTING),
                name="decision_one_vote_open_per_case",
            ),
            models.CheckConstraint(
                condition=Q(announce_on__isnull=True) ^ Q(scheduled_at__isnull=False),
                name="decision_scheduled_with_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"Decision on {self.case}"


class Vote(models.Model):
    """One member's sealed vote; its value enters the audit trail only when the vote is closed."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    reason = models.TextField(blank=True)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "member"], name="vote_one_per_member")]

    def __str__(self) -> str:
        return f"Vote of {self.member}"


class Recusal(models.Model):
    """A member standing aside from one decision."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="recusals")
    member = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    recused_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "member"], name="recusal_one_per_member")]

    def __str__(self) -> str:
        return f"Recusal of {self.member}"


class Certificate(UUIDModel):
    """The award: its number, its level, and its two dates (cohort year and announcement)."""

    number = models.CharField(max_length=20, unique=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="certificate")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="certificates")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    cohort_year = models.PositiveSmallIntegerField()
    issued_on = models.DateField()
    announced_on = models.DateField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = _person_later()
    revocation_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-announced_on", "-number"]
        constraints = [
            paired("revoked"),
            models.CheckConstraint(
                condition=Q(expires_on__gt=models.F("announced_on")),
                name="certificate_expires_after_announcement",
            ),
        ]

    def __str__(self) -> str:
        return self.number

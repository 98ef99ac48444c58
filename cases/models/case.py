from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from cases.enums import (
    ENDS,
    ApplicationStatus,
    CaseKind,
    DeclineReason,
    ParticipationRole,
    Party,
    Stage,
    WorkKind,
)
from cases.querysets import CaseQuerySet, ParticipationQuerySet, WorkItemQuerySet
from cases.steps import WORK, WORK_CHOICES, Step
from cities.models import City
from core.errors import Text
from core.models import StoredFile, UUIDModel, paired
from people.models import Organization
from standards.models import PracticeArea, Standard

if TYPE_CHECKING:
    from cases.models.signature import SignatureRequest

USER = settings.AUTH_USER_MODEL


class Case(UUIDModel):
    """One city's journey towards one certification under one standard."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="cases")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=20, choices=CaseKind)
    cohort_year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.APPLICATION)
    stage_entered_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    closing_note = models.TextField(blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            paired("closed"),
            paired("opened"),
            models.UniqueConstraint(
                fields=["city"], condition=Q(closed_at__isnull=True), name="case_one_open_per_city"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, stage__in=sorted(set(Stage) - ENDS))
                | Q(closed_at__isnull=False, stage__in=sorted(ENDS)),
                name="case_closed_exactly_at_an_end",
            ),
            models.CheckConstraint(
                condition=Q(decline_reason="") ^ Q(stage=Stage.DECLINED), name="case_declined_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city} · {self.cohort_year}"

    @cached_property
    def open_hold(self) -> "Hold | None":
        return self.holds.filter(lifted_at__isnull=True).first()


class Application(models.Model):
    """What opens a case: the commitment of the sponsor and the facts of eligibility."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="application")
    status = models.CharField(max_length=20, choices=ApplicationStatus, default=ApplicationStatus.DRAFT)
    signer_name = models.CharField(max_length=120, blank=True)
    signer_title = models.CharField(max_length=120, blank=True)
    signer_address = models.EmailField(blank=True)
    signed_on = models.DateField(null=True, blank=True)
    paper = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    motivation = models.TextField(blank=True, max_length=4000)
    # Counts what the city entered, so that two people at it do not overwrite each other.
    version = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_note = models.TextField(blank=True)

    class Meta:
        constraints = [paired("submitted"), paired("decided")]

    def __str__(self) -> str:
        return f"Application of {self.case}"

    @cached_property
    def signature(self) -> "SignatureRequest | None":
        """The request by mail that counts, signed or not; `state` says how it stands."""
        return self.signature_requests.filter(superseded_at__isnull=True).select_related("asked_by").first()


class StageChange(models.Model):
    """A case entered a stage at a moment; the order of these rows is its history."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stage_changes")
    from_stage = models.CharField(max_length=20, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=20, choices=Stage)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["from_stage", "at"], name="stage_change_by_left_stage")]

    def __str__(self) -> str:
        return f"{self.case}: {self.to_stage}"


class Hold(models.Model):
    """A pause of a whole case, placed and lifted by the program."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            paired("placed"),
            paired("lifted"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="hold_one_open_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"Hold of {self.case}"


class Participation(models.Model):
    """Someone taking part in a case in a role: what rights and conflict rules are read from."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=12, choices=ParticipationRole)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="participations"
    )
    person = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="participations"
    )
    areas = models.ManyToManyField(PracticeArea, blank=True, related_name="+")
    reconciles = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False) | Q(person__isnull=False),
                name="participation_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="participation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(reconciles=False) | Q(role=ParticipationRole.ASSESSOR),
                name="participation_only_assessors_reconcile",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(reconciles=True, until__isnull=True),
                name="participation_one_reconciles_per_case",
            ),
        ]
        indexes = [models.Index(fields=["person", "role"], name="participation_by_person")]

    def __str__(self) -> str:
        return f"{self.person or self.organization} · {self.role}"


class WorkItem(UUIDModel):
    """One open piece of work, owed by a party and one person or none yet: answers who has the ball."""

    kind = models.CharField(max_length=12, choices=WorkKind, default=WorkKind.STEP)
    step = models.CharField(max_length=20, choices=WORK_CHOICES)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="work_items")
    city = models.ForeignKey(City, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    party = models.CharField(max_length=10, choices=Party)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    # What the work is about where that is narrower than the case, such as an engagement.
    subject = models.UUIDField(null=True, blank=True)
    # The same in words, where the step's title does not say it.
    topic = models.CharField(max_length=200, blank=True)
    # The engine's number for the step; not a key, for this app does not know the engine.
    task_number = models.BigIntegerField(null=True, blank=True, unique=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True)
    # While it is set the clock of this work stands still, as that of a whole case on hold does.
    paused_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "opened_at", "id"]
        constraints = [
            paired("closed"),
            models.CheckConstraint(
                condition=Q(kind=WorkKind.CLAIM, case__isnull=True)
                | (~Q(kind=WorkKind.CLAIM) & Q(city__isnull=True, case__isnull=False)),
                name="work_item_claims_have_no_case_others_one",
            ),
            models.CheckConstraint(
                condition=Q(kind=WorkKind.STEP) ^ Q(task_number__isnull=True),
                name="work_item_steps_have_a_task",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="work_item_open_by_due"
            ),
            models.Index(
                fields=["owner"], condition=Q(closed_at__isnull=True), name="work_item_open_by_owner"
            ),
            models.Index(
                fields=["organization"], condition=Q(closed_at__isnull=True), name="work_item_open_by_org"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.case or self.place}"

    @property
    def definition(self) -> Step:
        return WORK[self.step]

    @property
    def title(self) -> Text:
        return f"{self.definition.title}: {self.topic}" if self.topic else self.definition.title

    @property
    def place(self) -> City | None:
        """The city that the work is about; None when somebody claims one that is not on record."""
        return self.case.city if self.case else self.city

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("workflows:work", args=[self.pk])

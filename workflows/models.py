from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from viewflow.workflow.models import Process

from cases.enums import ENDS, Party, Stage
from cases.models import Case
from cases.steps import STEP_CHOICES
from cities.models import City
from coaching.models import Engagement
from core.errors import Text
from core.models import UUIDModel, paired
from workflows.enums import ClaimStatus
from workflows.querysets import (
    ApplyLinkQuerySet,
    CalendarLinkQuerySet,
    CityStatusQuerySet,
    ClaimQuerySet,
)

USER = settings.AUTH_USER_MODEL


class CertificationProcess(Process):
    """The run of the certification flow for one case; `entry` is the step at which it began."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="process")
    entry = models.CharField(max_length=20, choices=STEP_CHOICES, default="apply")

    class Meta:
        verbose_name_plural = "certification processes"


class EngagementProcess(Process):
    """The run of the engagement flow for one engagement."""

    engagement = models.OneToOneField(Engagement, on_delete=models.CASCADE, related_name="process")

    class Meta:
        verbose_name_plural = "engagement processes"


class CityStatus(models.Model):
    """Where a city stands, as published: what lists filter and sort by. `check_flows` compares it."""

    city = models.OneToOneField(City, on_delete=models.CASCADE, related_name="status", primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    stage = models.CharField(max_length=20, choices=Stage, blank=True)
    stage_entered_at = models.DateTimeField(null=True, blank=True)
    on_hold = models.BooleanField(default=False)
    sealed = models.BooleanField(default=False)
    waiting_on = models.CharField(
        max_length=10, choices=[*Party.choices, ("nobody", "Nobody")], default="nobody"
    )
    waiting_on_all = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    next_step = models.CharField(max_length=20, blank=True)
    next_party = models.CharField(max_length=10, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    overdue = models.BooleanField(default=False)
    level = models.CharField(max_length=40, blank=True)
    certificate = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField()

    objects = CityStatusQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "city statuses"
        indexes = [
            models.Index(fields=["stage", "next_due_at"], name="city_status_by_stage"),
            models.Index(fields=["next_due_at"], name="city_status_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.city}: {self.stage}"

    @property
    def running(self) -> bool:
        return self.stage not in ENDS

    @property
    def waiting_on_label(self) -> Text:
        """The party at work as the reader may know it; of a row that came through `visible_to`."""
        seen = getattr(self, "seen_waiting_on", self.waiting_on)
        return Party(seen).label if seen in Party.values else ""


class ApplyLink(models.Model):
    """An address was sent a link by which to say for which city its owner speaks; it works once."""

    address = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApplyLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "id"]
        constraints = [
            paired("used"),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="apply_link_lower_case"),
        ]
        indexes = [models.Index(fields=["address", "sent_at"], name="apply_link_by_address")]

    def __str__(self) -> str:
        return self.address


class CalendarLink(models.Model):
    """A person's address for calendar programs. Only its hash is kept; a new one ends the one before."""

    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="calendar_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            paired("revoked"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="calendar_link_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.person}"


class Claim(UUIDModel):
    """Somebody says that they speak for a city, on record or in words; the program finds out and answers."""

    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="claims")
    address = models.EmailField()
    job = models.CharField(max_length=120)
    city = models.ForeignKey(City, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    city_in_words = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ClaimStatus, default=ClaimStatus.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            paired("answered"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(status=ClaimStatus.OPEN), name="claim_one_open_per_person"
            ),
            models.CheckConstraint(
                condition=Q(city__isnull=False) | ~Q(city_in_words=""), name="claim_names_a_city"
            ),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.OPEN) ^ Q(answered_at__isnull=False),
                name="claim_answered_with_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=ClaimStatus.CONFIRMED) | Q(city__isnull=False),
                name="claim_confirmed_for_a_city_on_record",
            ),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.DECLINED) ^ Q(reason=""), name="claim_declined_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.place}"

    @property
    def place(self) -> str:
        """The city by its name on record, else in the person's own words."""
        return self.city.name if self.city else self.city_in_words

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

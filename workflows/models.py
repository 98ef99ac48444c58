from django.contrib.postgres.fields import ArrayField
from django.db import models
from viewflow.workflow.models import Process

from cases.enums import ENDS, Party, Stage
from cases.models import Case
from cases.steps import STEP_CHOICES
from cities.models import City
from coaching.models import Engagement
from core.errors import Text
from workflows.querysets import CityStatusQuerySet


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

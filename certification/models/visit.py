from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.enums import VisitStatus
from certification.models.rounds import Assessment
from certification.querysets import SiteVisitQuerySet, VisitNoteQuerySet
from core.models import UUIDModel, paired

USER = settings.AUTH_USER_MODEL


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", **options)


class SiteVisit(UUIDModel):
    """A day on which assessors see for themselves in the city, as part of the review of one round."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="visits")
    status = models.CharField(max_length=10, choices=VisitStatus, default=VisitStatus.PLANNED)
    visit_on = models.DateField()
    people = models.TextField()
    planned_at = models.DateTimeField()
    planned_by = _person()
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = _person(null=True, blank=True)

    objects = SiteVisitQuerySet.as_manager()

    class Meta:
        ordering = ["visit_on", "planned_at", "id"]
        constraints = [
            paired("planned"),
            paired("concluded"),
            models.CheckConstraint(
                condition=Q(status=VisitStatus.PLANNED) ^ Q(concluded_at__isnull=False),
                name="site_visit_concluded_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_on}: {self.get_status_display()}"

    @property
    def case(self) -> Case:
        return self.assessment.case


class VisitNote(models.Model):
    """What one person wrote about a site visit; sealed like a finding."""

    visit = models.ForeignKey(SiteVisit, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = _person()

    objects = VisitNoteQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            paired("written"),
            models.UniqueConstraint(fields=["visit", "written_by"], name="visit_note_one_per_person"),
        ]

    def __str__(self) -> str:
        return f"Note of {self.written_by} on {self.visit}"

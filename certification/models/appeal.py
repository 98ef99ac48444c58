from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.enums import AppealStatus, Rating
from certification.models.evidence import Evidence
from certification.models.rounds import Response
from certification.querysets import AppealQuerySet
from core.models import UUIDModel, paired

USER = settings.AUTH_USER_MODEL


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", **options)


class Appeal(UUIDModel):
    """A city contests that a criterion was found not met in a round; the program answers once."""

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="appeal")
    status = models.CharField(max_length=10, choices=AppealStatus, default=AppealStatus.OPEN)
    reasons = models.TextField()
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="appeals")
    filed_at = models.DateTimeField()
    filed_by = _person()
    answer = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = _person(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["filed_at", "id"]
        constraints = [
            paired("filed"),
            paired("closed"),
            models.CheckConstraint(
                condition=Q(status=AppealStatus.OPEN) ^ Q(closed_at__isnull=False),
                name="appeal_closed_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[AppealStatus.UPHELD, AppealStatus.GRANTED]) ^ Q(answer=""),
                name="appeal_answered_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response.criterion}: {self.get_status_display()}"

    @property
    def case(self) -> Case:
        return self.response.assessment.case


class EarlierSettlement(models.Model):
    """What was validated on a criterion before a granted appeal put another result in its place."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="earlier_settlements")
    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="settled_before")
    outcome = models.CharField(max_length=10, choices=Rating)
    reason = models.TextField(blank=True)
    settled_at = models.DateTimeField()
    settled_by = _person()

    class Meta:
        ordering = ["settled_at", "id"]
        constraints = [paired("settled")]

    def __str__(self) -> str:
        return f"{self.response.criterion}: {self.outcome}, until the appeal"

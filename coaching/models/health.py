from django.conf import settings
from django.db import models

from coaching.enums import HealthLevel
from coaching.models.engagement import Engagement
from coaching.querysets import HealthJudgmentQuerySet
from core.models import UUIDModel, paired
from people.models import Organization


class HealthJudgment(UUIDModel):
    """What an engagement's coach thinks of how it fares; the newest counts, beside the facts."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="judgments")
    # Whose judgment it is; the engagement may go over to another partner, and its judgments do not.
    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=HealthLevel)
    text = models.TextField()
    judged_at = models.DateTimeField()
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = HealthJudgmentQuerySet.as_manager()

    class Meta:
        ordering = ["-judged_at", "id"]
        constraints = [paired("judged")]
        indexes = [models.Index(fields=["engagement", "-judged_at"], name="judgment_newest")]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.engagement}"

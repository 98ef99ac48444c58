from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.enums import ExtensionStatus
from cases.models.case import WorkItem
from cases.querysets import ExtensionQuerySet
from core.models import UUIDModel, paired

USER = settings.AUTH_USER_MODEL


class Extension(UUIDModel):
    """A later due date that somebody asks for a piece of their work, granted or refused."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="extensions")
    until = models.DateField()
    reason = models.TextField(max_length=2000)
    status = models.CharField(max_length=10, choices=ExtensionStatus, default=ExtensionStatus.OPEN)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, max_length=2000)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "id"]
        constraints = [
            paired("requested"),
            paired("decided"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(status=ExtensionStatus.OPEN), name="extension_one_open_per_item"
            ),
            models.CheckConstraint(
                condition=Q(status=ExtensionStatus.OPEN) ^ Q(decided_at__isnull=False),
                name="extension_decided_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.step} until {self.until}: {self.status}"

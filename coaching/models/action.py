from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import WorkItem
from coaching.models.engagement import Engagement
from coaching.querysets import ActionItemQuerySet
from core.models import UUIDModel, paired
from standards.models import Criterion

USER = settings.AUTH_USER_MODEL


class ActionItem(UUIDModel):
    """Something agreed upon with a city; its work item says who owes it until when, and if it is done."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="action_items")
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="action_item")
    text = models.CharField(max_length=200)
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Tells the same form sent twice from two action items.
    key = models.UUIDField()
    outcome = models.TextField(blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["set_at", "id"]
        constraints = [
            paired("set"),
            paired("dropped"),
            models.UniqueConstraint(fields=["set_by", "key"], name="action_item_once_per_form"),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(outcome=""),
                name="action_item_dropped_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.work_item.closed_at is None

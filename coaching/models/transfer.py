from django.conf import settings
from django.db import models
from django.db.models import Q

from coaching.enums import TransferStatus
from coaching.models.engagement import Engagement
from coaching.querysets import TransferQuerySet
from core.models import UUIDModel, paired
from people.models import Organization

USER = settings.AUTH_USER_MODEL


class Transfer(UUIDModel):
    """An engagement offered to another coach or partner, with a note for them; they say whether they do."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="transfers")
    status = models.CharField(max_length=10, choices=TransferStatus, default=TransferStatus.OFFERED)
    from_partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    from_coach = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The same partner as before when only the coach changes.
    to_partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    to_coach = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField()
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at", "id"]
        constraints = [
            paired("offered"),
            paired("answered"),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(status=TransferStatus.OFFERED),
                name="transfer_one_open_per_engagement",
            ),
            models.CheckConstraint(
                condition=Q(status=TransferStatus.OFFERED) ^ Q(answered_at__isnull=False),
                name="transfer_answered_with_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=TransferStatus.DECLINED) | ~Q(reason=""),
                name="transfer_declined_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {self.to_coach or self.to_partner}"

    @property
    def is_to_another_partner(self) -> bool:
        return self.to_partner_id != self.from_partner_id

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.enums import DelegationStatus
from certification.models.rounds import Assessment
from certification.querysets import DelegationQuerySet
from core.models import UUIDModel, paired
from people.models import Invitation
from standards.models import PracticeArea

USER = settings.AUTH_USER_MODEL


def _person() -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


class Delegation(UUIDModel):
    """Criteria of one round that a lead gave to a contributor, or to whoever accepts an invitation."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="delegations")
    # A whole practice area; without one it is a single criterion.
    area = models.ForeignKey(PracticeArea, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=DelegationStatus)
    person = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations"
    )
    invitation = models.ForeignKey(
        Invitation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delegated_at = models.DateTimeField()
    delegated_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = _person()

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["delegated_at", "id"]
        constraints = [
            paired("delegated"),
            paired("done"),
            paired("ended"),
            models.CheckConstraint(
                condition=Q(status=DelegationStatus.ENDED) ^ Q(ended_at__isnull=True),
                name="delegation_ended_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status=DelegationStatus.ENDED)
                | (Q(status=DelegationStatus.INVITED) ^ Q(person__isnull=False)),
                name="delegation_to_a_person_or_an_invitation",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(invitation__isnull=False),
                name="delegation_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area or self.get_status_display()} · {self.holder}"

    @property
    def case(self) -> Case:
        return self.assessment.case

    @property
    def holder(self) -> str:
        """The person's name, or the address that was asked."""
        return self.person.name if self.person else self.invitation.address if self.invitation else ""

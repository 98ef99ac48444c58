import uuid
from datetime import date

from django.db import models
from django.db.models import Q

from cases.enums import Party
from cases.models import Case
from cases.steps import CERTIFICATE, EVIDENCE, VALIDITIES, VALIDITY_CHOICES, Step
from certification.models.rounds import Certificate
from certification.querysets import ExpiryQuerySet
from cities.models import City
from core.models import UUIDModel
from people.models import Organization


class Expiry(UUIDModel):
    """A day until which something counts: a certificate, or what a city showed for some criteria of a case.

    People are told of it by the ladder of its step as of open work, though it is on nobody's desk.
    """

    step = models.CharField(max_length=20, choices=VALIDITY_CHOICES)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="expiries")
    certificate = models.OneToOneField(
        Certificate, on_delete=models.CASCADE, null=True, blank=True, related_name="expiry"
    )
    # The certificate's number, or the codes of the criteria.
    topic = models.CharField(max_length=300)
    ends_on = models.DateField()
    # The end of the last working day up to that day, from which the rungs are counted.
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    # Set once nobody need be told any more: renewed, shown anew, or the case has ended.
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ExpiryQuerySet.as_manager()

    class Meta:
        ordering = ["ends_on", "id"]
        verbose_name_plural = "expiries"
        constraints = [
            models.CheckConstraint(
                condition=Q(step=EVIDENCE.code) ^ Q(certificate__isnull=False),
                name="expiry_of_a_certificate_or_evidence",
            ),
            models.UniqueConstraint(
                fields=["case", "ends_on"],
                condition=Q(step=EVIDENCE.code, closed_at__isnull=True),
                name="expiry_one_of_evidence_per_day",
            ),
        ]

    # What it has in common with a work item, so that recipients and messages are found in the same way.
    party = Party.CITY
    owner = None
    owner_id = None

    def __str__(self) -> str:
        return f"{self.title} · {self.case}"

    @property
    def definition(self) -> Step:
        return VALIDITIES[self.step]

    @property
    def title(self) -> str:
        return f"{self.definition.title}: {self.topic}"

    @property
    def is_of_certificate(self) -> bool:
        return self.step == CERTIFICATE.code

    @property
    def place(self) -> City:
        return self.case.city

    @property
    def organization(self) -> Organization:
        return self.case.city.organization

    @property
    def organization_id(self) -> uuid.UUID:
        return self.case.city.organization_id

    def is_over(self, today: date) -> bool:
        """A certificate runs out on its day, evidence holds through it."""
        return self.ends_on <= today if self.is_of_certificate else self.ends_on < today

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("workflows:case-deadlines", args=[self.case_id])

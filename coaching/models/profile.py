from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from coaching.places import region_in_words
from coaching.querysets import CoachProfileQuerySet, PartnerProfileQuerySet
from people.models import Organization
from standards.models import CODE_LENGTH


def _codes() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=CODE_LENGTH), default=list, blank=True)


class PartnerProfile(models.Model):
    """What a partner organization coaches, where (`coaching.places`), and how much at once."""

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="partner_profile"
    )
    area_codes = ArrayField(models.CharField(max_length=CODE_LENGTH), default=list)
    region = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    # Engagements at once; none where the partner has not said.
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = PartnerProfileQuerySet.as_manager()

    class Meta:
        ordering = ["organization__name"]

    def __str__(self) -> str:
        return str(self.organization)

    @property
    def region_in_words(self) -> str:
        return region_in_words(self.region)


class CoachProfile(models.Model):
    """What one person brings as a coach of one partner; what is empty has not been told."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coaching_as")
    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="coach_profiles")
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    area_codes = _codes()
    languages = _codes()
    time_zone = models.CharField(max_length=40, blank=True)

    objects = CoachProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "partner"], name="coach_profile_once_per_partner")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.partner}"

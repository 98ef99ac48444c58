"""A published standard never changes: row triggers (migration 0002) refuse what the guards here miss."""

from fractions import Fraction
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.errors import WrongState
from core.models import UUIDModel, paired
from standards.enums import MinimumKind
from standards.figures import first_day
from standards.fileformat.writing import minimum_text
from standards.querysets import StandardQuerySet

CODE_LENGTH = 20


class PublishedStandardNeverChanges(WrongState):
    """Something of a published standard was to be changed; a new version is a new standard."""

    def __init__(self, slug: str) -> None:
        text = _(
            "The standard %(slug)s is published and never changes. Publish a new version under a new slug."
        )
        super().__init__(text % {"slug": slug})


class Standard(UUIDModel):
    """One version of what is asked of a city, with its rules of eligibility and decision."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    effective_on = models.DateField()
    validity_years = models.PositiveSmallIntegerField(default=3)
    countries = ArrayField(models.CharField(max_length=2))
    min_population = models.PositiveIntegerField()
    quorum = models.PositiveSmallIntegerField()
    majority_numerator = models.PositiveIntegerField()
    majority_denominator = models.PositiveIntegerField()
    gates: Any = models.JSONField(default=list, blank=True)
    source_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_on", "slug"]
        constraints = [
            paired("published"),
            models.CheckConstraint(
                condition=Q(majority_numerator__lt=F("majority_denominator")),
                name="standard_majority_below_one",
            ),
            models.CheckConstraint(condition=Q(quorum__gte=1), name="standard_quorum_at_least_one"),
            models.CheckConstraint(
                condition=Q(validity_years__gte=1), name="standard_validity_at_least_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_published:
            raise PublishedStandardNeverChanges(self.slug)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.is_published:
            raise PublishedStandardNeverChanges(self.slug)
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("standards:standard-detail", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def majority(self) -> Fraction:
        """More than this share of the votes cast decides."""
        return Fraction(self.majority_numerator, self.majority_denominator)


class PracticeArea(models.Model):
    """A chapter of a standard."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=CODE_LENGTH)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="area_code_unique_in_standard"),
            models.UniqueConstraint(fields=["standard", "position"], name="area_position_unique_in_standard"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(UUIDModel):
    """One thing that a city does or does not do, and how that is shown."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="criteria")
    area = models.ForeignKey(PracticeArea, on_delete=models.CASCADE, related_name="criteria")
    code = models.CharField(max_length=CODE_LENGTH)
    statement = models.TextField()
    guidance = models.TextField(blank=True)
    weight = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    requires = ArrayField(models.CharField(max_length=CODE_LENGTH), default=list, blank=True)
    evidence: Any = models.JSONField(default=list, blank=True)
    need = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="criterion_code_unique_in_standard"),
            models.UniqueConstraint(
                fields=["standard", "position"], name="criterion_position_unique_in_standard"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="criterion_weight_at_least_one"),
            models.CheckConstraint(
                condition=Q(need__isnull=True) | Q(need__gte=1), name="criterion_need_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Check(models.Model):
    """One yes-or-no question within a criterion; `need` of the criterion's checks must hold."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="checks")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    within_months = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "position"], name="check_position_unique_in_criterion"
            ),
            models.CheckConstraint(
                condition=Q(within_months__isnull=True) | Q(within_months__gte=1),
                name="check_window_at_least_a_month",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Level(models.Model):
    """A level of award and its own conditions; those of every lower level hold as well."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="levels")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    minimum_kind = models.CharField(max_length=10, choices=MinimumKind)
    minimum_numerator = models.PositiveBigIntegerField()
    minimum_denominator = models.PositiveBigIntegerField(default=1)
    mandatory = ArrayField(models.CharField(max_length=CODE_LENGTH), default=list, blank=True)
    area_minimums: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "slug"], name="level_slug_unique_in_standard"),
            models.UniqueConstraint(
                fields=["standard", "position"], name="level_position_unique_in_standard"
            ),
            models.CheckConstraint(
                condition=Q(minimum_denominator__gte=1), name="level_minimum_is_a_fraction"
            ),
            models.CheckConstraint(
                condition=~Q(minimum_kind=MinimumKind.PERCENT)
                | Q(minimum_numerator__lte=F("minimum_denominator")),
                name="level_percent_at_most_hundred",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minimum(self) -> Fraction:
        """A share of the total weight (0 to 1), or points, by `minimum_kind`."""
        return Fraction(self.minimum_numerator, self.minimum_denominator)

    @property
    def minimum_text(self) -> str:
        """As people write it: `51%` or `150 points`."""
        return minimum_text(self.minimum_kind, self.minimum)


class PublishedFigure(models.Model):
    """A total as the program stated it in public: quoted with date and source, never computed with."""

    statement = models.CharField(max_length=500)
    count = models.PositiveBigIntegerField()
    published = models.CharField(max_length=10)
    source = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-published", "id"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "published"], name="published_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.statement}"

    @property
    def published_in_words(self) -> str:
        """As exactly as it is documented: Feb 26, 2025, or February 2025, or 2025."""
        written = {len("2025-02-26"): "M j, Y", len("2025-02"): "F Y"}.get(len(self.published), "Y")
        return date_format(first_day(self.published), written)

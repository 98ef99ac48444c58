from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from certification.models import Story
from coaching.enums import Bound, Direction, MeasureKind, Undertaking
from coaching.figures import Figure
from coaching.models.engagement import Engagement
from coaching.periods import Period
from coaching.querysets import MeasureQuerySet, ObjectiveQuerySet, ObservationQuerySet
from core.models import UUIDModel, paired
from standards.models import Criterion

USER = settings.AUTH_USER_MODEL


def _figure(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=20, decimal_places=6, **options)


def _bound() -> "models.CharField[Any, Any]":
    return models.CharField(max_length=9, choices=Bound, default=Bound.EXACT)


class Objective(UUIDModel):
    """What shall have changed when an engagement is over."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="objectives")
    text = models.CharField(max_length=300)
    criteria = models.ManyToManyField(Criterion, related_name="+", blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ["set_at", "id"]
        constraints = [
            paired("set"),
            models.UniqueConstraint(fields=["engagement", "text"], name="objective_once_per_engagement"),
        ]

    def __str__(self) -> str:
        return self.text


class Measure(UUIDModel):
    """What an objective, or an engagement as a whole, is judged by; a share's unit says of what."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="measures")
    objective = models.ForeignKey(
        Objective, on_delete=models.CASCADE, null=True, blank=True, related_name="measures"
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=7, choices=MeasureKind)
    unit = models.CharField(max_length=60)
    direction = models.CharField(max_length=4, choices=Direction)
    baseline_value = _figure(null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    target_value = _figure(null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    # A contract or a program of the city that is judged by it, in words.
    about_kind = models.CharField(max_length=8, choices=Undertaking, blank=True)
    about = models.CharField(max_length=200, blank=True)
    story = models.ForeignKey(Story, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["set_at", "id"]
        constraints = [
            paired("set"),
            models.UniqueConstraint(fields=["engagement", "name"], name="measure_once_per_engagement"),
            models.CheckConstraint(
                condition=(Q(about_kind="") & Q(about="")) | (~Q(about_kind="") & ~Q(about="")),
                name="measure_about_with_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(baseline_value__isnull=False) | Q(baseline_on__isnull=True),
                name="measure_baseline_day_with_value",
            ),
            models.CheckConstraint(
                condition=Q(target_value__isnull=False) | Q(target_on__isnull=True),
                name="measure_target_day_with_value",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeasuredGroup(UUIDModel):
    """An area or a group of people for which a measure is told on its own; efforts aim at the targeted."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=120)
    is_targeted = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "name"], name="measuredgroup_once_per_measure")
        ]

    def __str__(self) -> str:
        return self.name


class Observation(UUIDModel):
    """One figure of a measure for a day or a period, and where it comes from; corrected ones stay on record.

    What is known only as a difference to an earlier period is kept as that: `change`, above it when positive.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="observations")
    group = models.ForeignKey(
        MeasuredGroup, on_delete=models.CASCADE, null=True, blank=True, related_name="observations"
    )
    begins_on = models.DateField()
    ends_on = models.DateField()
    value = _figure()
    bound = _bound()
    change = _figure(null=True, blank=True)
    change_bound = _bound()
    since_begins_on = models.DateField(null=True, blank=True)
    since_ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["begins_on", "ends_on", "group__position", "entered_at"]
        constraints = [
            paired("entered"),
            paired("superseded"),
            models.UniqueConstraint(
                fields=["measure", "group", "begins_on", "ends_on"],
                condition=Q(superseded_at__isnull=True),
                nulls_distinct=False,
                name="observation_one_stands",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")), name="observation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(change__isnull=True, since_begins_on__isnull=True, since_ends_on__isnull=True)
                | Q(
                    change__isnull=False,
                    since_begins_on__isnull=False,
                    since_ends_on__gte=F("since_begins_on"),
                    begins_on__gt=F("since_ends_on"),
                ),
                name="observation_changed_since_an_earlier_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.period}"

    @property
    def period(self) -> Period:
        return Period(self.begins_on, self.ends_on)

    @property
    def figure(self) -> Figure:
        return Figure(self.value, Bound(self.bound))

    @property
    def changed(self) -> Figure | None:
        return None if self.change is None else Figure(self.change, Bound(self.change_bound))

    @property
    def since(self) -> Period | None:
        if self.since_begins_on is None or self.since_ends_on is None:
            return None
        return Period(self.since_begins_on, self.since_ends_on)

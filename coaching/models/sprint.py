from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from coaching.models.engagement import Engagement
from coaching.querysets import MeetingQuerySet, SprintQuerySet
from core.models import UUIDModel, paired
from people.models import Organization
from standards.models import Criterion

USER = settings.AUTH_USER_MODEL
# Two weeks begin on a Monday and end on the second Sunday; eight end on the same day of the week.
SHORTEST, LONGEST = timedelta(days=13), timedelta(days=56)


class Sprint(UUIDModel):
    """Two to eight weeks in which a partner works with several cities on the same criteria."""

    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="sprints")
    name = models.CharField(max_length=120)
    goal = models.TextField(blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField()
    criteria = models.ManyToManyField(Criterion, related_name="+")
    engagements = models.ManyToManyField(Engagement, related_name="sprints")
    # Tells the same form sent twice from two sprints.
    key = models.UUIDField()
    set_up_at = models.DateTimeField()
    set_up_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = SprintQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_on", "name", "id"]
        constraints = [
            paired("set_up"),
            models.UniqueConstraint(fields=["set_up_by", "key"], name="sprint_set_up_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on") + SHORTEST)
                & Q(ends_on__lte=F("begins_on") + LONGEST),
                name="sprint_lasts_two_to_eight_weeks",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workflows:sprint-detail", args=[self.pk])

    def is_over(self, today: date) -> bool:
        return today > self.ends_on


class Meeting(UUIDModel):
    """One session held with all cities of a sprint; each city has a session of its own for it."""

    sprint = models.ForeignKey(Sprint, on_delete=models.CASCADE, related_name="meetings")
    key = models.UUIDField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["planned_at", "id"]
        constraints = [
            paired("planned"),
            models.UniqueConstraint(fields=["planned_by", "key"], name="meeting_planned_once"),
        ]

    def __str__(self) -> str:
        return f"Meeting of {self.sprint}"

    def get_absolute_url(self) -> str:
        return reverse("workflows:meeting-detail", args=[self.pk])

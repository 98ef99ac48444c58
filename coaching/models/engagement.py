from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.models import Assessment
from coaching.enums import RUNNING, Agreement, EngagementStatus, NoteAudience, Satisfaction
from coaching.querysets import EngagementQuerySet, NoteQuerySet
from core.models import UUIDModel, paired
from people.models import Organization
from standards.models import Criterion, PracticeArea

USER = settings.AUTH_USER_MODEL


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", **options)


def _person_later() -> "models.ForeignKey[Any, Any]":
    return _person(null=True, blank=True)


class CoachingPlan(UUIDModel):
    """What the program decided to have coached after one round; without engagements, why not."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="coaching_plans")
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="coaching_plan")
    reason_for_none = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = _person()

    class Meta:
        ordering = ["-made_at"]
        constraints = [paired("made")]

    def __str__(self) -> str:
        return f"Coaching plan of {self.case}"


class Engagement(UUIDModel):
    """One partner coaching one city on some criteria, and so on their practice areas."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="engagements")
    plan = models.ForeignKey(CoachingPlan, on_delete=models.PROTECT, related_name="engagements")
    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="engagements")
    areas = models.ManyToManyField(PracticeArea, related_name="+")
    # The gaps to close; empty on what was taken over or planned before gaps were chosen one by one.
    criteria = models.ManyToManyField(Criterion, related_name="+", blank=True)
    goal = models.TextField(blank=True)
    until_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=EngagementStatus, default=EngagementStatus.OFFERED)
    coach = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="engagements"
    )
    offered_at = models.DateTimeField()
    offered_by = _person()
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = _person_later()
    decline_reason = models.TextField(blank=True)
    coach_assigned_at = models.DateTimeField(null=True, blank=True)
    coach_assigned_by = _person_later()
    kicked_off_on = models.DateField(null=True, blank=True)
    kicked_off_at = models.DateTimeField(null=True, blank=True)
    kicked_off_by = _person_later()
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = _person_later()
    pause_reason = models.TextField(blank=True)
    work_finished_at = models.DateTimeField(null=True, blank=True)
    work_finished_by = _person_later()
    summary = models.TextField(blank=True)
    # What the coach believes to be met at the close; the re-assessment finds out.
    ready = models.ManyToManyField(Criterion, related_name="+", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = _person_later()
    mend_note = models.TextField(blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)
    mended_by = _person_later()

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["offered_at", "id"]
        constraints = [
            *(
                paired(stem)
                for stem in (
                    "offered",
                    "responded",
                    "coach_assigned",
                    "kicked_off",
                    "paused",
                    "work_finished",
                    "closed",
                    "mended",
                )
            ),
            models.CheckConstraint(
                condition=Q(status=EngagementStatus.DECLINED) ^ Q(decline_reason=""),
                name="engagement_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, pause_reason="")
                | (Q(status__in=RUNNING, paused_at__isnull=False) & ~Q(pause_reason="")),
                name="engagement_paused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=EngagementStatus.CLOSED) | Q(coach__isnull=False),
                name="engagement_closed_by_a_coach",
            ),
        ]
        indexes = [models.Index(fields=["partner", "status"], name="engagement_by_partner")]

    def __str__(self) -> str:
        return f"{self.partner} · {self.case.city}"


class Note(UUIDModel):
    """What somebody of the partner keeps about an engagement, for the readers that its audience names."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="notes")
    # Whose note it is; the engagement may go over to another partner, and its notes do not.
    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=NoteAudience)
    text = models.TextField()
    # Tells the same form sent twice from two notes.
    key = models.UUIDField()
    written_at = models.DateTimeField()
    written_by = _person()
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = _person_later()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "id"]
        constraints = [
            paired("written"),
            paired("edited"),
            models.UniqueConstraint(fields=["written_by", "key"], name="note_written_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}: {self.written_by}"

    @property
    def version(self) -> str:
        """Which words it has: empty for those that were written first."""
        return self.edited_at.isoformat() if self.edited_at else ""


class Feedback(models.Model):
    """What the city says about one closed engagement; partners never read a single one."""

    engagement = models.OneToOneField(Engagement, on_delete=models.CASCADE, related_name="feedback")
    satisfaction = models.CharField(max_length=1, choices=Satisfaction)
    # Whether it fitted the city, and whether the city works differently now; both may be left out.
    fitted = models.CharField(max_length=1, choices=Agreement, blank=True)
    changed = models.CharField(max_length=1, choices=Agreement, blank=True)
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()
    given_by = _person()

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [paired("given")]

    def __str__(self) -> str:
        return f"Feedback on {self.engagement}"

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from coaching.enums import SessionKind, SessionMailKind, SessionStatus
from coaching.models.engagement import Engagement
from coaching.models.sprint import Meeting
from coaching.querysets import SessionQuerySet
from core.models import UUIDModel, paired
from standards.models import Criterion

USER = settings.AUTH_USER_MODEL


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", null=True, blank=True, **options
    )


class Session(UUIDModel):
    """One meeting of coach and city, planned ahead or logged afterwards; the city reads its notes."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=20, choices=SessionKind, default=SessionKind.COACHING)
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.HELD)
    # The zone is the one in which the people speak of the moment.
    starts_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=40, blank=True)
    minutes = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=300, blank=True)
    agenda = models.TextField(blank=True)
    criteria = models.ManyToManyField(Criterion, related_name="+", blank=True)
    held_on = models.DateField(null=True, blank=True)
    participants = models.CharField(max_length=300, blank=True)
    notes = models.TextField(blank=True)
    # How often the people's calendars were told of a change (RFC 5546).
    sequence = models.PositiveSmallIntegerField(default=0)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    # Tells the same form sent twice from two sessions.
    key = models.UUIDField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    planned_by = _person()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = _person()
    cancel_reason = models.TextField(blank=True)
    logged_at = models.DateTimeField(null=True, blank=True)
    logged_by = _person()

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-logged_at"]
        constraints = [
            paired("planned"),
            paired("cancelled"),
            paired("logged"),
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="session_lasts_up_to_a_day"),
            models.CheckConstraint(
                condition=Q(status=SessionStatus.HELD) ^ Q(held_on__isnull=True), name="session_held_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[SessionStatus.HELD, SessionStatus.MISSED])
                ^ Q(logged_at__isnull=True),
                name="session_logged_when_over",
            ),
            models.CheckConstraint(
                condition=Q(status=SessionStatus.CANCELLED) ^ Q(cancelled_at__isnull=True),
                name="session_called_off_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(planned_at__isnull=True, starts_at__isnull=True, zone="", status="held")
                | Q(planned_at__isnull=False, starts_at__isnull=False) & ~Q(zone=""),
                name="session_planned_for_a_moment",
            ),
            models.UniqueConstraint(fields=["planned_by", "key"], name="session_planned_once"),
        ]
        indexes = [
            models.Index(
                fields=["engagement", "starts_at"],
                condition=Q(status=SessionStatus.PLANNED),
                name="session_planned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.held_on or self.starts_at}"

    def get_absolute_url(self) -> str:
        return reverse("workflows:session-detail", args=[self.pk])

    @property
    def case(self) -> Any:
        return self.engagement.case

    @property
    def moves_with_its_sprint(self) -> bool:
        """As long as the partner that runs the sprint coaches the city."""
        return self.meeting is not None and self.meeting.sprint.partner_id == self.engagement.partner_id

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at and self.starts_at + timedelta(minutes=self.minutes)

    @property
    def local_start(self) -> datetime | None:
        """The moment on the clocks of its zone."""
        return self.starts_at and self.starts_at.astimezone(ZoneInfo(self.zone))


class Invitee(models.Model):
    """Somebody asked to a session: a person of the engagement, or an address without an account."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="invitees")
    person = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.EmailField(blank=True)
    came = models.BooleanField(null=True, blank=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    taken_off_at = models.DateTimeField(null=True, blank=True)
    taken_off_by = _person()

    class Meta:
        ordering = ["person__name", "address", "id"]
        constraints = [
            paired("invited"),
            paired("taken_off"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(address=""), name="invitee_a_person_or_an_address"
            ),
            models.UniqueConstraint(fields=["session", "person"], name="invitee_once_as_a_person"),
            models.UniqueConstraint(
                "session", Lower("address"), condition=~Q(address=""), name="invitee_once_at_an_address"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.address)

    @property
    def email(self) -> str:
        """The address to write to now; a person's may have changed since."""
        return self.person.email if self.person else self.address


class SessionMail(UUIDModel):
    """An agenda or a follow-up that went to those invited to a session, as it was sent."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=SessionMailKind)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    recipients = models.ManyToManyField(Invitee, related_name="+")
    # Tells the same form sent twice from two mails.
    key = models.UUIDField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sent_at", "id"]
        constraints = [
            paired("sent"),
            models.UniqueConstraint(fields=["sent_by", "key"], name="session_mail_sent_once"),
        ]

    def __str__(self) -> str:
        return self.subject

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EngagementStatus(TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    ACTIVE = "active", _("Active")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")


RUNNING = (EngagementStatus.ACCEPTED, EngagementStatus.ACTIVE, EngagementStatus.CLOSING)
# From the acceptance on, and after the close.
TAKEN_UP = (*RUNNING, EngagementStatus.CLOSED)


class SessionKind(TextChoices):
    COACHING = "coaching", _("Coaching")
    TRAINING = "training", _("Training")
    TECHNICAL_ASSISTANCE = "technical_assistance", _("Technical assistance")


class SessionStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    MISSED = "missed", _("Nobody came")
    CANCELLED = "cancelled", _("Called off")


class SessionMailKind(TextChoices):
    AGENDA = "agenda", _("Agenda")
    FOLLOW_UP = "follow_up", _("Follow-up")


class NoteAudience(TextChoices):
    PRIVATE = "private", _("Only you")
    PARTNER = "partner", _("Your organization")
    CITY = "city", _("Shared with the city")


class Satisfaction(TextChoices):
    VERY_HELPFUL = "4", _("Very helpful")
    HELPFUL = "3", _("Helpful")
    A_LITTLE = "2", _("A little helpful")
    NOT_HELPFUL = "1", _("Not helpful")


class HealthLevel(TextChoices):
    ON_TRACK = "on_track", _("On track")
    ATTENTION = "attention", _("Needs attention")
    STALLED = "stalled", _("Stalled")
    PAUSED = "paused", _("Paused")


class TransferStatus(TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Agreement(TextChoices):
    AGREE = "4", _("Agree")
    RATHER_AGREE = "3", _("Rather agree")
    RATHER_NOT = "2", _("Rather disagree")
    DISAGREE = "1", _("Disagree")


class MeasureKind(TextChoices):
    OUTCOME = "outcome", _("Outcome")
    OUTPUT = "output", _("Output")


class Direction(TextChoices):
    UP = "up", _("More is better")
    DOWN = "down", _("Less is better")


class Bound(TextChoices):
    EXACT = "exact", _("Exactly")
    MORE_THAN = "more_than", _("More than")


class Undertaking(TextChoices):
    CONTRACT = "contract", _("Contract")
    PROGRAM = "program", _("Program")

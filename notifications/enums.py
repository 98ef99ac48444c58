from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReminderState(TextChoices):
    """Claimed: its notices are written and its mails are on their way."""

    PLANNED = "planned", _("Planned")
    CLAIMED = "claimed", _("On its way")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Suppressed")
    SUPERSEDED = "superseded", _("Superseded")
    FAILED = "failed", _("Failed")


LIVE = (ReminderState.PLANNED, ReminderState.CLAIMED)


class Channel(TextChoices):
    EMAIL = "email", _("E-mail")


class Mode(TextChoices):
    """How somebody wants mails about a topic; in the app everything is told at once."""

    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("No mail")


class DeliveryState(TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Suppressed")
    FAILED = "failed", _("Failed")

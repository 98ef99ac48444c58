from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReminderState(TextChoices):
    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Suppressed")
    SUPERSEDED = "superseded", _("Superseded")


class Channel(TextChoices):
    EMAIL = "email", _("E-mail")


class DeliveryState(TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Suppressed")
    FAILED = "failed", _("Failed")

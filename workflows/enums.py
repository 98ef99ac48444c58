from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClaimStatus(TextChoices):
    OPEN = "open", _("Waiting for the program")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")

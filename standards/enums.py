from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MinimumKind(TextChoices):
    """How a level states its minimum: a share of the total weight, or a number of points of weight."""

    PERCENT = "percent", _("Percent of the total weight")
    POINTS = "points", _("Points")

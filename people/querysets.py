from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from people.models import Affiliation, User  # noqa: F401 -- ruff does not see names in QuerySet[...]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def active(self, on: date) -> "AffiliationQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)

    def ended_after(self, day: date) -> "AffiliationQuerySet":
        """Still running, or ended later than that day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day))

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count

if TYPE_CHECKING:
    from people.models import User
    from standards.models import Standard  # noqa: F401 -- named as a type argument below


class StandardQuerySet(models.QuerySet["Standard"]):
    def published(self) -> "StandardQuerySet":
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: "User | AnonymousUser | None") -> "StandardQuerySet":
        """Published standards for anyone signed in, nothing for anyone else."""
        if user is None or not user.is_authenticated or not user.is_active:
            return self.none()
        return self.published()

    def for_list(self) -> "StandardQuerySet":
        """With `criterion_count` and `area_count`, newest first."""
        return self.annotate(
            criterion_count=Count("criteria", distinct=True), area_count=Count("areas", distinct=True)
        ).order_by("-effective_on", "slug")

    def for_detail(self) -> "StandardQuerySet":
        """With areas, their criteria, the checks and the levels: five queries for any size."""
        return self.prefetch_related("areas__criteria__checks", "levels")

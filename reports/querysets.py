from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from reports.models import SweepRun  # noqa: F401 -- named as a type argument below


class SweepRunQuerySet(models.QuerySet["SweepRun"]):
    def newest_of_each(self) -> Self:
        return self.order_by("sweep", "-began_at", "-pk").distinct("sweep")

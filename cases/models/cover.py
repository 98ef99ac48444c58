from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case, Participation, WorkItem
from cases.querysets import CoverQuerySet
from core.models import UUIDModel, paired
from people.models import Absence

USER = settings.AUTH_USER_MODEL


class Cover(UUIDModel):
    """What a substitute holds for somebody who is away: a piece of work, or an assessor's seat.

    Over when given back, or with the work itself. Work that is kept stays covered until it is done.
    """

    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="covers")
    holder = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="covers")
    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, null=True, blank=True, related_name="covers")
    # What the holder takes part with meanwhile, so that conflict rules see it later.
    part = models.ForeignKey(
        Participation, on_delete=models.CASCADE, null=True, blank=True, related_name="covers"
    )
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["begun_at", "id"]
        constraints = [
            paired("begun"),
            paired("kept"),
            paired("ended"),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | Q(part__isnull=False), name="cover_of_something"
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(ended_at__isnull=True), name="cover_one_standing_per_item"
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder"], condition=Q(ended_at__isnull=True), name="cover_standing_by_holder"
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder} for {self.absence.person}"

    @property
    def is_seat(self) -> bool:
        """An assessor's part in the case, with whatever work belongs to it."""
        return self.item_id is None

    @property
    def case(self) -> Case | None:
        found = self.item or self.part
        return found.case if found else None

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from notifications.enums import LIVE, DeliveryState, ReminderState
from people.models import User

if TYPE_CHECKING:
    from notifications.models import Delivery, Notice, Reminder  # noqa: F401 -- named as type arguments below


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self, now: datetime) -> Self:
        """Planned for now or earlier, whenever we wake up: a day on which nothing ran loses nothing."""
        return self.filter(state=ReminderState.PLANNED, planned_at__lte=now).order_by("planned_at", "pk")

    def live(self) -> Self:
        """Still to come, or on its way."""
        return self.filter(state__in=LIVE)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User | None) -> Self:
        """One's own notices, nobody else's."""
        if user is None or not user.is_active:
            return self.none()
        return self.filter(person=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=DeliveryState.QUEUED, next_attempt_at__lte=now).order_by(
            "next_attempt_at", "pk"
        )

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from notifications.enums import LIVE, DeliveryState, ReminderState
from people.models import User
from people.roles import PROGRAM_ROLES

if TYPE_CHECKING:
    from notifications.models import Delivery, Notice, Reminder  # noqa: F401 -- named as type arguments below

BOUNCES_TAKE = timedelta(days=1)


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

    def explained_to(self, user: User | None) -> Self:
        """One's own; the program answers for everybody's but the private, and those without an account."""
        if user is not None and user.is_active and user.has_role(*PROGRAM_ROLES):
            return self.filter(Q(person=user) | Q(person__isnull=False, is_private=False))
        return self.visible_to(user)

    def after(self, moment: datetime, key: UUID) -> Self:
        """Those that follow this one, newest first and by key: a page further without counting."""
        return self.filter(created_at__lte=moment).exclude(created_at=moment, pk__lte=key)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=DeliveryState.QUEUED, next_attempt_at__lte=now).order_by(
            "next_attempt_at", "pk"
        )

    def of_digest(self, person_id: int, moment: datetime) -> Self:
        """Everything that goes out to a person with one digest."""
        return self.filter(state=DeliveryState.QUEUED, notice__person=person_id, digest_at=moment)

    def that_lead(self) -> Self:
        """Mails of their own, and of each digest the first: whoever holds that one sends the digest."""
        earlier = self.model.objects.filter(
            state=DeliveryState.QUEUED,
            digest_at=OuterRef("digest_at"),
            notice__person=OuterRef("notice__person"),
            pk__lt=OuterRef("pk"),
        )
        return self.filter(Q(digest_at__isnull=True) | ~Exists(earlier))

    def refused(self, now: datetime) -> Self:
        """The newest refusal of each address to which nothing got through since.

        What a mail server takes may still come back: it got through when it has not for a day.
        """
        got_through = Q(state=DeliveryState.SENT, settled_at__lte=now - BOUNCES_TAKE)
        later = self.model.objects.filter(
            got_through | Q(is_refused=True),
            address=OuterRef("address"),
            settled_at__gt=OuterRef("settled_at"),
        )
        return self.filter(~Exists(later), is_refused=True).order_by("-settled_at")

"""What people have been told already."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from notifications.models import Notice


def told_about(
    kinds: Iterable[str], obligation: uuid.UUID, *, since: datetime, but: str | None = None
) -> set[int]:
    """Who has an unread notice of these kinds about something since then, but for a reminder's step."""
    unread = Notice.objects.unread().filter(kind__in=list(kinds), obligation=obligation, created_at__gt=since)
    if but is not None:
        unread = unread.exclude(reminder__step=but)
    return set(unread.filter(person__isnull=False).values_list("person", flat=True))

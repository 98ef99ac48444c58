import uuid
from collections.abc import Iterable
from datetime import datetime

from notifications.models import Notice
from people.models import User


def mark_read(*, notice: Notice, by: User, now: datetime) -> Notice:
    """A person has read their notice."""
    if notice.person_id == by.pk and notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, by: User, now: datetime) -> int:
    """A person has read all that they were told."""
    return Notice.objects.visible_to(by).unread().update(read_at=now)


def mark_read_about(*, kinds: Iterable[str], obligation: uuid.UUID, by: User, now: datetime) -> int:
    """A person has seen what the notices of these kinds were about."""
    unread = Notice.objects.visible_to(by).unread()
    return unread.filter(kind__in=list(kinds), obligation=obligation).update(read_at=now)

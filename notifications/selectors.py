"""What people have been told already, and in which words they are told."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from notifications.models import Notice, OwnWording
from notifications.wordings import UnknownWording, Wording, Words, fill, wording_named

log = structlog.get_logger(__name__)


def told_about(
    kinds: Iterable[str], obligation: uuid.UUID, *, since: datetime, but: str | None = None
) -> set[int]:
    """Who has an unread notice of these kinds about something since then, but for a reminder's step."""
    unread = Notice.objects.unread().filter(kind__in=list(kinds), obligation=obligation, created_at__gt=since)
    if but is not None:
        unread = unread.exclude(reminder__step=but)
    return set(unread.filter(person__isnull=False).values_list("person", flat=True))


@dataclass(frozen=True)
class OwnWords:
    """The program's own words, read once for many messages; broken ones are left out and logged."""

    words: Mapping[str, Words]

    @classmethod
    def load(cls, *wordings: Wording) -> "OwnWords":
        """Of some messages, or of all."""
        rows = OwnWording.objects.exclude(text="")
        found = rows.filter(code__in=[one.code for one in wordings]) if wordings else rows
        return cls({row.code: row.words for row in found if not is_broken(row)})

    def say(self, wording: Wording, values: Mapping[str, object]) -> Words:
        """A message's words with these values; what can't be filled in never keeps it from going out."""
        if wording.code in self.words:
            try:
                return fill(self.words[wording.code], values)
            except KeyError:
                log.exception("wording_without_value", wording=wording.code)
        return fill(wording.brought(), values)


def say(wording: Wording, values: Mapping[str, object]) -> Words:
    """One message's words, for whoever writes to few people."""
    return OwnWords.load(wording).say(wording, values)


def is_broken(row: OwnWording) -> bool:
    """Whether an upgrade took what these words need; the built-in ones go out in their place."""
    try:
        broken = bool(row.text and wording_named(row.code).problems(row.words))
    except UnknownWording:
        return True
    if broken:
        log.error("wording_broken", wording=row.code)
    return broken

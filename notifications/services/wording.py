from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from core.words import plain_line, plain_text
from notifications.models import OwnWording
from notifications.wordings import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    UnknownWording,
    Wording,
    Words,
    wording_named,
)
from people.models import User
from people.permissions import Permission

LIMITS = {"subject": LONGEST_SUBJECT, "text": LONGEST_TEXT}
CHECKS = {"subject": plain_line, "text": plain_text}


def sound_words(wording: Wording, *, subject: str, text: str) -> Words:
    """The words as they are kept. Raises InvalidInput naming `subject` or `text`."""
    words = Words(subject.strip(), text.strip().replace("\r\n", "\n"))
    errors = {field: _unsound(field, getattr(words, field)) for field in LIMITS}
    for field, texts in wording.problems(words).items():
        errors[field] += texts
    if any(errors.values()):
        raise InvalidInput(errors={field: texts for field, texts in errors.items() if texts})
    return words


def _unsound(field: str, entered: str) -> list[str]:
    if not entered:
        return [_("Write something.")]
    if len(entered) > LIMITS[field]:
        return [_("Up to %(limit)s characters.") % {"limit": LIMITS[field]}]
    try:
        CHECKS[field](entered)
    except ValidationError as error:
        return list(error.messages)
    return []


@transaction.atomic
def set_wording(*, code: str, subject: str, text: str, version: int, by: User, now: datetime) -> OwnWording:
    """Say a message in the program's own words from now on. `version` is the one that the writer saw.

    Raises EditConflict, with both, when somebody changed it meanwhile.
    """
    wording = _find(code)
    row = _locked(code, by=by, now=now)
    words = sound_words(wording, subject=subject, text=text)
    if row.words == words:
        return row
    if row.version != version:
        raise EditConflict(stored=row, tried=_as_data(words))
    return _change(row, words, "notifications.wording_set", by=by, now=now)


@transaction.atomic
def reset_wording(*, code: str, by: User, now: datetime) -> None:
    """Back to the words that Milepost brings, also where an upgrade left a message without a use."""
    row = _locked(code, by=by, now=now)
    if row.text:
        _change(row, Words("", ""), "notifications.wording_reset", by=by, now=now)


def _find(code: str) -> Wording:
    try:
        return wording_named(code)
    except UnknownWording:
        raise NotFound(_("There is no such message.")) from None


def _locked(code: str, *, by: User, now: datetime) -> OwnWording:
    if not by.has_perm(Permission.SET_WORDINGS, OwnWording(code=code)):
        raise NotAllowed(_("The words of messages are set by the program office."))
    OwnWording.objects.bulk_create(
        [OwnWording(code=code, changed_at=now, changed_by=by)], ignore_conflicts=True
    )
    return OwnWording.objects.select_for_update().get(code=code)


def _change(row: OwnWording, words: Words, event: str, *, by: User, now: datetime) -> OwnWording:
    old = _as_data(row.words)
    row.subject, row.text = words.subject, words.text
    row.version += 1
    row.changed_at, row.changed_by = now, by
    row.save()
    audit.record(event, by=by, target=row, now=now, old=old, new=_as_data(words))
    return row


def _as_data(words: Words) -> dict[str, Any]:
    return {"subject": words.subject, "text": words.text}

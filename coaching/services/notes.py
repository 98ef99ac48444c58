"""Notes on an engagement, each for the readers it names. Writing one moves no case and locks none."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.services import require_not_ended
from coaching.enums import TAKEN_UP, NoteAudience
from coaching.models import Engagement, Note
from core import audit
from core.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from core.words import sound_text
from people.models import User
from people.permissions import Permission

LONGEST = 10_000
# From the narrowest circle of readers to the widest.
WIDTH = {NoteAudience.PRIVATE: 0, NoteAudience.PARTNER: 1, NoteAudience.CITY: 2}


@transaction.atomic
def write_note(
    *, engagement_id: uuid.UUID, audience: str, text: str, key: uuid.UUID, by: User, now: datetime
) -> Note:
    """Keep a note for the readers its audience names; the same key of the same writer returns the first one.

    Raises NotFound, NotAllowed, CaseClosed, InvalidInput.
    """
    engagement = Engagement.objects.readable_by(by).select_related("case", "partner").filter(pk=engagement_id)
    found = engagement.first()
    if found is None:
        raise NotFound(_("There is no such engagement for you."))
    if not by.has_perm(Permission.WRITE_NOTES, found):
        raise NotAllowed(_("Notes are kept by the people of the partner that coaches."))
    if written := Note.objects.filter(written_by=by, key=key).first():
        return written
    require_not_ended(found.case)
    if audience not in NoteAudience.values:
        raise InvalidInput(errors={"audience": [_("Choose who reads the note.")]})
    _require_told(found, audience)
    note = Note.objects.create(
        engagement=found,
        partner=found.partner,
        audience=audience,
        text=sound_text(text, longest=LONGEST),
        key=key,
        written_at=now,
        written_by=by,
    )
    _record("coaching.note_written", note, by=by, now=now)
    return note


@transaction.atomic
def edit_note(*, note_id: uuid.UUID, text: str, version: str, by: User, now: datetime) -> Note:
    """Put one's own note in other words. Its readers stay the same.

    `version` is that of the words that the writer saw. Raises EditConflict if others are stored by now.
    """
    note = _own(note_id, by=by)
    words = sound_text(text, longest=LONGEST)
    if words == note.text:
        return note
    if version != note.version:
        raise EditConflict(stored=note, tried={"text": text})
    note.text = words
    note.edited_at, note.edited_by = now, by
    note.save(update_fields=["text", "edited_at", "edited_by"])
    _record("coaching.note_edited", note, by=by, now=now)
    return note


@transaction.atomic
def widen_note(*, note_id: uuid.UUID, audience: str, by: User, now: datetime) -> Note:
    """Let more people read one's own note. There is no way back: what was read is read."""
    note = _own(note_id, by=by)
    if audience == note.audience:
        return note
    if (
        audience not in NoteAudience.values
        or WIDTH[NoteAudience(audience)] < WIDTH[NoteAudience(note.audience)]
    ):
        raise InvalidInput(errors={"audience": [_("A note can only be shown to more people, not to fewer.")]})
    _require_told(note.engagement, audience)
    note.audience = NoteAudience(audience)
    note.save(update_fields=["audience"])
    _record("coaching.note_widened", note, by=by, now=now)
    return note


def may_tell_the_city(engagement: Engagement) -> bool:
    """Whoever has not taken the engagement up has no word in the city's file."""
    return engagement.status in TAKEN_UP


def _require_told(engagement: Engagement, audience: str) -> None:
    if audience == NoteAudience.CITY and not may_tell_the_city(engagement):
        words = _("The city reads notes of an engagement that was accepted. Keep it for your organization.")
        raise InvalidInput(errors={"audience": [words]})


def _own(note_id: uuid.UUID, *, by: User) -> Note:
    """The note, locked, if this person wrote it and still works with the engagement."""
    seen = Note.objects.visible_to(by).filter(pk=note_id).select_for_update(of=("self",), no_key=True)
    note = seen.select_related("engagement__case", "engagement__partner").first()
    if note is None:
        raise NotFound(_("There is no such note for you."))
    if note.written_by_id != by.pk or not by.has_perm(Permission.WRITE_NOTES, note.engagement):
        raise NotAllowed(_("Only whoever wrote a note changes it."))
    require_not_ended(note.engagement.case)
    return note


def _record(action: str, note: Note, *, by: User, now: datetime) -> None:
    """By name only, never the words; a note that the city does not read stands in no case's history."""
    dossier = note.engagement.case_id if note.audience == NoteAudience.CITY else None
    audit.record(action, by=by, target=note, now=now, dossier=dossier)

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import Party, Thread
from cases.models import Attachment, Case, Message, ReadMark
from cases.new_messages import KINDS, plan_to_tell, tell_mentioned
from cases.rules import WRITING, is_program
from cases.selectors import readers_of
from cases.services.case import require, require_not_ended
from core import audit
from core.errors import InvalidInput
from core.files import store
from core.words import sound_text
from notifications.services import mark_read_about
from people.models import User

LONGEST = 5000
MOST_FILES = 5
EVENTS = {Thread.CITY: "cases.message_sent", Thread.INTERNAL: "cases.internal_message_sent"}


def post_message(
    *,
    case: Case,
    thread: Thread,
    text: str,
    key: uuid.UUID,
    by: User,
    now: datetime,
    mentioned: Sequence[int] = (),
    uploads: Sequence[UploadedFile[Any]] = (),
) -> Message:
    """Add a message, also on hold; the same key of the same writer again returns the first one.

    The caller holds the case's lock. Raises CaseClosed, InvalidInput, and NotAllowed for who only reads.
    """
    require(by, WRITING[thread], case)
    if sent := case.messages.filter(sent_by=by, key=key).first():
        return sent
    require_not_ended(case)
    _require_sound(text, uploads)
    people = _mentioned(case, thread, text, mentioned, by=by, now=now)
    files = [store(upload, by=by, now=now) for upload in uploads]
    message = Message.objects.create(
        case=case,
        thread=thread,
        number=(case.messages.filter(thread=thread).aggregate(last=Max("number"))["last"] or 0) + 1,
        side=Party.PROGRAM if is_program(by) else Party.CITY,
        text=text.strip(),
        key=key,
        sent_at=now,
        sent_by=by,
    )
    Attachment.objects.bulk_create(Attachment(message=message, file=file) for file in files)
    new = {"number": message.number, "attachments": len(files)}
    audit.record(EVENTS[thread], by=by, target=message, now=now, dossier=case.pk, new=new)
    message.mentioned.set(people)
    tell_mentioned(message, people, now=now)
    plan_to_tell(message, now=now)
    return message


def _require_sound(text: str, uploads: Sequence[object]) -> None:
    if not text.strip() and not uploads:
        raise InvalidInput(errors={"text": [_("Write something, or add a file.")]})
    sound_text(text, longest=LONGEST, may_be_empty=True)
    if len(uploads) > MOST_FILES:
        raise InvalidInput(errors={"file": [_("Up to %(limit)s files.") % {"limit": MOST_FILES}]})


def _mentioned(
    case: Case, thread: Thread, text: str, ticked: Sequence[int], *, by: User, now: datetime
) -> list[User]:
    """Readers of the thread whose names are ticked, or written after an @."""
    readers = readers_of(case, thread, today=program_calendar().local_day(now)).exclude(pk=by.pk)
    found = [one for one in readers if one.pk in ticked or re.search(rf"@{re.escape(one.name)}\b", text)]
    if set(ticked) - {one.pk for one in found}:
        raise InvalidInput(errors={"mentioned": [_("Choose people who may read this.")]})
    return found


def mark_thread_read(*, case: Case, thread: Thread, number: int, by: User, now: datetime) -> None:
    """Keep that the person was shown everything up to this number, and take its notices off their bell."""
    mark, created = ReadMark.objects.get_or_create(
        person=by, case=case, thread=thread, defaults={"number": number}
    )
    if not created:
        ReadMark.objects.filter(pk=mark.pk, number__lt=number).update(number=number)
    mark_read_about(kinds=KINDS[thread], obligation=case.pk, by=by, now=now)

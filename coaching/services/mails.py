"""The agenda or follow-up of a session, kept as it was sent. The caller in `workflows` locks the case."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.services.case import require
from coaching.enums import SessionMailKind, SessionStatus
from coaching.models import Session, SessionMail
from core import audit
from core.errors import InvalidInput, WrongState
from core.words import plain_line, sound_text
from people.models import User
from people.permissions import Permission

LONGEST = 10_000
LONGEST_SUBJECT = 200
# An agenda goes out before, a follow-up after.
SENT_WHEN = {
    SessionMailKind.AGENDA: SessionStatus.PLANNED,
    SessionMailKind.FOLLOW_UP: SessionStatus.HELD,
}


def kind_for(session: Session) -> SessionMailKind | None:
    """What can be sent about a session now."""
    kinds = {status: kind for kind, status in SENT_WHEN.items()}
    return kinds.get(SessionStatus(session.status)) if session.planned_at else None


def keep_mail(
    *,
    session: Session,
    kind: str,
    subject: str,
    text: str,
    recipients: Collection[int],
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> tuple[SessionMail, bool]:
    """Keep what goes to those of the invited whose rows are named, and say whether it is new.

    Raises NotAllowed, WrongState, InvalidInput.
    """
    require(by, Permission.COACH_ENGAGEMENT, session.engagement)
    if sent := SessionMail.objects.filter(sent_by=by, key=key).first():
        return sent, False
    if kind != kind_for(session):
        raise WrongState(_("An agenda goes out before a session, a follow-up after it was held."))
    invited = session.invitees.filter(taken_off_at__isnull=True, pk__in=recipients)
    if not recipients or invited.count() != len(set(recipients)):
        raise InvalidInput(errors={"recipients": [_("Choose who gets the mail.")]})
    mail = SessionMail.objects.create(
        session=session,
        kind=kind,
        subject=_sound_subject(subject),
        text=sound_text(text, longest=LONGEST),
        key=key,
        sent_at=now,
        sent_by=by,
    )
    mail.recipients.set(invited)
    new = {"kind": kind, "recipients": len(set(recipients))}
    dossier = session.engagement.case_id
    audit.record("coaching.session_mail_sent", by=by, target=mail, now=now, dossier=dossier, new=new)
    return mail, True


def _sound_subject(subject: str) -> str:
    try:
        plain_line(subject)
    except ValidationError as error:
        raise InvalidInput(errors={"subject": error.messages}) from error
    if not 1 <= len(subject.strip()) <= LONGEST_SUBJECT:
        raise InvalidInput(errors={"subject": [_("Write a subject of up to 200 characters.")]})
    return subject.strip()

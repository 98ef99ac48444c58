"""The agenda and the follow-up of a session: what stands in them to begin with, and sending them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from coaching.enums import SessionMailKind
from coaching.meetings import next_sessions
from coaching.models import ActionItem, Session, SessionMail
from coaching.services.mails import keep_mail
from core.pagekit_dates import day_in_words
from notifications.services import notify
from people.models import User
from workflows.ics import title_of, when_of
from workflows.services.sessions import locked_session

TOLD = "coaching.session_mail"


@dataclass(frozen=True)
class Draft:
    """What the coach finds in the form."""

    subject: str
    text: str


def draft_of(session: Session, kind: SessionMailKind, *, now: datetime) -> Draft:
    """Made of what the city reads anyway: the plan, or the shared notes, what comes next and what is open."""
    if kind == SessionMailKind.AGENDA:
        parts = [when_of(session), session.place, session.agenda, _criteria(session)]
        return Draft(_("Agenda: %(title)s") % {"title": title_of(session)}, _joined(parts))
    held = _("We met on %(day)s.") % {"day": day_in_words(session.held_on)} if session.held_on else ""
    parts = [held, session.notes, _criteria(session), _next(session, now=now), _open_items(session)]
    return Draft(_("Follow-up: %(title)s") % {"title": title_of(session)}, _joined(parts))


def _joined(parts: Collection[str]) -> str:
    return "\n\n".join(filter(None, parts))


def _criteria(session: Session) -> str:
    lines = [f"- {one.code} {one.statement}" for one in session.criteria.all()]
    return "\n".join([_("Criteria:"), *lines]) if lines else ""


def _next(session: Session, *, now: datetime) -> str:
    found = next_sessions([session.engagement_id], now=now).get(session.engagement_id)
    return _("Next session: %(when)s") % {"when": when_of(found)} if found else ""


def _open_items(session: Session) -> str:
    items = ActionItem.objects.open().filter(engagement=session.engagement_id).for_list()
    lines = [
        _("- %(what)s (%(who)s, due %(day)s)")
        % {
            "what": item.text,
            "who": item.work_item.owner or item.work_item.organization,
            "day": day_in_words(item.work_item.due_at.date()),
        }
        for item in items
    ]
    return "\n".join([_("To do:"), *lines]) if lines else ""


def send_session_mail(
    *,
    session_id: uuid.UUID,
    kind: str,
    subject: str,
    text: str,
    recipients: Collection[int],
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> SessionMail:
    """Send an agenda or follow-up to some of those invited; the same key again sends nothing.

    Raises NotFound, and what `coaching.services.mails.keep_mail` does.
    """
    with locked_session(session_id, by=by) as session:
        mail, is_new = keep_mail(
            session=session,
            kind=kind,
            subject=subject,
            text=text,
            recipients=recipients,
            key=key,
            by=by,
            now=now,
        )
        if is_new:
            _send(mail, session, now=now)
    return mail


def _send(mail: SessionMail, session: Session, *, now: datetime) -> None:
    for one in mail.recipients.select_related("person"):
        notify(
            kind=TOLD,
            subject=mail.subject,
            text=mail.text,
            url=session.get_absolute_url() if one.person else "",
            now=now,
            person=one.person,
            address=one.address,
            obligation=session.pk,
            thread=session.engagement.case_id,
        )

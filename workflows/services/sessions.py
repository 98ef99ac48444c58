"""Sessions as pages call them: the case locked first, the invited told in the same transaction."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.services import lock_case, require_running
from coaching import services as domain
from coaching.models import Engagement, Invitee, Session
from coaching.querysets import SessionQuerySet
from coaching.services import Plan, Record
from coaching.services.sessions import Change, end_plan
from core.errors import NotFound
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Wording
from people.models import User
from standards.models import Criterion
from workflows.ics import cancellation_of, invitation_to, title_of, when_of
from workflows.services.moves import changing
from workflows.wordings import coaching as wordings

TOLD = "coaching.session"


def plan_session(*, engagement_id: uuid.UUID, plan: Plan, key: uuid.UUID, by: User, now: datetime) -> Session:
    """Plan a session of an engagement that the person reads, and invite to it. Raises NotFound."""
    with _at_work_on(engagement_id, by=by) as engagement:
        change = domain.plan_session(engagement=engagement, plan=plan, key=key, by=by, now=now)
        if change.is_new:
            tell_of(change, now=now)
    return change.session


def change_session(
    *, session_id: uuid.UUID, plan: Plan, version: int | None, by: User, now: datetime
) -> Session:
    """Move or change a planned session. Whoever stays invited gets an update, who does not a cancellation.

    Raises NotFound, and EditConflict where somebody else changed it since the writer saw it.
    """
    with locked_session(session_id, by=by) as session:
        change = domain.change_session(session=session, plan=plan, version=version, by=by, now=now)
        if change.is_new:
            tell_of(change, now=now)
    return change.session


def call_off_session(*, session_id: uuid.UUID, reason: str, by: User, now: datetime) -> Session:
    """Call a planned session off and take it out of the calendars of the invited. Raises NotFound."""
    with locked_session(session_id, by=by) as session:
        domain.call_off_session(session=session, reason=reason, by=by, now=now)
        tell_it_is_off(session, those_invited(session), now=now)
    return session


def hold_session(*, session_id: uuid.UUID, record: Record, by: User, now: datetime) -> Session:
    """Log a planned session as held. Raises NotFound."""
    with locked_session(session_id, by=by) as session:
        return domain.hold_session(session=session, record=record, by=by, now=now)


def miss_session(*, session_id: uuid.UUID, by: User, now: datetime) -> Session:
    """Record that nobody came. Raises NotFound."""
    with locked_session(session_id, by=by) as session:
        return domain.miss_session(session=session, by=by, now=now)


def log_session(
    *,
    engagement_id: uuid.UUID,
    kind: str,
    held_on: date,
    minutes: int,
    participants: str,
    notes: str,
    by: User,
    now: datetime,
    criteria: Sequence[Criterion] = (),
) -> Session:
    """Log a session that was not planned, of an engagement that the person sees. Raises NotFound."""
    engagement = Engagement.objects.readable_by(by).select_related("partner").filter(pk=engagement_id).first()
    if engagement is None:
        raise NotFound(_("There is no such engagement for you."))
    with changing(engagement.case_id, by=by, now=now) as case:
        require_running(case)
        engagement.refresh_from_db()
        return domain.log_session(
            engagement=engagement,
            kind=kind,
            held_on=held_on,
            minutes=minutes,
            participants=participants,
            notes=notes,
            criteria=criteria,
            by=by,
            now=now,
        )


def call_off_left_over(sessions: SessionQuerySet, *, reason: str, by: User, now: datetime) -> None:
    """Call off what is still planned of engagements that end; their case is locked."""
    for session in sessions.planned().for_list():
        end_plan(session=session, reason=reason, by=by, now=now)
        tell_it_is_off(session, those_invited(session), now=now)


@contextmanager
def _at_work_on(engagement_id: uuid.UUID, *, by: User) -> Iterator[Engagement]:
    with transaction.atomic():
        seen = Engagement.objects.readable_by(by).filter(pk=engagement_id)
        case_id = seen.values_list("case", flat=True).first()
        if case_id is None:
            raise NotFound(_("There is no such engagement for you."))
        case = lock_case(case_id)
        require_running(case)
        engagement = Engagement.objects.select_related("partner").get(pk=engagement_id)
        engagement.case = case
        yield engagement


@contextmanager
def locked_session(session_id: uuid.UUID, *, by: User) -> Iterator[Session]:
    """A session that the person reads, with its case locked and running. Raises NotFound."""
    with transaction.atomic():
        seen = Session.objects.visible_to(by).filter(pk=session_id)
        case_id = seen.values_list("engagement__case", flat=True).first()
        if case_id is None:
            raise NotFound(_("There is no such session for you."))
        require_running(lock_case(case_id))
        yield Session.objects.for_list().get(pk=session_id)


def those_invited(session: Session) -> list[Invitee]:
    return list(session.invitees.filter(taken_off_at__isnull=True).select_related("person"))


def tell_of(change: Change, *, now: datetime) -> None:
    session, invited = change.session, those_invited(change.session)
    calendar = invitation_to(session, invited, now=now)
    said = [when_of(session), session.place, session.agenda]
    wording = wordings.CHANGED if session.sequence else wordings.INVITED
    _send(session, invited, wording, said, calendar, now=now)
    tell_it_is_off(session, change.taken_off, now=now)


def tell_it_is_off(session: Session, invited: Sequence[Invitee], *, now: datetime) -> None:
    calendar = cancellation_of(session, invited, now=now)
    said = [when_of(session), session.cancel_reason or _("You do not have to come.")]
    _send(session, invited, wordings.CALLED_OFF, said, calendar, now=now)


def _send(
    session: Session,
    invited: Sequence[Invitee],
    wording: Wording,
    said: Sequence[str],
    calendar: str,
    *,
    now: datetime,
) -> None:
    """One message to each; an address without an account gets no link, for it could not sign in."""
    details = "\n\n".join(filter(None, said))
    words = say(wording, {"title": title_of(session), "details": details})
    for one in invited:
        notify(
            kind=TOLD,
            subject=words.subject,
            text=words.text,
            url=session.get_absolute_url() if one.person else "",
            now=now,
            person=one.person,
            address=one.address,
            obligation=session.pk,
            thread=session.engagement.case_id,
            calendar=calendar,
        )

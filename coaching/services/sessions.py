"""Sessions: planned, moved, called off, and logged when held. The caller in `workflows` locks the case."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from coaching.enums import SessionKind, SessionStatus
from coaching.meetings import people_of
from coaching.models import Engagement, Invitee, Session
from coaching.services.engagements import require_true_day
from coaching.services.pausing import require_not_paused
from coaching.transitions import TABLE, Action
from core import audit
from core.errors import EditConflict, InvalidInput, WrongState
from core.transitions import advance, authorize
from core.words import plain_line, plain_text
from people.models import User
from standards.models import Criterion

MAX_MINUTES = 1440
FARTHEST = timedelta(days=2 * 365)
MAX_INVITED = 50
MAX_PLACE = 300
MAX_TEXT = 10_000


@dataclass(frozen=True)
class Plan:
    """When, where and about what a session is to be, and who is asked to it."""

    kind: str
    starts_at: datetime
    zone: str
    minutes: int
    place: str = ""
    agenda: str = ""
    criteria: Sequence[Criterion] = ()
    people: Sequence[User] = ()
    addresses: Sequence[str] = ()


@dataclass(frozen=True)
class Record:
    """What is kept of a session that was held; `came` are the invited who did, by the row's number."""

    held_on: date
    minutes: int
    participants: str = ""
    notes: str = ""
    criteria: Sequence[Criterion] = ()
    came: Collection[int] = ()


@dataclass(frozen=True)
class Change:
    """A changed session, and whom it took off its list."""

    session: Session
    taken_off: Sequence[Invitee]
    is_new: bool = True


def plan_session(*, engagement: Engagement, plan: Plan, key: uuid.UUID, by: User, now: datetime) -> Change:
    """Plan a session and ask people to it; the same key of the same person returns the first one."""
    authorize(TABLE[Action.PLAN_SESSION], engagement, by=by)
    require_not_paused(engagement)
    if planned := Session.objects.filter(planned_by=by, key=key).first():
        return Change(planned, [], is_new=False)
    session = Session(engagement=engagement, key=key)
    return begin_plan(session=session, plan=plan, by=by, now=now)


def begin_plan(*, session: Session, plan: Plan, by: User, now: datetime) -> Change:
    """As `plan_session`, for whoever plans what the session is a part of; it is not saved yet."""
    engagement = session.engagement
    _require_sound(plan, engagement, now=now)
    session.status, session.planned_at, session.planned_by = SessionStatus.PLANNED, now, by
    _fill(session, plan)
    session.save(force_insert=True)
    session.criteria.set(plan.criteria)
    _invite(session, plan, by=by, now=now)
    new = {"starts_at": plan.starts_at.isoformat(), "minutes": plan.minutes}
    event = TABLE[Action.PLAN_SESSION].event
    audit.record(event, by=by, target=session, now=now, dossier=engagement.case_id, new=new)
    return Change(session, [])


def change_session(*, session: Session, plan: Plan, version: int | None, by: User, now: datetime) -> Change:
    """Move a planned session or change what is planned of it; one that stays as it was tells nobody.

    `version` is the sequence that the writer saw. Raises EditConflict if it is not that of the session.
    """
    require_own_plan(session, by=by)
    if version != session.sequence and not _is_as_planned(session, plan):
        raise EditConflict(stored=session, tried={})
    return change_plan(session=session, plan=plan, by=by, now=now)


def require_own_plan(session: Session, *, by: User) -> None:
    """The person may change it, and on its own. Raises NotAllowed, WrongState."""
    authorize(TABLE[Action.CHANGE_SESSION], session, by=by, part=session.engagement)
    if session.moves_with_its_sprint:
        raise WrongState(_("It is planned for all cities of a sprint. Change it on the sprint's page."))


def change_plan(*, session: Session, plan: Plan, by: User, now: datetime) -> Change:
    """As `change_session`, for whoever changes what the session is a part of."""
    if _is_as_planned(session, plan):
        return Change(session, [], is_new=False)
    _require_sound(plan, session.engagement, now=now)
    old = {"starts_at": session.starts_at and session.starts_at.isoformat(), "minutes": session.minutes}
    _fill(session, plan)
    session.sequence += 1
    session.save()
    session.criteria.set(plan.criteria)
    taken_off = _take_off(session, plan, by=by, now=now)
    _invite(session, plan, by=by, now=now)
    new = {"starts_at": plan.starts_at.isoformat(), "minutes": plan.minutes, "sequence": session.sequence}
    dossier, event = session.engagement.case_id, TABLE[Action.CHANGE_SESSION].event
    audit.record(event, by=by, target=session, now=now, dossier=dossier, old=old, new=new)
    return Change(session, taken_off)


def call_off_session(*, session: Session, reason: str, by: User, now: datetime) -> Session:
    """Call a planned session off; the reason, if one is given, is told to the invited."""
    authorize(TABLE[Action.CALL_OFF_SESSION], session, by=by, part=session.engagement)
    _require_words({"reason": reason})
    return end_plan(session=session, reason=reason, by=by, now=now)


def end_plan(*, session: Session, reason: str, by: User, now: datetime) -> Session:
    """As `call_off_session`, for whoever ends what the session is a part of."""
    session.cancelled_at, session.cancelled_by = now, by
    session.cancel_reason = reason.strip()
    session.sequence += 1
    return _advance(Action.CALL_OFF_SESSION, session, by=by, now=now)


def log_session(
    *,
    engagement: Engagement,
    kind: str,
    held_on: date,
    minutes: int,
    participants: str,
    notes: str,
    by: User,
    now: datetime,
    criteria: Sequence[Criterion] = (),
) -> Session:
    """Keep what was done in a meeting that was not planned here; the city reads the notes."""
    row = TABLE[Action.LOG_SESSION]
    authorize(row, engagement, by=by)
    record = Record(held_on, minutes, participants, notes, criteria)
    _require_kind(kind)
    _require_true(record, engagement, now=now)
    session = Session(engagement=engagement, kind=kind, logged_at=now, logged_by=by)
    _keep(session, record)
    session.save(force_insert=True)
    session.criteria.set(criteria)
    new = {"held_on": held_on.isoformat(), "minutes": minutes}
    audit.record(row.event, by=by, target=session, now=now, dossier=engagement.case_id, new=new)
    return session


def hold_session(*, session: Session, record: Record, by: User, now: datetime) -> Session:
    """Log a planned session as held, with who of the invited came."""
    authorize(TABLE[Action.HOLD_SESSION], session, by=by, part=session.engagement)
    authorize(TABLE[Action.LOG_SESSION], session.engagement, by=by)
    return end_as_held(session=session, record=record, by=by, now=now)


def end_as_held(*, session: Session, record: Record, by: User, now: datetime) -> Session:
    """As `hold_session`, for whoever logs what the session is a part of."""
    _require_true(record, session.engagement, now=now)
    _keep(session, record)
    session.logged_at, session.logged_by = now, by
    session.criteria.set(record.criteria)
    invited = session.invitees.filter(taken_off_at__isnull=True)
    invited.update(came=False)
    invited.filter(pk__in=record.came).update(came=True)
    return _advance(Action.HOLD_SESSION, session, by=by, now=now, held_on=record.held_on.isoformat())


def miss_session(*, session: Session, by: User, now: datetime) -> Session:
    """Record that nobody of the city came. It counts as no contact."""
    authorize(TABLE[Action.MISS_SESSION], session, by=by, part=session.engagement)
    return end_as_missed(session=session, by=by, now=now)


def end_as_missed(*, session: Session, by: User, now: datetime) -> Session:
    """As `miss_session`, for whoever logs what the session is a part of."""
    if session.starts_at is None or session.starts_at > now:
        raise InvalidInput(errors={"came": [_("The session has not begun yet.")]})
    session.logged_at, session.logged_by = now, by
    session.invitees.filter(taken_off_at__isnull=True).update(came=False)
    return _advance(Action.MISS_SESSION, session, by=by, now=now)


def _advance(action: Action, session: Session, *, by: User, now: datetime, **new: object) -> Session:
    return advance(TABLE[action], session, by=by, now=now, dossier=session.engagement.case_id, new=new)


def _fill(session: Session, plan: Plan) -> None:
    session.kind, session.minutes = plan.kind, plan.minutes
    session.starts_at, session.zone = plan.starts_at, plan.zone
    session.place, session.agenda = plan.place.strip(), plan.agenda.strip()


def _keep(session: Session, record: Record) -> None:
    session.held_on, session.minutes = record.held_on, record.minutes
    session.participants, session.notes = record.participants.strip(), record.notes.strip()


def _is_as_planned(session: Session, plan: Plan) -> bool:
    before = (session.kind, session.minutes, session.starts_at, session.zone, session.place, session.agenda)
    after = (plan.kind, plan.minutes, plan.starts_at, plan.zone, plan.place.strip(), plan.agenda.strip())
    invited = session.invitees.filter(taken_off_at__isnull=True)
    return (
        before == after
        and set(session.criteria.all()) == set(plan.criteria)
        and {one.person_id for one in invited if one.person_id} == {person.pk for person in plan.people}
        and {one.address.lower() for one in invited if one.address} == _addresses(plan)
    )


def _addresses(plan: Plan) -> set[str]:
    """The further addresses; one that belongs to an invited person is that person."""
    given = {address.strip().lower() for address in plan.addresses}
    return given - {person.email for person in plan.people}


def _invite(session: Session, plan: Plan, *, by: User, now: datetime) -> None:
    asked: list[dict[str, Any]] = [{"person": person} for person in plan.people]
    asked += [{"address": address} for address in sorted(_addresses(plan))]
    for found in asked:
        invitee, created = Invitee.objects.get_or_create(
            session=session, **found, defaults={"invited_at": now, "invited_by": by}
        )
        if not created and invitee.taken_off_at is not None:
            invitee.taken_off_at = invitee.taken_off_by = None
            invitee.save(update_fields=["taken_off_at", "taken_off_by"])


def _take_off(session: Session, plan: Plan, *, by: User, now: datetime) -> list[Invitee]:
    people, addresses = {person.pk for person in plan.people}, _addresses(plan)
    gone = [
        one
        for one in session.invitees.filter(taken_off_at__isnull=True).select_related("person")
        if one.person_id not in people and one.address.lower() not in addresses
    ]
    session.invitees.filter(pk__in=[one.pk for one in gone]).update(taken_off_at=now, taken_off_by=by)
    return gone


def _require_sound(plan: Plan, engagement: Engagement, *, now: datetime) -> None:
    _require_kind(plan.kind)
    _require_minutes(plan.minutes)
    if plan.zone not in available_timezones():
        raise InvalidInput(errors={"zone": [_("Choose a time zone.")]})
    if plan.starts_at <= now:
        raise InvalidInput(errors={"starts_at": [_("This moment has passed. Log a session that was held.")]})
    if plan.starts_at > now + FARTHEST:
        raise InvalidInput(errors={"starts_at": [_("Plan sessions of the next two years.")]})
    _require_real(plan)
    _require_words({"agenda": plan.agenda}, {"place": plan.place})
    _require_coached(plan.criteria, engagement)
    _require_known(plan, engagement, now=now)


def _require_real(plan: Plan) -> None:
    """Clocks that are put forward skip an hour: what was typed as 2:30 is read back as 3:30."""
    given = plan.starts_at
    read_back = given.astimezone(UTC).astimezone(given.tzinfo)
    if read_back.replace(tzinfo=None) != given.replace(tzinfo=None):
        raise InvalidInput(errors={"starts_at": [_("The clocks skip this time on that day.")]})


def _require_kind(kind: str) -> None:
    if kind not in SessionKind.values:
        raise InvalidInput(errors={"kind": [_("Choose the kind of session.")]})


def _require_minutes(minutes: int) -> None:
    if not 1 <= minutes <= MAX_MINUTES:
        raise InvalidInput(errors={"minutes": [_("A session lasts from 1 to 1,440 minutes.")]})


def _require_words(texts: dict[str, str], lines: dict[str, str] | None = None) -> None:
    checks = [(name, words, plain_text, MAX_TEXT) for name, words in texts.items()]
    checks += [(name, words, plain_line, MAX_PLACE) for name, words in (lines or {}).items()]
    for name, words, check, longest in checks:
        try:
            check(words)
        except ValidationError as error:
            raise InvalidInput(errors={name: error.messages}) from error
        if len(words) > longest:
            raise InvalidInput(errors={name: [_("Up to %(limit)s characters.") % {"limit": longest}]})


def _require_coached(criteria: Iterable[Criterion], engagement: Engagement) -> None:
    coached = set(engagement.areas.values_list("pk", flat=True))
    if any(one.area_id not in coached for one in criteria):
        raise InvalidInput(errors={"criteria": [_("Choose criteria of the areas that are coached.")]})


def _require_known(plan: Plan, engagement: Engagement, *, now: datetime) -> None:
    known = set(people_of(engagement, now=now).values_list("pk", flat=True))
    if any(person.pk not in known for person in plan.people):
        raise InvalidInput(errors={"people": [_("Choose people of the city and of your organization.")]})
    if len(plan.people) + len(plan.addresses) > MAX_INVITED:
        text = _("Invite up to %(limit)s people; ask larger circles by a link of your own.")
        raise InvalidInput(errors={"addresses": [text % {"limit": MAX_INVITED}]})
    for address in plan.addresses:
        try:
            validate_email(address.strip())
        except ValidationError as error:
            text = _("This is no e-mail address: %(address)s")
            raise InvalidInput(errors={"addresses": [text % {"address": address}]}) from error


def _require_true(record: Record, engagement: Engagement, *, now: datetime) -> None:
    require_true_day(record.held_on, engagement, now)
    _require_minutes(record.minutes)
    _require_words({"notes": record.notes}, {"participants": record.participants})
    _require_coached(record.criteria, engagement)

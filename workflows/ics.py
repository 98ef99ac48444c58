"""Deadlines and sessions as iCalendar documents (RFC 5545), invitations to sessions too (RFC 5546)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vCalAddress

from cases.models import WorkItem
from certification.models import Expiry
from coaching.models import Invitee, Session
from core.pagekit_dates import moment_in_words
from people.models import User

REFRESH = timedelta(hours=1)


def calendar_of_work(
    items: Iterable[WorkItem],
    sessions: Iterable[Session] = (),
    expiries: Iterable[Expiry] = (),
    *,
    on_hold: Collection[UUID],
) -> bytes:
    """One event at the due moment of each piece of work, and one for each session, in UTC.

    Both are tentative where the case is on hold. What runs out has its whole day, which no hold moves. The
    same thing keeps its UID when its date moves, and the document's bytes change only with what it tells.
    """
    calendar = _calendar()
    calendar.add("name", _("Milepost deadlines"))
    calendar.add("x-wr-calname", _("Milepost deadlines"))
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    events = [(_event(item), item.case_id) for item in items]
    events += [(_session(one, stamp=one.planned_at), one.engagement.case_id) for one in sessions]
    for event, case_id in events:
        if case_id in on_hold:
            event.add("status", "TENTATIVE")
        calendar.add_component(event)
    for expiry in expiries:
        calendar.add_component(_end(expiry))
    if not calendar.subcomponents:
        calendar.add_component(_utc())
    return calendar.to_ical()


def invitation_to(session: Session, invited: Sequence[Invitee], *, now: datetime) -> str:
    """Asks these people to a session, or tells them that it has moved: the same UID, a higher SEQUENCE."""
    return _message("REQUEST", "CONFIRMED", session, invited, now=now)


def cancellation_of(session: Session, invited: Sequence[Invitee], *, now: datetime) -> str:
    """Takes a session out of the calendars of these people."""
    return _message("CANCEL", "CANCELLED", session, invited, now=now)


def _message(method: str, status: str, session: Session, invited: Sequence[Invitee], *, now: datetime) -> str:
    calendar = _calendar()
    calendar.add("method", method)
    event = _session(session, stamp=now)
    event.add("status", status)
    event.add("organizer", _organizer(session.planned_by), encode=False)
    for one in invited:
        event.add("attendee", _attendee(one, asks=method == "REQUEST"), encode=False)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Milepost//Deadlines//EN")
    calendar.add("version", "2.0")
    return calendar


def _utc() -> Timezone:
    """What a calendar without events holds, for it has to hold something (RFC 5545, 3.4)."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 -- local time of the zone, as the RFC has it
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone


def _organizer(person: User) -> vCalAddress:
    """Who planned it answers for it; Milepost sends in their name. It never changes, for no UID may."""
    organizer = _address(person.email, person.name)
    organizer.params["SENT-BY"] = f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    return organizer


def _attendee(invitee: Invitee, *, asks: bool) -> vCalAddress:
    attendee = _address(invitee.email, str(invitee))
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    if asks:
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        attendee.params["RSVP"] = "TRUE"
    return attendee


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A parameter can hold neither quotes nor what can't be seen.
    address.params["CN"] = "".join(char for char in name if char.isprintable() and char != '"')
    return address


def _uid(kind: str, key: UUID) -> str:
    return f"{kind}-{key}@{urlsplit(settings.BASE_URL).hostname}"


def _session(session: Session, *, stamp: datetime | None) -> Event:
    event = Event()
    event.add("uid", _uid("session", session.pk))
    event.add("sequence", session.sequence)
    event.add("dtstamp", stamp)
    # In UTC: a local time would need the rules of its zone with it (RFC 5545, 3.6.5).
    event.add("dtstart", session.starts_at and session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at and session.ends_at.astimezone(UTC))
    event.add("summary", title_of(session))
    if session.place:
        event.add("location", session.place)
    address = f"{settings.BASE_URL}{session.get_absolute_url()}"
    event.add("description", "\n\n".join(filter(None, [when_of(session), session.agenda, address])))
    event.add("url", address)
    return event


def title_of(session: Session) -> str:
    engagement = session.engagement
    values = {
        "kind": session.get_kind_display(),
        "city": engagement.case.city.name,
        "partner": engagement.partner.name,
    }
    return _("%(kind)s: %(city)s with %(partner)s") % values


def when_of(session: Session) -> str:
    """The moment on the clocks of the session's own zone, and how long it lasts."""
    if session.starts_at is None:
        return ""
    values = {"moment": moment_in_words(session.starts_at, session.zone), "minutes": session.minutes}
    return _("%(moment)s, %(minutes)s minutes") % values


def _end(expiry: Expiry) -> Event:
    event = Event()
    event.add("uid", _uid("expiry", expiry.pk))
    event.add("dtstamp", expiry.opened_at)
    event.add("dtstart", expiry.ends_on)
    event.add("summary", f"{expiry.title} · {expiry.place.name}")
    address = f"{settings.BASE_URL}{expiry.get_absolute_url()}"
    event.add("description", _("Counts until then. Open it in Milepost: %(address)s") % {"address": address})
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event


def _event(item: WorkItem) -> Event:
    event = Event()
    event.add("uid", _uid("work", item.pk))
    event.add("dtstamp", item.opened_at)
    event.add("dtstart", item.due_at)
    place = item.place.name if item.place else ""
    event.add("summary", f"{item.title} · {place}" if place else str(item.title))
    address = f"{settings.BASE_URL}{item.get_absolute_url()}"
    event.add("description", _("Due then. Open it in Milepost: %(address)s") % {"address": address})
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event

"""Deadlines as an iCalendar document (RFC 5545)."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cases.models import WorkItem

REFRESH = timedelta(hours=1)


def calendar_of_work(items: Iterable[WorkItem], *, on_hold: Collection[UUID]) -> bytes:
    """One event at the due moment of each piece of work, in UTC; tentative where the case is on hold.

    The same work keeps its UID when its date moves, and the document's bytes change only with the work.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Milepost//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("name", _("Milepost deadlines"))
    calendar.add("x-wr-calname", _("Milepost deadlines"))
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    for item in items:
        event = _event(item)
        if item.case_id in on_hold:
            event.add("status", "TENTATIVE")
        calendar.add_component(event)
    return calendar.to_ical()


def _event(item: WorkItem) -> Event:
    event = Event()
    event.add("uid", f"work-{item.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", item.opened_at)
    event.add("dtstart", item.due_at)
    place = item.place.name if item.place else ""
    event.add("summary", f"{item.title} · {place}" if place else str(item.title))
    address = f"{settings.BASE_URL}{item.get_absolute_url()}"
    event.add("description", _("Due then. Open it in Milepost: %(address)s") % {"address": address})
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event

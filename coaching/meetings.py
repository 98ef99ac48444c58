"""Who is asked to the sessions of an engagement, which one comes next, and when the last contact was."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from cases.deadlines import calendar_of
from coaching.enums import SessionStatus
from coaching.models import Engagement, Session
from core.models import AuditEvent
from people.enums import UserKind
from people.models import Affiliation, User
from people.roles import CITY_ROLES, PARTNER_ROLES


def people_of(engagement: Engagement, *, now: datetime, of_the_city: bool = False) -> QuerySet[User]:
    """Who belongs to an engagement now: the people of the city and, unless left out, of the partner."""
    places = [engagement.case.city.organization_id]
    if not of_the_city:
        places.append(engagement.partner_id)
    serving = Affiliation.objects.active(calendar_of(engagement.partner).local_day(now))
    found = serving.filter(organization__in=places, role__in=CITY_ROLES | PARTNER_ROLES)
    people = User.objects.filter(is_active=True, kind=UserKind.PERSON, pk__in=found.values("person"))
    return people.order_by("name", "pk")


def next_sessions(engagements: Iterable[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Session]:
    """The next planned session of each engagement that has one; a single query."""
    upcoming = Session.objects.planned().filter(engagement__in=list(engagements), starts_at__gte=now)
    first = upcoming.order_by("engagement_id", "starts_at", "pk").distinct("engagement_id")
    return {session.engagement_id: session for session in first}


def last_contacts(engagements: Iterable[uuid.UUID]) -> dict[uuid.UUID, date]:
    """The day of the last session held with each city, or of the kick-off where there was none since."""
    held = Max("sessions__held_on", filter=Q(sessions__status=SessionStatus.HELD))
    rows = Engagement.objects.filter(pk__in=list(engagements)).order_by().annotate(last_held_on=held)
    contacts = rows.values_list("pk", "kicked_off_on", "last_held_on")
    return {pk: max(filter(None, days)) for pk, *days in contacts if any(days)}


def last_change_of(session: Session) -> AuditEvent | None:
    """Who moved it or changed what is planned of it last, and when."""
    changes = AuditEvent.objects.filter(action="coaching.session_changed", target_id=str(session.pk))
    return changes.select_related("actor").first()

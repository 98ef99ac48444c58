"""Memberships that changed, said to those whom it concerns: the person, and the program for a city's lead."""

from datetime import datetime

from django.urls import reverse

from cases.deadlines import program_calendar
from cases.models import Case
from cases.selectors import managers_of
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Words
from people.enums import Role
from people.models import Affiliation, User
from people.roles import PROGRAM_ROLES
from workflows.wordings import access

CHANGED = "people.membership_changed"
NEW_LEAD = "people.city_lead_made"


def tell_of_change(ended: Affiliation, begun: Affiliation | None, *, by: User, now: datetime) -> None:
    """Whoever lost a role or got another learns who decided it; a new lead of a city is made known."""
    if ended.person != by:
        words, url = _words_for_the_person(ended, begun, by), reverse("workflows:desk")
        notify(kind=CHANGED, subject=words.subject, text=words.text, url=url, now=now, person=ended.person)
    if begun is not None and begun.role == Role.CITY_LEAD and not by.has_role(*PROGRAM_ROLES):
        _tell_program(begun, by=by, now=now)


def _words_for_the_person(ended: Affiliation, begun: Affiliation | None, by: User) -> Words:
    values = {"who": by.name, "organization": ended.organization.name, "old": ended.get_role_display()}
    if begun is None:
        return say(access.ROLE_ENDED, values)
    return say(access.ROLE_CHANGED, values | {"new": begun.get_role_display()})


def _tell_program(lead: Affiliation, *, by: User, now: datetime) -> None:
    """That somebody new speaks for a city is for the program to know."""
    case = Case.objects.running().filter(city__organization=lead.organization_id).first()
    values = {"who": by.name, "name": lead.person.name, "city": lead.organization.name}
    words = say(access.CITY_LEAD_MADE, values)
    url = reverse("workflows:membership-detail", args=[lead.organization.slug, lead.role, lead.person.email])
    for reader in managers_of(case, on=program_calendar().local_day(now)):
        notify(kind=NEW_LEAD, subject=words.subject, text=words.text, url=url, now=now, person=reader)

"""Memberships that changed, said to those whom it concerns: the person, and the program for a city's lead."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.models import Case
from cases.selectors import managers_of
from notifications.services import notify
from people.enums import Role
from people.models import Affiliation, User
from people.roles import PROGRAM_ROLES

CHANGED = "people.membership_changed"
NEW_LEAD = "people.city_lead_made"


def tell_of_change(ended: Affiliation, begun: Affiliation | None, *, by: User, now: datetime) -> None:
    """Whoever lost a role or got another learns who decided it; a new lead of a city is made known."""
    if ended.person != by:
        subject, text = _words_for_the_person(ended, begun, by)
        url = reverse("workflows:desk")
        notify(kind=CHANGED, subject=subject, text=text, url=url, now=now, person=ended.person)
    if begun is not None and begun.role == Role.CITY_LEAD and not by.has_role(*PROGRAM_ROLES):
        _tell_program(begun, by=by, now=now)


def _words_for_the_person(ended: Affiliation, begun: Affiliation | None, by: User) -> tuple[str, str]:
    values = {"who": by.name, "organization": ended.organization.name, "old": ended.get_role_display()}
    if begun is None:
        subject = _("You are no longer %(old)s of %(organization)s")
        text = _(
            "%(who)s has ended your role as %(old)s of %(organization)s today. If you think that this is a "
            "mistake, ask them or the program office."
        )
    else:
        values |= {"new": begun.get_role_display()}
        subject = _("You are now %(new)s of %(organization)s")
        text = _("%(who)s has changed your role at %(organization)s from %(old)s to %(new)s today.")
    return subject % values, text % values


def _tell_program(lead: Affiliation, *, by: User, now: datetime) -> None:
    """That somebody new speaks for a city is for the program to know."""
    case = Case.objects.running().filter(city__organization=lead.organization_id).first()
    values = {"who": by.name, "name": lead.person.name, "city": lead.organization.name}
    subject = _("%(name)s now leads %(city)s") % values
    text = _("%(who)s has made %(name)s a lead of %(city)s.") % values
    url = reverse("workflows:membership-detail", args=[lead.organization.slug, lead.role, lead.person.email])
    for reader in managers_of(case, on=program_calendar().local_day(now)):
        notify(kind=NEW_LEAD, subject=subject, text=text, url=url, now=now, person=reader)

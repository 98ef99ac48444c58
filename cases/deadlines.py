"""Due dates by the calendar of the party that owes the work."""

from datetime import datetime

from django.conf import settings

from cases.models import DeadlinePolicy, WorkItem
from cases.steps import PERIODS
from core.calendars import WorkingCalendar, has_calendar
from people.enums import OrganizationKind
from people.models import Organization


def calendar_of(organization: Organization | None) -> WorkingCalendar:
    """The party's working days and zone; what it lacks is taken from the program office."""
    home = program_calendar() if organization is None or not organization.time_zone else None
    if organization is None:
        return home or program_calendar()
    if not has_calendar(organization.country):
        return home or program_calendar()
    zone = home.zone if home else organization.time_zone
    return WorkingCalendar(organization.country, organization.state, zone)


def program_calendar() -> WorkingCalendar:
    office = Organization.objects.filter(kind=OrganizationKind.PROGRAM).order_by("slug").first()
    if office is None:
        return WorkingCalendar("US", zone=settings.TIME_ZONE)
    return WorkingCalendar(office.country, office.state, office.time_zone or settings.TIME_ZONE)


def due_at_for(step: str, *, organization: Organization | None, opened_at: datetime) -> datetime:
    """When the step falls due: 17:00 local time of the owing party, so many working days after it opened."""
    policy = DeadlinePolicy.objects.filter(step=step).first()
    working_days = policy.working_days if policy else PERIODS[step].working_days
    return calendar_of(organization).due_at(opened_at, working_days)


DAYS_BEFORE = 3


def due_before(
    whole: WorkItem | None, step: str, *, organization: Organization | None, opened_at: datetime
) -> datetime:
    """When a part of other work falls due: by its own policy, yet three working days before the whole.

    Where so little time is left that this has passed, on the next working day.
    """
    own = due_at_for(step, organization=organization, opened_at=opened_at)
    if whole is None:
        return own
    calendar = calendar_of(organization)
    latest = max(calendar.shift(whole.due_at, -DAYS_BEFORE), calendar.due_at(opened_at, 1))
    return min(own, latest)

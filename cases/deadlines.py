"""Due dates by the calendar of the party that owes the work, and the policies that they follow."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from cases.enums import RecipientRule
from cases.ladders import DEFAULTS, Rung
from cases.models import DeadlinePolicy, WorkItem
from cases.steps import PERIODS
from core.calendars import WorkingCalendar, has_calendar
from people.enums import OrganizationKind
from people.models import Organization


@dataclass(frozen=True)
class Policy:
    """What holds for a step now: the program's own row, or the default."""

    step: str
    working_days: int
    ladder: tuple[Rung, ...]
    is_own: bool = False


def policy_of(step: str) -> Policy:
    """A row without rungs keeps the default ladder."""
    row = DeadlinePolicy.objects.filter(step=step).prefetch_related("rungs").first()
    return _policy(step, row)


def policies() -> dict[str, Policy]:
    """Every period by its step, in the order of the path."""
    rows = {row.step: row for row in DeadlinePolicy.objects.prefetch_related("rungs")}
    return {step: _policy(step, rows.get(step)) for step in PERIODS}


def _policy(step: str, row: DeadlinePolicy | None) -> Policy:
    default = DEFAULTS.get(step, ())
    if row is None:
        return Policy(step, PERIODS[step].working_days, default)
    own = tuple(Rung(one.days, RecipientRule(one.rule), one.may_wait) for one in row.rungs.all())
    return Policy(step, row.working_days, own or default, is_own=True)


def calendar_of(organization: Organization | None, *, home: WorkingCalendar | None = None) -> WorkingCalendar:
    """The party's working days and zone; what it lacks is taken from the program office.

    Give `home`, the program's own calendar, where many are asked for.
    """
    if organization is None:
        return home or program_calendar()
    closed = frozenset(organization.closed_days)
    if not has_calendar(organization.country):
        return replace(home or program_calendar(), closed=closed)
    zone = organization.time_zone or (home or program_calendar()).zone
    return WorkingCalendar(organization.country, organization.state, zone, closed)


def program_calendar() -> WorkingCalendar:
    office = Organization.objects.filter(kind=OrganizationKind.PROGRAM).order_by("slug").first()
    if office is None:
        return WorkingCalendar("US", zone=settings.TIME_ZONE)
    zone = office.time_zone or settings.TIME_ZONE
    return WorkingCalendar(office.country, office.state, zone, frozenset(office.closed_days))


def due_at_for(step: str, *, organization: Organization | None, opened_at: datetime) -> datetime:
    """When the step falls due: 17:00 local time of the owing party, so many working days after it opened."""
    return calendar_of(organization).due_at(opened_at, policy_of(step).working_days)


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

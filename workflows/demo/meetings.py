"""What the coaches of the demonstration have before them: planned sessions, and one sprint."""

from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from cases.deadlines import calendar_of
from cases.models import Case
from coaching.enums import EngagementStatus, SessionKind
from coaching.meetings import people_of
from coaching.models import Engagement, Meeting, Session, Sprint
from coaching.services import Plan, Record, SprintTerms, set_up_sprint
from core.calendars import WorkingCalendar
from notifications.enums import DeliveryState
from notifications.models import Delivery, Notice
from people.enums import Role
from people.models import Organization, User
from standards.models import Criterion
from workflows import services

HAS_A_DATE = 0.7
SOONEST, LATEST = 2, 12
PLANNED_BEFORE = timedelta(days=2)
AGENDA = "1. What was done since the last session\n2. Where it is stuck\n3. Who does what until the next one"
PLACE = "https://meet.example/"
BEGAN, LASTS = timedelta(days=15), timedelta(days=35)
CITIES_OF_A_SPRINT = 3


def plan_ahead(case: Case, *, now: datetime) -> None:
    """The next session of most engagements under way, planned some days ago; what its mails said is past."""
    running = case.engagements.filter(status=EngagementStatus.ACTIVE, paused_at__isnull=True)
    for engagement in running.select_related("partner", "coach"):
        dice = Random(str(engagement.partner.slug) + case.city.name)  # noqa: S311 -- the same each time
        if engagement.coach and case.open_hold is None and dice.random() < HAS_A_DATE:
            engagement.case = case
            _plan(engagement, engagement.coach, days=dice.randint(SOONEST, LATEST), now=now)


def _plan(engagement: Engagement, coach: User, *, days: int, now: datetime) -> None:
    calendar = calendar_of(engagement.partner)
    leads = people_of(engagement, now=now, of_the_city=True)
    session = services.plan_session(
        engagement_id=engagement.pk,
        plan=Plan(
            kind=SessionKind.COACHING,
            starts_at=_ten_o_clock(now + timedelta(days=days), calendar),
            zone=calendar.zone,
            minutes=60,
            place=f"{PLACE}{engagement.partner.slug}",
            agenda=AGENDA,
            people=list(leads.filter(affiliations__role=Role.CITY_LEAD)),
        ),
        key=key_of("session", engagement.pk),
        by=coach,
        now=now - PLANNED_BEFORE,
    )
    settle_mails([session.pk])


def _ten_o_clock(near: datetime, calendar: WorkingCalendar) -> datetime:
    day = calendar.first_working_day(calendar.local_day(near))
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo(calendar.zone))


def key_of(what: str, of: UUID) -> UUID:
    """The same each time, so that a demonstration begun anew repeats nothing."""
    return uuid5(NAMESPACE_URL, f"{what}:{of}")


def settle_mails(obligations: list[UUID]) -> None:
    """They went out when they were written."""
    told = Delivery.objects.filter(notice__in=Notice.objects.filter(obligation__in=obligations))
    told.filter(state=DeliveryState.QUEUED).update(
        state=DeliveryState.SENT, attempts=1, settled_at=F("next_attempt_at")
    )


@transaction.atomic
def run_a_sprint(*, now: datetime) -> Sprint | None:
    """One sprint in its third week, with a session held and one to come; none where no two cities fit."""
    if Sprint.objects.exists():
        return None
    for partner in Organization.objects.filter(partner_profile__isnull=False).order_by("slug"):
        found = _fitting(partner, now - BEGAN)
        if found:
            return _sprint(partner, *found, now=now)
    return None


def _fitting(partner: Organization, began_at: datetime) -> tuple[list[Engagement], list[Criterion]] | None:
    """Cities that the partner coaches now on one area, and the first criteria of that area."""
    running = Engagement.objects.filter(status=EngagementStatus.ACTIVE, paused_at__isnull=True)
    active = running.filter(partner=partner)
    found = (
        active.filter(coach__isnull=False, offered_at__lte=began_at).for_list().order_by("offered_at", "pk")
    )
    engagements = [one for one in found if one.case.open_hold is None]
    areas = {area for one in engagements for area in one.areas.all()}
    for area in sorted(areas, key=lambda one: (one.code, one.pk)):
        sharing = [one for one in engagements if area in one.areas.all()][:CITIES_OF_A_SPRINT]
        if len(sharing) > 1:
            return sharing, list(area.criteria.order_by("position")[:3])
    return None


def _sprint(
    partner: Organization, engagements: list[Engagement], criteria: list[Criterion], *, now: datetime
) -> Sprint:
    lead = User.objects.get(email=f"lead@{partner.slug}.example")
    began = calendar_of(partner).local_day(now - BEGAN)
    terms = SprintTerms(
        name="Five weeks on one subject",
        goal="Every city shows one thing that it did not have before.",
        begins_on=began,
        ends_on=began + LASTS,
        criteria=criteria,
        engagements=engagements,
    )
    key = key_of("sprint", partner.pk)
    sprint = set_up_sprint(partner=partner, terms=terms, key=key, by=lead, now=now - BEGAN)
    held = _meet(sprint, engagements, lead, at=now - timedelta(days=6), now=now - timedelta(days=13))
    sessions = list(held.sessions.order_by("pk").values_list("pk", flat=True))
    first = held.sessions.order_by("pk")[0]
    services.hold_meeting(
        meeting_id=held.pk,
        record=Record(
            held_on=first.local_start.date() if first.local_start else began,
            minutes=90,
            notes="Each city showed what it has. Until next time: one page on who answers for it.",
            criteria=criteria[:2],
            came=list(first.invitees.values_list("pk", flat=True)),
        ),
        took_part=sessions[:-1],
        by=lead,
        now=now - timedelta(days=2),
    )
    _meet(sprint, engagements, lead, at=now + timedelta(days=6), now=now - timedelta(days=3))
    settle_mails(list(Session.objects.filter(meeting__sprint=sprint).values_list("pk", flat=True)))
    return sprint


def _meet(
    sprint: Sprint, engagements: list[Engagement], lead: User, *, at: datetime, now: datetime
) -> Meeting:
    calendar = calendar_of(sprint.partner)
    invited = [
        person.pk
        for engagement in engagements
        for person in people_of(engagement, now=now, of_the_city=True).filter(
            affiliations__role=Role.CITY_LEAD
        )
    ]
    plan = Plan(
        kind=SessionKind.TRAINING,
        starts_at=_ten_o_clock(at, calendar),
        zone=calendar.zone,
        minutes=90,
        place=f"{PLACE}sprint",
        agenda="What you have, what is missing, and what you do about it until next time.",
        criteria=list(sprint.criteria.all()),
    )
    key = key_of(f"meeting:{at.date()}", sprint.pk)
    return services.plan_meeting(sprint_id=sprint.pk, plan=plan, people=invited, key=key, by=lead, now=now)

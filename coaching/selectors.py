import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Prefetch, Q, QuerySet, Value, When

from cases.deadlines import calendar_of
from cases.enums import Party
from cases.models import Case
from certification.enums import Rating
from certification.models import Assessment
from certification.recency import has_expired
from certification.selectors import result_of
from coaching.enums import RUNNING, EngagementStatus, SessionStatus
from coaching.figures import Figure
from coaching.models import Engagement, Measure, Note, Observation, PartnerProfile, Session
from people.enums import Role
from people.models import Affiliation, Organization, User
from standards.models import Criterion, PracticeArea


def shared_coaching(case: Case) -> list[dict[str, Any]]:
    """The part of the coaching that is shared with the city, for the committee's packet."""
    held = Prefetch("sessions", queryset=Session.objects.held())
    shared = Prefetch("notes", queryset=Note.objects.shared().order_by("written_at"))
    engagements = case.engagements.exclude(status=EngagementStatus.CANCELLED).select_related("partner")
    standing = Observation.objects.standing().select_related("group")
    measured = Prefetch("measures__observations", queryset=standing)
    found = engagements.prefetch_related("areas", "ready", held, shared, "objectives__criteria", measured)
    return [_as_data(engagement) for engagement in found]


def _as_data(engagement: Engagement) -> dict[str, Any]:
    return {
        "partner": engagement.partner.slug,
        "areas": [area.code for area in engagement.areas.all()],
        "goal": engagement.goal,
        "status": engagement.status,
        "summary": engagement.summary,
        "believed_ready": [criterion.code for criterion in engagement.ready.all()],
        "sessions": [
            {"held_on": one.held_on.isoformat(), "minutes": one.minutes, "kind": one.kind, "notes": one.notes}
            for one in engagement.sessions.all()
            if one.held_on
        ],
        "notes": [
            {"written_at": one.written_at.isoformat(), "text": one.text} for one in engagement.notes.all()
        ],
        "objectives": [
            {"text": one.text, "criteria": [criterion.code for criterion in one.criteria.all()]}
            for one in engagement.objectives.all()
        ],
        "measures": [_measure_as_data(measure) for measure in engagement.measures.all()],
    }


def _measure_as_data(measure: Measure) -> dict[str, Any]:
    values = {"baseline": measure.baseline_value, "target": measure.target_value}
    return {
        "name": measure.name,
        "kind": measure.kind,
        "unit": measure.unit,
        "direction": measure.direction,
        "about": measure.about,
        **{name: None if value is None else Figure(value).code for name, value in values.items()},
        "observations": [
            {
                "when": one.period.code,
                "value": one.figure.code,
                "group": one.group.name if one.group else "",
                "targeted": bool(one.group and one.group.is_targeted),
                "source": one.source,
            }
            for one in measure.observations.all()
        ],
    }


def area_codes_with_gaps(assessment: Assessment) -> list[str]:
    """Practice areas in which not every criterion is validated as met, in the order of the standard."""
    return [area.code for area in result_of(assessment).by_area if area.met < area.of]


@dataclass(frozen=True)
class AreaGap:
    """A practice area in which something is left to reach: not met, or met on evidence that is too old."""

    area: PracticeArea
    met: int
    of: int
    missing: list[Criterion]
    expired: list[Criterion]

    @property
    def criteria(self) -> list[Criterion]:
        return sorted([*self.missing, *self.expired], key=lambda one: one.position)


def gaps_of(assessment: Assessment, *, today: date | None = None) -> list[AreaGap]:
    """The validated result's gaps, area by area in the order of the standard.

    With a day, what is met but has a recency window that has run out by then is a gap, too.
    """
    score = result_of(assessment)
    by_area = {area.code: area for area in score.by_area}
    old = _expired(assessment, on=today) if today else set()
    areas = assessment.case.standard.areas.prefetch_related("criteria")
    gaps = [
        AreaGap(
            area=area,
            met=by_area[area.code].met,
            of=by_area[area.code].of,
            missing=[one for one in area.criteria.all() if one.code not in score.counted],
            expired=[one for one in area.criteria.all() if one.code in score.counted and one.pk in old],
        )
        for area in areas
    ]
    return [gap for gap in gaps if gap.criteria]


def _expired(assessment: Assessment, *, on: date) -> set[uuid.UUID]:
    """The criteria that were validated as met on evidence which is too old by that day."""
    met = assessment.responses.filter(settlement__outcome=Rating.MET, criterion__need__isnull=False)
    answers = met.select_related("criterion", "assessment").prefetch_related("ticked", "evidence")
    return {one.criterion_id for one in answers if has_expired(one, on=on)}


def partners_for(area_codes: Sequence[str]) -> QuerySet[PartnerProfile]:
    """Partners that coach at least one of the areas."""
    return PartnerProfile.objects.filter(area_codes__overlap=area_codes).select_related("organization")


def other_partners_for(engagement: Engagement) -> QuerySet[Organization]:
    """The partners that coach every area of the engagement, save the one that has it."""
    codes = list(engagement.areas.values_list("code", flat=True))
    able = PartnerProfile.objects.filter(area_codes__contains=codes).exclude(organization=engagement.partner)
    return Organization.objects.filter(pk__in=able.values("organization")).order_by("name")


def with_running(profiles: QuerySet[PartnerProfile]) -> QuerySet[PartnerProfile]:
    """Each with `running`, the engagements that it has accepted and not closed, and `offered`, unanswered."""
    running = Q(organization__engagements__status__in=RUNNING)
    offered = Q(organization__engagements__status=EngagementStatus.OFFERED)
    return profiles.annotate(
        running=Count("organization__engagements", filter=running, distinct=True),
        offered=Count("organization__engagements", filter=offered, distinct=True),
    )


def coaches_of(partner: Organization, *, today: date) -> QuerySet[Any]:
    """The partner's coaches, each with `running`, the number of engagements that they coach now."""
    serving = Affiliation.objects.active(today).filter(organization=partner, role=Role.COACH)
    found = User.objects.filter(is_active=True, pk__in=serving.values("person"))
    running = Count("engagements", filter=Q(engagements__status__in=RUNNING), distinct=True)
    return found.annotate(running=running).order_by("name", "pk")


def practice_areas() -> dict[str, str]:
    """The names of all published standards' practice areas by code; the newest standard's name holds."""
    published = PracticeArea.objects.filter(standard__published_at__isnull=False)
    return dict(published.order_by("standard__effective_on", "position").values_list("code", "name"))


@dataclass(frozen=True)
class Hand:
    """Somebody at work in an engagement, and for whom."""

    person: User
    party: Party
    organization: Organization


HANDS = {Party.CITY: (Role.CITY_LEAD, Role.CITY_CONTRIBUTOR), Party.PARTNER: (Role.COACH, Role.PARTNER_LEAD)}


def hands_of(engagement: Engagement, *, now: datetime) -> list[Hand]:
    """The city's and the partner's people who can owe something in an engagement, by party and name."""
    sides = {Party.CITY: engagement.case.city.organization, Party.PARTNER: engagement.partner}
    found: dict[int, Hand] = {}
    for party, organization in sides.items():
        day = calendar_of(organization).local_day(now)
        serving = Affiliation.objects.active(day).filter(organization=organization, role__in=HANDS[party])
        held = serving.filter(person__is_active=True).select_related("person")
        for one in held.order_by("person__name", "person"):
            found.setdefault(one.person_id, Hand(one.person, party, organization))
    return list(found.values())


def engagements_for(user: User) -> QuerySet[Engagement]:
    """The engagements whose coaching this person reads, with `own`, `position`, `held` and `last_held_on`."""
    order = [When(status=status, then=Value(place)) for place, status in enumerate(EngagementStatus.values)]
    return (
        Engagement.objects.readable_by(user)
        .for_list()
        .annotate(
            own=models.Case(When(coach=user, then=Value(0)), default=Value(1)),
            position=models.Case(*order, default=Value(len(order))),
            held=Count("sessions", filter=Q(sessions__status=SessionStatus.HELD)),
            last_held_on=Max("sessions__held_on"),
            city_name=F("case__city__organization__name"),
        )
    )

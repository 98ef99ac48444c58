"""Many engagements of one partner at once, written straight into the rows; each in a case of its own city."""

import itertools
from datetime import timedelta
from typing import Any

from cases.models import Case, Participation
from certification.models import Assessment, Response, Settlement
from coaching.models import CoachingPlan, Engagement
from people.enums import Role
from people.models import Affiliation, User
from tests.scenes import SINCE, Scene, make_cities

_numbers = itertools.count(20_000, 1_000)


def many_engagements(scene: Scene, count: int, **facts: Any) -> list[Engagement]:
    """Of the first partner, on the first area; `facts` are columns of the engagements."""
    now = scene.now - timedelta(days=30)
    cases = Case.objects.bulk_create(
        Case(
            city=city,
            standard=scene.standard,
            kind="first",
            cohort_year=2025,
            stage="coaching",
            stage_entered_at=now,
            opened_at=now,
            opened_by=scene.manager,
        )
        for city in make_cities(count, start=next(_numbers))
    )
    rounds = Assessment.objects.bulk_create(
        Assessment(
            case=case, round=1, status="released", opened_at=now, released_at=now, released_by=scene.manager
        )
        for case in cases
    )
    plans = CoachingPlan.objects.bulk_create(
        CoachingPlan(case=one.case, assessment=one, made_at=now, made_by=scene.manager) for one in rounds
    )
    columns = {"status": "accepted", "responded_at": now, "responded_by": scene.partner.lead} | facts
    made = Engagement.objects.bulk_create(
        Engagement(
            case=plan.case,
            plan=plan,
            partner=scene.partner.organization,
            goal="An inventory that people use.",
            offered_at=now,
            offered_by=scene.manager,
            **columns,
        )
        for plan in plans
    )
    area = scene.standard.areas.get(code="DM")
    Engagement.areas.through.objects.bulk_create(
        Engagement.areas.through(engagement=one, practicearea=area) for one in made
    )
    _read_results(scene, rounds)
    return made


def _read_results(scene: Scene, rounds: list[Assessment]) -> None:
    """One of two criteria of the area is met, and the partner may read it."""
    criteria = list(scene.standard.criteria.filter(area__code="DM"))
    answers = Response.objects.bulk_create(
        Response(assessment=one, criterion=criterion, status="settled")
        for one in rounds
        for criterion in criteria
    )
    Settlement.objects.bulk_create(
        Settlement(
            response=one,
            outcome="met" if one.criterion.code == "DM1" else "not_met",
            settled_at=scene.now,
            settled_by=scene.manager,
        )
        for one in answers
    )
    parts = Participation.objects.bulk_create(
        Participation(
            case=one.case,
            role="coach",
            organization=scene.partner.organization,
            since=scene.now - timedelta(days=30),
        )
        for one in rounds
    )
    Participation.areas.through.objects.bulk_create(
        Participation.areas.through(participation=one, practicearea=criteria[0].area) for one in parts
    )


def coached_by(coach: User, scene: Scene) -> dict[str, Any]:
    """The columns of an engagement under way with this coach."""
    now = scene.now - timedelta(days=20)
    return {
        "status": "active",
        "coach": coach,
        "coach_assigned_at": now,
        "coach_assigned_by": scene.partner.lead,
        "kicked_off_on": now.date(),
        "kicked_off_at": now,
        "kicked_off_by": coach,
    }


def worked_for_the_city(person: User, engagement: Engagement, **term: Any) -> None:
    """The coach worked for the engagement's city government."""
    organization = engagement.case.city.organization
    Affiliation.objects.create(
        person=person, organization=organization, role=Role.CITY_CONTRIBUTOR, since=SINCE, **term
    )

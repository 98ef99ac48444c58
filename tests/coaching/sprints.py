"""A sprint of one partner with two cities, which must not learn of each other."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from coaching.enums import EngagementStatus
from coaching.models import Engagement, Meeting, Sprint
from coaching.services import SprintTerms, set_up_sprint
from tests.coaching.sessions import plan_for
from tests.scenes import Scene
from workflows import services


def coach_the_other_city(scene: Scene) -> Engagement:
    """The partner coaches Newark, too, on the same area."""
    first = scene.engagement()
    case = type(scene.case).objects.create(
        city=scene.other_city,
        standard=scene.standard,
        kind="first",
        cohort_year=2025,
        stage="coaching",
        stage_entered_at=scene.now,
        opened_at=scene.now,
        opened_by=scene.manager,
    )
    second = Engagement.objects.create(
        case=case,
        plan=first.plan,
        partner=first.partner,
        status=EngagementStatus.ACTIVE,
        coach=scene.partner.second_coach,
        offered_at=scene.now,
        offered_by=scene.manager,
    )
    second.areas.set(first.areas.all())
    return second


def terms_for(scene: Scene, **given: Any) -> SprintTerms:
    partner = scene.partner.organization
    values: dict[str, Any] = {
        "name": "Inventory in four weeks",
        "begins_on": scene.today,
        "ends_on": scene.today + timedelta(days=28),
        "criteria": list(scene.standard.criteria.filter(code__in=["DM1", "DM2"])),
        "engagements": list(Engagement.objects.filter(partner=partner, status=EngagementStatus.ACTIVE)),
        "goal": "A first inventory.",
    }
    return SprintTerms(**values | given)


def set_up(scene: Scene, **given: Any) -> Sprint:
    return set_up_sprint(
        partner=scene.partner.organization,
        terms=terms_for(scene, **given),
        key=uuid4(),
        by=scene.partner.lead,
        now=scene.now,
    )


def sprint_with_a_session(scene: Scene) -> None:
    scene.walk_to("work")
    coach_the_other_city(scene)
    meet(scene, set_up(scene))


def meet(scene: Scene, sprint: Sprint, **given: Any) -> Meeting:
    """A session for both cities in a week, with their leads invited."""
    criteria = list(sprint.criteria.all())
    told = {"place": "https://meet.example/all", "people": [], "addresses": []}
    plan = plan_for(scene, criteria=criteria, **told | given)
    return services.plan_meeting(
        sprint_id=sprint.pk,
        plan=plan,
        people=[scene.lead.pk, scene.other_lead.pk],
        key=uuid4(),
        by=scene.partner.lead,
        now=scene.tick(),
    )

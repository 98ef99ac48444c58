from typing import Any

from django.db.models import QuerySet

from cases.models import Case
from certification.models import Assessment
from certification.selectors import result_of
from coaching.enums import EngagementStatus
from coaching.models import Engagement, PartnerProfile
from people.enums import Role
from people.models import Affiliation, Organization, User


def shared_coaching(case: Case) -> list[dict[str, Any]]:
    """The part of the coaching that is shared with the city, for the committee's packet."""
    engagements = case.engagements.exclude(status=EngagementStatus.CANCELLED).select_related("partner")
    return [_as_data(engagement) for engagement in engagements.prefetch_related("areas", "sessions")]


def _as_data(engagement: Engagement) -> dict[str, Any]:
    return {
        "partner": engagement.partner.slug,
        "areas": [area.code for area in engagement.areas.all()],
        "goal": engagement.goal,
        "status": engagement.status,
        "summary": engagement.summary,
        "sessions": [
            {"held_on": one.held_on.isoformat(), "minutes": one.minutes, "kind": one.kind, "notes": one.notes}
            for one in engagement.sessions.all()
        ],
    }


def area_codes_with_gaps(assessment: Assessment) -> list[str]:
    """Practice areas in which not every criterion is validated as met, in the order of the standard."""
    return [area.code for area in result_of(assessment).by_area if area.met < area.of]


def partners_for(area_codes: list[str]) -> QuerySet[PartnerProfile]:
    """Partners that coach at least one of the areas."""
    return PartnerProfile.objects.filter(area_codes__overlap=area_codes).select_related("organization")


def coaches_of(partner: Organization, *, today: Any) -> QuerySet[User]:
    serving = Affiliation.objects.active(today).filter(organization=partner, role=Role.COACH)
    return User.objects.filter(is_active=True, affiliations__in=serving).distinct().order_by("name", "pk")

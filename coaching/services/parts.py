"""The part that a partner and its coaches take in a case: what they may read is read from it."""

from datetime import datetime

from cases.enums import ParticipationRole
from cases.models import Participation
from cases.services import begin_participation, end_participations
from coaching.enums import RUNNING
from coaching.models import Engagement
from people.models import User
from standards.models import PracticeArea


def begin_part(
    engagement: Engagement, *, by: User, now: datetime, person: User | None = None
) -> Participation:
    """The partner, or one of its coaches, takes part in the areas of the engagement from now on."""
    return begin_participation(
        case=engagement.case,
        role=ParticipationRole.COACH,
        person=person,
        organization=engagement.partner,
        areas=engagement.areas.all(),
        by=by,
        now=now,
    )


def end_part_of_partner(engagement: Engagement, *, by: User, now: datetime) -> None:
    """The partner's rights in the case end, but for areas that it still coaches in another engagement."""
    case, partner = engagement.case, engagement.partner
    running = case.engagements.filter(partner=partner, status__in=RUNNING).exclude(pk=engagement.pk)
    coached = PracticeArea.objects.filter(pk__in=running.values("areas"))
    parts = case.participations.filter(
        role=ParticipationRole.COACH, organization=partner, until__isnull=True
    ).prefetch_related("areas")
    over = [part for part in parts if not set(part.areas.all()) <= set(coached)]
    end_participations(participations=over, by=by, now=now)

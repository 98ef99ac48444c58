"""Who is asked to coach which criteria of a case already, so that nothing is coached twice by a slip."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from cases.models import Case
from coaching.enums import RUNNING, EngagementStatus
from coaching.models import CoachingPlan, Engagement
from people.models import Organization
from standards.models import Criterion

ASKED = (EngagementStatus.OFFERED, *RUNNING)


@dataclass(frozen=True)
class Taken:
    """Criteria that a partner is asked to coach, coaches, or has coached; `codes` by the criterion's key."""

    partner: Organization
    codes: dict[uuid.UUID, str]
    words: str
    # Whether the partner has it in hand now.
    is_open: bool = True
    # Whether it belongs to the plan at hand, or is still open; what an earlier plan had coached may be again.
    counts: bool = True

    def shared(self, criteria: Sequence[Criterion]) -> list[str]:
        return [one.code for one in criteria if one.pk in self.codes]


def taken_in(case: Case, *, plan: CoachingPlan | None = None) -> list[Taken]:
    """What is neither declined nor called off in the case, the oldest first."""
    found = case.engagements.filter(status__in=[*ASKED, EngagementStatus.CLOSED]).order_by("offered_at", "pk")
    rows = found.select_related("partner").prefetch_related("criteria", "areas__criteria")
    return [_taken(one, plan) for one in rows]


def _taken(engagement: Engagement, plan: CoachingPlan | None) -> Taken:
    named = list(engagement.criteria.all())
    criteria = named or [one for area in engagement.areas.all() for one in area.criteria.all()]
    is_open = engagement.status in ASKED
    same_plan = plan is not None and engagement.plan_id == plan.pk
    if engagement.status == EngagementStatus.OFFERED:
        words = _("offered to %(partner)s")
    elif is_open:
        words = _("coached by %(partner)s")
    else:
        words = _("coached before by %(partner)s")
    return Taken(
        partner=engagement.partner,
        codes={one.pk: one.code for one in criteria},
        words=words % {"partner": engagement.partner},
        is_open=is_open,
        counts=is_open or same_plan,
    )


def overlaps(taken: Sequence[Taken], partner: Organization, criteria: Sequence[Criterion]) -> list[str]:
    """What an offer would have coached twice, and what the partner has in hand already, in words."""
    found = []
    for one in taken:
        codes = one.shared(criteria) if one.counts else []
        if codes:
            values = {"codes": get_text_list(codes, _("and")), "words": one.words, "partner": partner}
            text = _("%(codes)s would be coached twice: %(words)s, and now offered to %(partner)s.")
            if one.partner == partner:
                text = _("%(codes)s would be coached twice: %(words)s already.")
            found.append(text % values)
        elif one.is_open and one.partner == partner:
            found.append(_("%(partner)s has an engagement in this case already.") % {"partner": partner})
    return found

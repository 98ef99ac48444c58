"""From the plan to the city's feedback. The caller in `workflows` holds the case lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import ParticipationRole
from cases.errors import ReasonNeeded
from cases.models import Case
from cases.services import end_participations
from cases.services.case import require
from certification.models import Assessment
from coaching.assigning import may_not_coach
from coaching.enums import EngagementStatus
from coaching.models import CoachingPlan, Engagement, PartnerProfile
from coaching.overlaps import overlaps, taken_in
from coaching.selectors import gaps_of
from coaching.services.actions import end_action_items
from coaching.services.parts import begin_part, end_part_of_partner
from coaching.services.pausing import require_not_paused
from coaching.services.transfers import end_transfer
from coaching.transitions import TABLE, Action
from core import audit
from core.errors import InvalidInput, WrongState
from core.models import AuditEvent
from core.pagekit_dates import day_in_words
from core.transitions import advance, authorize
from people.enums import Role
from people.models import Organization, User
from people.permissions import Permission
from standards.models import Criterion, PracticeArea


@dataclass(frozen=True)
class Offer:
    """One engagement to be offered: on these criteria, or on every gap of these areas."""

    partner: Organization
    areas: Sequence[PracticeArea] = ()
    goal: str = ""
    criteria: Sequence[Criterion] = ()
    until_on: date | None = None
    # Who plans by hand is warned of what would be coached twice, and says whether that is meant.
    may_overlap: bool = True


def make_plan(
    *, assessment: Assessment, offers: Sequence[Offer], reason_for_none: str, by: User, now: datetime
) -> CoachingPlan:
    """Decide which partners are asked to coach which gaps; a plan without any needs a reason."""
    case = assessment.case
    require(by, Permission.PLAN_COACHING, case)
    if not offers and not reason_for_none.strip():
        raise ReasonNeeded(errors={"reason_for_none": [_("Say why nobody coaches the city this time.")]})
    plan = CoachingPlan.objects.create(
        case=case,
        assessment=assessment,
        reason_for_none="" if offers else reason_for_none.strip(),
        made_at=now,
        made_by=by,
    )
    audit.record(
        "coaching.plan_made", by=by, target=plan, now=now, dossier=case.pk, new={"engagements": len(offers)}
    )
    _make_offers(plan, offers, by=by, now=now)
    return plan


def _make_offers(plan: CoachingPlan, offers: Sequence[Offer], *, by: User, now: datetime) -> list[Engagement]:
    """Offer one after the other; what would be coached twice unasked is refused for all of them at once."""
    made, twice = [], []
    for offer in offers:
        taken = [] if offer.may_overlap else taken_in(plan.case, plan=plan)
        twice += overlaps(taken, offer.partner, _criteria_of(plan, offer, now=now)) if taken else []
        made.append(_offer(plan, offer, by=by, now=now))
    if twice:
        raise InvalidInput(errors={"twice": twice})
    return made


def _offer(plan: CoachingPlan, offer: Offer, *, by: User, now: datetime) -> Engagement:
    criteria = _criteria_of(plan, offer, now=now)
    areas = _areas_of(offer)
    _require_coachable(offer, areas)
    _require_later(offer.until_on, now=now)
    engagement = Engagement.objects.create(
        case=plan.case,
        plan=plan,
        partner=offer.partner,
        goal=offer.goal.strip(),
        until_on=offer.until_on,
        offered_at=now,
        offered_by=by,
    )
    engagement.areas.set(areas)
    engagement.criteria.set(criteria)
    new = {
        "partner": offer.partner.slug,
        "areas": [area.code for area in areas],
        "criteria": [one.code for one in criteria],
        "until": offer.until_on.isoformat() if offer.until_on else None,
    }
    audit.record(
        "coaching.engagement_offered", by=by, target=engagement, now=now, dossier=plan.case_id, new=new
    )
    return engagement


def _criteria_of(plan: CoachingPlan, offer: Offer, *, now: datetime) -> list[Criterion]:
    """Those named, which must be gaps of the plan's round; else every gap of the offer's areas."""
    day = calendar_of(None).local_day(now)
    gaps = [one for gap in gaps_of(plan.assessment, today=day) for one in gap.criteria]
    if not offer.criteria:
        return [one for one in gaps if one.area_id in {area.pk for area in offer.areas}]
    if foreign := [one.code for one in offer.criteria if one not in gaps]:
        text = _("%(codes)s: met already; choose among the gaps.") % {"codes": ", ".join(foreign)}
        raise InvalidInput(errors={"criteria": [text]})
    return list(offer.criteria)


def _areas_of(offer: Offer) -> list[PracticeArea]:
    """The areas that the criteria lie in, where there are criteria."""
    if not offer.criteria:
        return list(offer.areas)
    return sorted({one.area for one in offer.criteria}, key=lambda area: area.position)


def _require_coachable(offer: Offer, areas: Sequence[PracticeArea]) -> None:
    profile = PartnerProfile.objects.filter(organization=offer.partner).first()
    if profile is None:
        raise InvalidInput(errors={"partner": [_("%(name)s is not a partner.") % {"name": offer.partner}]})
    if not areas:
        raise InvalidInput(errors={"areas": [_("Choose at least one practice area.")]})
    foreign = [area.name for area in areas if area.code not in profile.area_codes]
    if foreign:
        field = "criteria" if offer.criteria else "areas"
        values = {"name": offer.partner, "areas": ", ".join(foreign)}
        raise InvalidInput(errors={field: [_("%(name)s does not coach %(areas)s.") % values]})


def _require_later(until_on: date | None, *, now: datetime) -> None:
    if until_on is not None and until_on <= calendar_of(None).local_day(now):
        raise InvalidInput(errors={"until_on": [_("Choose a day that is still to come.")]})


def accept_engagement(*, engagement: Engagement, by: User, now: datetime) -> Engagement:
    """Take the engagement on; from now on the partner's people read what it coaches."""
    row = TABLE[Action.ACCEPT]
    authorize(row, engagement, by=by)
    engagement.responded_at, engagement.responded_by = now, by
    begin_part(engagement, by=by, now=now)
    return _advance(Action.ACCEPT, engagement, by=by, now=now)


def _advance(action: Action, engagement: Engagement, *, by: User, now: datetime, **new: object) -> Engagement:
    change = {"partner": engagement.partner.slug} | new
    return advance(TABLE[action], engagement, by=by, now=now, dossier=engagement.case_id, new=change)


def decline_engagement(*, engagement: Engagement, reason: str, by: User, now: datetime) -> Engagement:
    """Turn the offer down with a reason; the program mends the plan."""
    authorize(TABLE[Action.DECLINE], engagement, by=by)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say why, so that the program can find another partner.")]})
    engagement.responded_at, engagement.responded_by = now, by
    engagement.decline_reason = reason.strip()
    return _advance(Action.DECLINE, engagement, by=by, now=now)


def assign_coach(*, engagement: Engagement, coach: User, by: User, now: datetime) -> Engagement:
    """Name the coach, who must be a coach of the partner now."""
    authorize(TABLE[Action.ASSIGN_COACH], engagement, by=by)
    _require_coach(engagement, coach, now=now)
    require_not_paused(engagement)
    _begin_coaching(engagement, coach, by=by, now=now)
    return _advance(Action.ASSIGN_COACH, engagement, by=by, now=now, coach=coach.email)


def _require_coach(engagement: Engagement, coach: User, *, now: datetime) -> None:
    if engagement.partner_id not in coach.organizations_as(Role.COACH) or not coach.is_active:
        text = _("%(name)s is not a coach of %(partner)s.")
        raise InvalidInput(errors={"coach": [text % {"name": coach, "partner": engagement.partner}]})
    if may_not_coach([coach], [engagement], now=now):
        text = _("%(name)s works for %(city)s, or did within three years, and can't coach it.")
        raise InvalidInput(errors={"coach": [text % {"name": coach, "city": engagement.case.city}]})


def _begin_coaching(engagement: Engagement, coach: User, *, by: User, now: datetime) -> None:
    engagement.coach = coach
    engagement.coach_assigned_at, engagement.coach_assigned_by = now, by
    begin_part(engagement, person=coach, by=by, now=now)


def change_coach(*, engagement: Engagement, coach: User | None, by: User, now: datetime) -> Engagement:
    """Hand a running engagement to another coach of the partner, or to none until its lead names one."""
    if coach is not None:
        _require_coach(engagement, coach, now=now)
    end_transfer(engagement=engagement, by=by, now=now)
    leaving = engagement.coach
    parts = engagement.case.participations.filter(
        role=ParticipationRole.COACH, person=leaving, organization=engagement.partner, until__isnull=True
    )
    if leaving is not None:
        end_participations(participations=parts, by=by, now=now)
    engagement.coach = None
    if coach is not None:
        _begin_coaching(engagement, coach, by=by, now=now)
    engagement.save(update_fields=["coach", "coach_assigned_at", "coach_assigned_by"])
    change = {"partner": engagement.partner.slug, "coach": coach.email if coach else None}
    audit.record(
        "coaching.coach_changed", by=by, target=engagement, now=now, dossier=engagement.case_id, new=change
    )
    return engagement


def kick_off(*, engagement: Engagement, held_on: date, by: User, now: datetime) -> Engagement:
    authorize(TABLE[Action.KICK_OFF], engagement, by=by)
    require_true_day(held_on, engagement, now)
    require_not_paused(engagement)
    engagement.kicked_off_on = held_on
    engagement.kicked_off_at, engagement.kicked_off_by = now, by
    return _advance(Action.KICK_OFF, engagement, by=by, now=now)


def require_true_day(held_on: date, engagement: Engagement, now: datetime) -> None:
    """Something was held neither in the future nor before the partner was asked."""
    calendar = calendar_of(engagement.partner)
    if held_on > calendar.local_day(now):
        raise InvalidInput(
            errors={"held_on": [_("This day is in the future; log it when it has been held.")]}
        )
    first = calendar.local_day(_known_since(engagement))
    if held_on < first:
        text = _("The engagement began later: choose %(day)s or a day after it.")
        raise InvalidInput(errors={"held_on": [text % {"day": day_in_words(first)}]})


def _known_since(engagement: Engagement) -> datetime:
    """From the offer on; in a case that was taken over, what happened since the day on record counts too."""
    case = engagement.case
    taken_over = AuditEvent.objects.filter(action="cases.case_taken_over", dossier=case.pk).exists()
    return min(case.opened_at, engagement.offered_at) if taken_over else engagement.offered_at


def finish_work(*, engagement: Engagement, by: User, now: datetime) -> Engagement:
    authorize(TABLE[Action.FINISH_WORK], engagement, by=by)
    require_not_paused(engagement)
    engagement.work_finished_at, engagement.work_finished_by = now, by
    return _advance(Action.FINISH_WORK, engagement, by=by, now=now)


def close_engagement(
    *, engagement: Engagement, summary: str, ready: Sequence[Criterion] = (), by: User, now: datetime
) -> Engagement:
    """End the engagement with the coach's summary, and the criteria that the coach believes to be met now.

    The partner's part in the case ends with it.
    """
    authorize(TABLE[Action.CLOSE], engagement, by=by)
    require_not_paused(engagement)
    if not summary.strip():
        raise ReasonNeeded(errors={"summary": [_("Sum up what was achieved; the city reads it.")]})
    areas = set(engagement.areas.values_list("pk", flat=True))
    if any(criterion.area_id not in areas for criterion in ready):
        raise InvalidInput(errors={"ready": [_("Choose among the criteria of the areas coached.")]})
    engagement.ready.set(ready)
    engagement.summary = summary.strip()
    engagement.closed_at, engagement.closed_by = now, by
    _advance(Action.CLOSE, engagement, by=by, now=now, ready=[one.code for one in ready])
    end_action_items(engagement=engagement, by=by, now=now)
    end_transfer(engagement=engagement, by=by, now=now)
    end_part_of_partner(engagement, by=by, now=now)
    return engagement


def mend_plan(
    *, engagement: Engagement, offer: Offer | None, note: str, by: User, now: datetime
) -> Engagement | None:
    """Settle a declined engagement: offer to another partner (a new engagement), or drop with a reason."""
    authorize(TABLE[Action.MEND_PLAN], engagement, by=by)
    if engagement.mended_at is not None:
        raise WrongState(_("The plan has been mended already."))
    if offer is None and not note.strip():
        raise ReasonNeeded(errors={"note": [_("Say why this is not coached.")]})
    if offer is not None and offer.partner == engagement.partner:
        raise InvalidInput(errors={"partner": [_("This partner declined; choose another.")]})
    engagement.mended_at, engagement.mended_by = now, by
    engagement.mend_note = note.strip()
    _advance(Action.MEND_PLAN, engagement, by=by, now=now, dropped=offer is None)
    return _make_offers(engagement.plan, [offer], by=by, now=now)[0] if offer else None


def all_settled(case: Case) -> bool:
    """Whether no engagement of the case is left to wait for."""
    return not case.engagements.unsettled().exists()


def cancel_engagements(*, case: Case, by: User, now: datetime) -> None:
    """Call off what is not closed when a case ends early."""
    open_ones: Iterable[Engagement] = case.engagements.exclude(
        status__in=[EngagementStatus.CLOSED, EngagementStatus.DECLINED, EngagementStatus.CANCELLED]
    )
    for engagement in open_ones:
        engagement.status = EngagementStatus.CANCELLED
        engagement.paused_at, engagement.paused_by, engagement.pause_reason = None, None, ""
        engagement.save(update_fields=["status", "paused_at", "paused_by", "pause_reason"])
        end_action_items(engagement=engagement, by=by, now=now)
        end_transfer(engagement=engagement, by=by, now=now)
        audit.record("coaching.engagement_cancelled", by=by, target=engagement, now=now, dossier=case.pk)

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.enums import WorkKind
from cases.models import Case
from cases.services import close_work_item, open_work_item
from coaching import services as coaching
from coaching.models import Engagement, Session
from coaching.services import Offer
from people.models import User
from standards.models import Criterion
from workflows import engine
from workflows.services.application import assessment_of
from workflows.services.moves import Move, moving
from workflows.services.sessions import call_off_left_over


def plan_coaching_and_route(
    *, work_item_id: uuid.UUID, offers: Sequence[Offer], reason_for_none: str, by: User, now: datetime
) -> Case:
    """Offer engagements to partners, or none with a reason; without any the city re-assesses at once."""
    with moving(work_item_id, "plan_coaching", by=by, now=now) as move:
        coaching.make_plan(
            assessment=assessment_of(move), offers=offers, reason_for_none=reason_for_none, by=by, now=now
        )
    return move.case


def _engagement_of(move: Move) -> Engagement:
    engagement = Engagement.objects.select_related("partner").get(pk=move.subject)
    engagement.case = move.case
    return engagement


def accept_engagement_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    with moving(work_item_id, "respond", by=by, now=now) as move:
        coaching.accept_engagement(engagement=_engagement_of(move), by=by, now=now)
    return move.case


def decline_engagement_and_route(*, work_item_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    with moving(work_item_id, "respond", by=by, now=now) as move:
        coaching.decline_engagement(engagement=_engagement_of(move), reason=reason, by=by, now=now)
    return move.case


def assign_coach_and_route(*, work_item_id: uuid.UUID, coach: User, by: User, now: datetime) -> Case:
    with moving(work_item_id, "assign_coach", by=by, now=now) as move:
        coaching.assign_coach(engagement=_engagement_of(move), coach=coach, by=by, now=now)
    return move.case


def kick_off_and_route(*, work_item_id: uuid.UUID, held_on: date, by: User, now: datetime) -> Case:
    with moving(work_item_id, "kick_off", by=by, now=now) as move:
        coaching.kick_off(engagement=_engagement_of(move), held_on=held_on, by=by, now=now)
    return move.case


def finish_work_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    with moving(work_item_id, "work", by=by, now=now) as move:
        coaching.finish_work(engagement=_engagement_of(move), by=by, now=now)
    return move.case


def close_engagement_and_route(
    *, work_item_id: uuid.UUID, summary: str, ready: Sequence[Criterion] = (), by: User, now: datetime
) -> Case:
    """Close an engagement and ask the city for feedback; closing the last one moves the case on at once."""
    with moving(work_item_id, "close", by=by, now=now) as move:
        engagement = coaching.close_engagement(
            engagement=_engagement_of(move), summary=summary, ready=ready, by=by, now=now
        )
        left_over = Session.objects.filter(engagement=engagement)
        call_off_left_over(left_over, reason=_("The engagement is closed."), by=by, now=now)
        _end_engagement_step(move, by=by, now=now)
        organization = move.case.city.organization
        open_work_item(
            case=move.case,
            step="feedback",
            kind=WorkKind.FEEDBACK,
            organization=organization,
            subject=engagement.pk,
            by=by,
            now=now,
        )
        _go_on_when_settled(move.case, by=by, now=now)
    return move.case


def mend_plan_and_route(
    *, work_item_id: uuid.UUID, offer: Offer | None, note: str, by: User, now: datetime
) -> Case:
    """Offer to another partner, or drop; when nothing is left to wait for, the case moves on."""
    with moving(work_item_id, "mend_plan", by=by, now=now) as move:
        engagement = coaching.mend_plan(
            engagement=_engagement_of(move), offer=offer, note=note, by=by, now=now
        )
        _end_engagement_step(move, by=by, now=now)
        if engagement is not None:
            engine.start_engagement(engagement, by=by, now=now)
        _go_on_when_settled(move.case, by=by, now=now)
    return move.case


def _end_engagement_step(move: Move, *, by: User, now: datetime) -> None:
    """End the step here, before the case is asked whether everything is settled."""
    engine.complete(move.item, by=by, now=now)
    move.ends = False


def _go_on_when_settled(case: Case, *, by: User, now: datetime) -> None:
    if coaching.all_settled(case):
        engine.receive_engagements_settled(case, by=by, now=now)


def give_feedback_and_close(*, work_item_id: uuid.UUID, by: User, now: datetime, **answers: str) -> Case:
    """Take the city's feedback. It is no step of the flow and may come after the case has ended."""
    with moving(work_item_id, "feedback", by=by, now=now, running=False) as move:
        engagement = _engagement_of(move)
        coaching.give_feedback(engagement=engagement, by=by, now=now, **answers)
        close_work_item(item=move.item, by=by, now=now)
        move.ends = False
    return move.case

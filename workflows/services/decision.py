import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import Stage
from cases.models import Case
from cases.services import close_case, lock_case
from certification.enums import DecisionStatus
from certification.models import Decision
from certification.selectors import tally_of
from certification.services import (
    cast_vote,
    close_vote,
    end_evidence,
    open_packet,
    publish_decision,
    recuse,
    schedule_announcement,
    seat_newcomers,
)
from certification.services.decision import is_due
from coaching.selectors import shared_coaching
from core.errors import NotFound
from people.models import User
from people.services import system_user
from workflows import engine
from workflows.services.application import assessment_of
from workflows.services.moves import Move, moving, publish_status


def open_packet_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    """Freeze the packet and open the vote."""
    with moving(work_item_id, "open_packet", by=by, now=now) as move:
        coaching: list[dict[str, Any]] = shared_coaching(move.case)
        open_packet(assessment=assessment_of(move), coaching=coaching, by=by, now=now)
    return move.case


def _decision_of(move: Move, status: DecisionStatus) -> Decision:
    decision = move.case.decisions.filter(status=status).first()
    if decision is None:
        raise NotFound(_("There is no such decision."))
    return decision


def cast_vote_and_route(
    *, work_item_id: uuid.UUID, choice: str, reason: str, by: User, now: datetime
) -> Case:
    """Cast one vote; the last one closes the vote when the quorum is reached."""
    with moving(work_item_id, "vote", by=by, now=now) as move:
        decision = _decision_of(move, DecisionStatus.VOTING)
        cast_vote(decision=decision, choice=choice, reason=reason, by=by, now=now)
        _close_when_complete(move, decision, by=by, now=now)
    return move.case


def recuse_and_route(*, work_item_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    """Stand aside; the last answer closes the vote when the quorum is reached."""
    with moving(work_item_id, "vote", by=by, now=now) as move:
        decision = _decision_of(move, DecisionStatus.VOTING)
        recuse(decision=decision, reason=reason, by=by, now=now)
        _close_when_complete(move, decision, by=by, now=now)
    return move.case


def _close_when_complete(move: Move, decision: Decision, *, by: User, now: datetime) -> None:
    tally = tally_of(decision)
    move.ends = tally.everyone_answered and tally.quorum_reached
    if move.ends:
        close_vote(decision=decision, by=by, now=now, authorized=True)


def seat_newcomers_and_publish(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    """Seat members who are free now, so that a vote can reach its quorum. The step stays open."""
    with moving(work_item_id, "vote", by=by, now=now) as move:
        seat_newcomers(decision=_decision_of(move, DecisionStatus.VOTING), by=by, now=now)
        move.ends = False
    return move.case


def close_vote_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    """The program closes a vote that has its quorum without waiting for everyone."""
    with moving(work_item_id, "vote", by=by, now=now) as move:
        close_vote(decision=_decision_of(move, DecisionStatus.VOTING), by=by, now=now)
    return move.case


def announce_and_route(*, work_item_id: uuid.UUID, announce_on: date, by: User, now: datetime) -> Case:
    """Set the day and approve the publication; if the day is today the certificate appears at once."""
    with moving(work_item_id, "announce", by=by, now=now) as move:
        decision = _decision_of(move, DecisionStatus.CERTIFY)
        schedule_announcement(decision=decision, announce_on=announce_on, by=by, now=now)
        engine.complete(move.item, by=by, now=now)
        move.ends = False
        if is_due(decision, now=now):
            _publish(move.case, decision, now=now)
    return move.case


def publish_due(*, now: datetime) -> list[Case]:
    """Publish every scheduled decision whose day has come, one transaction each; held cases wait."""
    scheduled = Decision.objects.filter(
        status=DecisionStatus.SCHEDULED, announce_on__lte=program_calendar().local_day(now)
    )
    published = []
    for decision_id, case_id in scheduled.values_list("pk", "case_id"):
        with transaction.atomic():
            case = lock_case(case_id)
            decision = Decision.objects.get(pk=decision_id)
            if (
                decision.status == DecisionStatus.SCHEDULED
                and is_due(decision, now=now)
                and not case.open_hold
            ):
                _publish(case, decision, now=now)
                published.append(publish_status(case, now=now))
    return published


def _publish(case: Case, decision: Decision, *, now: datetime) -> None:
    system = system_user()
    decision.case = case
    publish_decision(decision=decision, by=system, now=now)
    engine.receive_published(case, by=system, now=now)
    end_evidence(case=case, now=now)
    close_case(case=case, stage=Stage.CERTIFIED, by=system, now=now)

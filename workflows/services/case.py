import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from cases.enums import DeclineReason, Stage
from cases.errors import ReasonNeeded
from cases.models import Case
from cases.services import close_case, lift_hold, place_hold, require_not_ended
from cases.services.case import require
from certification.services import cancel_decision, end_delegations
from coaching.services import cancel_engagements
from people.models import User
from people.permissions import Permission
from workflows import engine
from workflows.services.moves import changing


def hold_case(*, case_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    with changing(case_id, by=by, now=now) as case:
        place_hold(case=case, reason=reason, by=by, now=now)
    return case


def resume_case(*, case_id: uuid.UUID, by: User, now: datetime) -> Case:
    """Resume a held case; every open due date moves by the working days of the hold."""
    with changing(case_id, by=by, now=now) as case:
        lift_hold(case=case, by=by, now=now)
    return case


def withdraw_case(*, case_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    """The city leaves the path; possible at any time, also on hold."""
    with changing(case_id, by=by, now=now) as case:
        require(by, Permission.WITHDRAW_CASE, case)
        _stop(case, stage=Stage.WITHDRAWN, decline_reason=None, note=reason, by=by, now=now)
    return case


def end_inactive_case(*, case_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    """The program ends a case in which nothing happens any more."""
    with changing(case_id, by=by, now=now) as case:
        require(by, Permission.END_CASE, case)
        if not reason.strip():
            raise ReasonNeeded(errors={"reason": [_("Say why the case is ended; the city reads it.")]})
        _stop(case, stage=Stage.DECLINED, decline_reason=DeclineReason.INACTIVE, note=reason, by=by, now=now)
    return case


def _stop(
    case: Case, *, stage: Stage, decline_reason: DeclineReason | None, note: str, by: User, now: datetime
) -> None:
    require_not_ended(case)
    cancel_engagements(case=case, by=by, now=now)
    cancel_decision(case=case, by=by, now=now)
    end_delegations(case_id=case.pk, by=by, now=now)
    engine.cancel(case, by=by, now=now)
    close_case(case=case, stage=stage, decline_reason=decline_reason, note=note.strip(), by=by, now=now)

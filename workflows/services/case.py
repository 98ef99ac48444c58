import uuid
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import DeclineReason, ParticipationRole, Stage
from cases.errors import ReasonNeeded
from cases.models import Case
from cases.selectors import managers_of
from cases.services import close_case, lift_hold, place_hold, require_not_ended
from cases.services.case import require
from certification.services import cancel_decision, end_delegations, end_evidence
from coaching.enums import RUNNING, EngagementStatus
from coaching.models import Session
from coaching.services import cancel_engagements
from notifications.selectors import say
from notifications.services import notify
from people.enums import Role
from people.models import User
from people.permissions import Permission
from workflows import engine
from workflows.services.appeals import end_appeals
from workflows.services.handover import members
from workflows.services.moves import changing
from workflows.services.sessions import call_off_left_over
from workflows.wordings import happening

WITHDRAWN = "cases.case_withdrawn"


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
        if not reason.strip():
            raise ReasonNeeded(errors={"reason": [_("Say why your city withdraws; the program reads it.")]})
        program, others = managers_of(case, on=program_calendar().local_day(now)), _at_work_on(case, now=now)
        _stop(case, stage=Stage.WITHDRAWN, decline_reason=None, note=reason, by=by, now=now)
        _tell_of_withdrawal(case, program, others, now=now)
    return case


def _at_work_on(case: Case, *, now: datetime) -> list[User]:
    """The assessors of the case, its coaches, and the leads of the partners that coach or are asked to."""
    people = User.objects.filter(
        is_active=True,
        participations__case=case,
        participations__until__isnull=True,
        participations__role__in=[ParticipationRole.ASSESSOR, ParticipationRole.COACH],
    )
    found = dict.fromkeys(people.distinct().order_by("pk"))
    for engagement in case.engagements.filter(status__in=[*RUNNING, EngagementStatus.OFFERED]):
        today = program_calendar().local_day(now)
        found |= dict.fromkeys(members(engagement.partner, Role.PARTNER_LEAD, on=today))
    return list(found)


def _tell_of_withdrawal(case: Case, program: list[User], others: list[User], *, now: datetime) -> None:
    """The reason is the program's to read; the others learn that nothing more is asked of them."""
    values = {"city": case.city.name, "reason": case.closing_note}
    why, over = say(happening.WITHDRAWN, values), say(happening.WITHDRAWN_TO_OTHERS, values)
    told = dict.fromkeys(others, over) | dict.fromkeys(program, why)
    for person, words in told.items():
        notify(
            kind=WITHDRAWN,
            subject=words.subject,
            text=words.text,
            url=reverse("workflows:case-detail", args=[case.pk]),
            now=now,
            person=person,
            obligation=case.pk,
        )


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
    call_off_left_over(Session.objects.filter(engagement__case=case), reason="", by=by, now=now)
    cancel_decision(case=case, by=by, now=now)
    end_delegations(case_id=case.pk, by=by, now=now)
    end_appeals(case=case, by=by, now=now)
    end_evidence(case=case, now=now)
    engine.cancel(case, by=by, now=now)
    close_case(case=case, stage=stage, decline_reason=decline_reason, note=note.strip(), by=by, now=now)

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.enums import CaseKind, DeclineReason, ParticipationRole, Stage
from cases.errors import CaseClosed, CaseOnHold, CaseOpenAlready, ReasonNeeded
from cases.models import Application, Case, Hold, StageChange, WorkItem
from cases.services.participation import begin_participation, end_participations
from cases.services.work import give_time_back
from cities.models import City
from core import audit
from core.errors import NotAllowed, WrongState
from people.models import User
from people.permissions import Permission
from standards.models import Standard


def require(by: User, permission: Permission, thing: object) -> None:
    """Raise NotAllowed when the person may not do this with the thing."""
    if not by.has_perm(permission, thing):
        raise NotAllowed(_("Your role does not include this. Ask whoever owns it."))


def lock_case(case_id: uuid.UUID) -> Case:
    """The case row, locked until the transaction ends; rows that point at it can still be inserted."""
    return (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .select_related("city__organization", "standard")
        .get(pk=case_id)
    )


def require_not_ended(case: Case) -> None:
    """Raise CaseClosed when the case has ended; drafts may still be saved while it is on hold."""
    if case.closed_at is not None:
        raise CaseClosed(_("It ended as “%(stage)s”.") % {"stage": case.get_stage_display()})


def require_running(case: Case) -> None:
    """Raise CaseClosed or CaseOnHold when nothing may move on this case."""
    require_not_ended(case)
    hold = case.open_hold
    if hold is not None:
        text = _("%(who)s paused it: %(reason)s Nothing can be submitted until the program resumes it.")
        raise CaseOnHold(text % {"who": hold.placed_by, "reason": hold.reason})


def open_case(
    *, city: City, standard: Standard, kind: CaseKind, cohort_year: int, by: User, now: datetime
) -> Case:
    """Begin a journey at `apply`. Raises CaseOpenAlready when the city has an open case."""
    require(by, Permission.OPEN_CASE, city)
    case = Case(
        city=city,
        standard=standard,
        kind=kind,
        cohort_year=cohort_year,
        stage_entered_at=now,
        opened_at=now,
        opened_by=by,
    )
    insert_case(case)
    Application.objects.create(case=case)
    StageChange.objects.create(case=case, to_stage=case.stage, at=now, by=by)
    audit.record(
        "cases.case_opened",
        by=by,
        target=case,
        now=now,
        dossier=case.pk,
        new={"kind": kind, "stage": case.stage},
    )
    begin_participation(
        case=case, role=ParticipationRole.CITY, organization=city.organization, by=by, now=now
    )
    return case


def insert_case(case: Case) -> None:
    """Raises CaseOpenAlready when the city has an open case."""
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        raise CaseOpenAlready(_("Finish or withdraw the open case first.")) from error


def enter_stage(*, case: Case, stage: Stage, by: User, now: datetime) -> None:
    """Move the case to a stage and keep the change in its history; the same stage is no change."""
    if case.stage == stage:
        return
    old, case.stage, case.stage_entered_at = case.stage, stage, now
    case.save(
        update_fields=[
            "stage",
            "stage_entered_at",
            "closed_at",
            "closed_by",
            "decline_reason",
            "closing_note",
        ]
    )
    StageChange.objects.create(case=case, from_stage=old, to_stage=stage, at=now, by=by)
    audit.record(
        "cases.stage_entered",
        by=by,
        target=case,
        now=now,
        dossier=case.pk,
        old={"stage": old},
        new={"stage": stage},
    )


_END_EVENT = {
    Stage.CERTIFIED: "cases.case_certified",
    Stage.WITHDRAWN: "cases.case_withdrawn",
    Stage.DECLINED: "cases.case_ended",
}


def close_case(
    *,
    case: Case,
    stage: Stage,
    by: User,
    now: datetime,
    decline_reason: DeclineReason | None = None,
    note: str = "",
) -> Case:
    """End a case; everyone's part in it ends too. An application's decline has its own event already."""
    require_not_ended(case)
    case.closed_at, case.closed_by = now, by
    case.decline_reason, case.closing_note = decline_reason or "", note
    enter_stage(case=case, stage=stage, by=by, now=now)
    if stage is not Stage.DECLINED or decline_reason is DeclineReason.INACTIVE:
        audit.record(_END_EVENT[stage], by=by, target=case, now=now, dossier=case.pk, new={"note": note})
    end_participations(participations=case.participations.filter(until__isnull=True), by=by, now=now)
    for hold in case.holds.filter(lifted_at__isnull=True):
        _lift(hold, by=by, now=now)
    return case


def place_hold(*, case: Case, reason: str, by: User, now: datetime) -> Hold:
    """Pause the case: nothing can be submitted and no due date passes until it is resumed."""
    require(by, Permission.HOLD_CASE, case)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say why the case is paused; the city reads it.")]})
    require_running(case)
    hold = Hold.objects.create(case=case, reason=reason.strip(), placed_at=now, placed_by=by)
    audit.record(
        "cases.hold_placed", by=by, target=hold, now=now, dossier=case.pk, new={"reason": hold.reason}
    )
    return hold


def lift_hold(*, case: Case, by: User, now: datetime) -> Hold:
    """Resume the case; every open due date moves by the working days of the hold in its party's calendar."""
    require(by, Permission.HOLD_CASE, case)
    hold = case.open_hold
    if hold is None:
        raise WrongState(_("The case is not on hold."))
    _move_due_dates(case, since=hold.placed_at, now=now)
    _lift(hold, by=by, now=now)
    audit.record("cases.hold_lifted", by=by, target=hold, now=now, dossier=case.pk)
    del case.open_hold
    return hold


def _lift(hold: Hold, *, by: User, now: datetime) -> None:
    hold.lifted_at, hold.lifted_by = now, by
    hold.save(update_fields=["lifted_at", "lifted_by"])


def _move_due_dates(case: Case, *, since: datetime, now: datetime) -> None:
    """Work that was late when the hold began stays as late as it was."""
    running = WorkItem.objects.open().filter(case=case, paused_at__isnull=True)
    for item in running.select_related("organization").select_for_update(of=("self",)):
        give_time_back(item, since=since, now=now)

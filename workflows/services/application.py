import uuid
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import CaseKind, DeclineReason, ParticipationRole, Stage
from cases.models import Application, Case
from cases.selectors import kind_of_next_case
from cases.services import (
    accept_application,
    attach_paper,
    begin_participation,
    close_case,
    decline_application,
    open_case,
    request_changes,
    require_not_ended,
    save_application,
    submit_application,
)
from cases.transitions import TABLE, Action
from certification.models import Assessment
from certification.selectors import certificates_of, current_assessment, current_certificate
from certification.services import end_delegations, submit_assessment
from cities.models import City
from core.errors import NotFound, WrongState
from core.files import PAPERS, store
from core.transitions import authorize
from people.models import User
from standards.models import Standard
from workflows import engine
from workflows.services.moves import Move, moving, publish_status


@transaction.atomic
def open_case_and_start(*, city: City, by: User, now: datetime) -> Case:
    """Open the city's next case under the newest standard in force; its kind follows from its awards."""
    today = program_calendar().local_day(now)
    standard = standard_in_force(today)
    kind = kind_for(city, standard, today=today)
    case = open_case(city=city, standard=standard, kind=kind, cohort_year=today.year, by=by, now=now)
    engine.start_case(case, by=by, now=now)
    return publish_status(case, now=now)


def standard_in_force(today: date) -> Standard:
    """Raises WrongState when there is none."""
    standard = Standard.objects.published().filter(effective_on__lte=today).order_by("-effective_on").first()
    if standard is None:
        raise WrongState(_("No standard is published yet. The program has to load one first."))
    return standard


def kind_for(city: City, standard: Standard, *, today: date) -> CaseKind:
    certificate = current_certificate(city, today=today)
    top = standard.levels.order_by("-position").first()
    return kind_of_next_case(
        holds_award=certificates_of(city).exists() or city.historic_awards.exists(),
        certificate_expires_on=certificate.expires_on if certificate else None,
        at_highest=bool(certificate and top and certificate.level.slug == top.slug),
        today=today,
    )


def save_application_draft(*, work_item_id: uuid.UUID, by: User, now: datetime, **entered: Any) -> Case:
    """Keep what the city has entered so far, as `cases.services.save_application`; possible on hold, too."""
    with moving(work_item_id, "apply", by=by, now=now, running=False) as move:
        save_application(application=_writable(move), by=by, now=now, **entered)
    return move.case


def keep_paper(*, work_item_id: uuid.UUID, upload: UploadedFile[Any], by: User, now: datetime) -> Case:
    """Keep the signed paper by itself, so that a mistake in another field does not lose it."""
    with moving(work_item_id, "apply", by=by, now=now, running=False) as move:
        application = _writable(move)
        authorize(TABLE[Action.SAVE_APPLICATION], application, by=by)
        paper = store(upload, by=by, now=now, kinds=PAPERS)
        attach_paper(application=application, paper=paper, by=by, now=now)
    return move.case


def _writable(move: Move) -> Application:
    """The application of a step that goes on, unless the case has ended."""
    move.ends = False
    require_not_ended(move.case)
    return move.case.application


def submit_application_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    with moving(work_item_id, "apply", by=by, now=now) as move:
        submit_application(application=move.case.application, by=by, now=now)
    return move.case


def accept_application_and_route(*, work_item_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    """Accept, also against a failed rule with a reason. Whoever confirms becomes the manager of the case."""
    with moving(work_item_id, "confirm", by=by, now=now) as move:
        accept_application(application=move.case.application, reason=reason, by=by, now=now)
        begin_participation(case=move.case, role=ParticipationRole.MANAGER, person=by, by=by, now=now)
    return move.case


def request_changes_and_route(*, work_item_id: uuid.UUID, reason: str, by: User, now: datetime) -> Case:
    with moving(work_item_id, "confirm", by=by, now=now) as move:
        request_changes(application=move.case.application, reason=reason, by=by, now=now)
    return move.case


def decline_application_and_route(
    *, work_item_id: uuid.UUID, rule: DeclineReason, reason: str, by: User, now: datetime
) -> Case:
    with moving(work_item_id, "confirm", by=by, now=now) as move:
        decline_application(application=move.case.application, rule=rule, reason=reason, by=by, now=now)
        close_case(case=move.case, stage=Stage.DECLINED, decline_reason=rule, note=reason, by=by, now=now)
    return move.case


def submit_assessment_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    with moving(work_item_id, "self_assess", "reassess", by=by, now=now) as move:
        submit_assessment(assessment=assessment_of(move), by=by, now=now)
        end_delegations(case_id=move.case.pk, by=by, now=now)
    return move.case


def assessment_of(move: Move) -> Assessment:
    """The round that a step of the case is about."""
    assessment = current_assessment(move.case)
    if assessment is None:
        raise NotFound(_("This case has no assessment yet."))
    return assessment

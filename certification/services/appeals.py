"""The city contests a finding; the program upholds it or puts another result in its place.

The caller in `workflows` holds the case lock.
"""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from cases.errors import ReasonNeeded
from cases.models import Case
from certification.appealing import closes_at, open_appeals, round_to_appeal
from certification.enums import Rating, ResponseStatus
from certification.errors import AppealOpen, AppealTooLate
from certification.models import Appeal, Assessment, EarlierSettlement, Finding, Response, Settlement
from certification.recency import given_on
from certification.selectors import result_of
from certification.services.delegation import end_delegation
from certification.services.evidence import keep_piece
from certification.services.expiries import plan_evidence
from certification.transitions import TABLE, Action
from core.errors import WrongState
from core.transitions import advance, authorize
from people.models import User


def file_appeal(
    *,
    response: Response,
    reasons: str,
    by: User,
    now: datetime,
    title: str = "",
    upload: "UploadedFile[Any] | None" = None,
    link: str = "",
    speaks_for_on: date | None = None,
) -> Appeal:
    """Contest that a criterion was found not met, once, with a piece of evidence if there is one.

    Raises AppealTooLate, WrongState, ReasonNeeded, InvalidInput naming the field of the evidence.
    """
    assessment = response.assessment
    row = TABLE[Action.FILE_APPEAL]
    authorize(row, assessment, by=by)
    _require_in_time(assessment, now=now)
    _require_contestable(response)
    if not reasons.strip():
        raise ReasonNeeded(errors={"reasons": [_("Say why the criterion is met; the program reads it.")]})
    appeal = Appeal.objects.create(response=response, reasons=reasons.strip(), filed_at=now, filed_by=by)
    if upload or link:
        piece = keep_piece(
            case=assessment.case,
            title=title,
            upload=upload,
            link=link,
            speaks_for_on=speaks_for_on,
            by=by,
            now=now,
        )
        appeal.evidence.add(piece)
    new = {"criterion": response.criterion.code}
    advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)
    return appeal


def _require_in_time(assessment: Assessment, *, now: datetime) -> None:
    if round_to_appeal(assessment.case) != assessment:
        text = _("The case has gone on: a later round is submitted, or the committee has the packet.")
        raise AppealTooLate(text)
    end = closes_at(assessment, now=now)
    if end is None or now > end:
        raise AppealTooLate(_("The time to appeal has run out."))


def _require_contestable(response: Response) -> None:
    if response.settlement.outcome != Rating.NOT_MET:
        raise WrongState(_("This criterion is met; there is nothing to appeal."))
    if Appeal.objects.filter(response=response).exists():
        raise WrongState(_("This criterion has been appealed already; each can be once in a round."))


def uphold_finding(*, appeal: Appeal, answer: str, by: User, now: datetime) -> Appeal:
    """The criterion stays not met, for a reason that the city reads."""
    row = TABLE[Action.UPHOLD_FINDING]
    authorize(row, appeal, by=by)
    _close(appeal, answer, by=by, now=now)
    new = {"criterion": appeal.response.criterion.code}
    return advance(row, appeal, by=by, now=now, dossier=appeal.case.pk, new=new)


def grant_appeal(*, appeal: Appeal, answer: str, by: User, now: datetime) -> Appeal:
    """The criterion counts as met from now on; what was validated before stays on record.

    A later round that the city has begun meanwhile gets the criterion as carried over.
    """
    row = TABLE[Action.GRANT_APPEAL]
    authorize(row, appeal, by=by)
    _close(appeal, answer, by=by, now=now)
    _settle_anew(appeal, by=by, now=now)
    appeal.response.evidence.add(*appeal.evidence.all())
    _carry_into_later_round(appeal, by=by, now=now)
    score = result_of(appeal.response.assessment)
    new = {"criterion": appeal.response.criterion.code, "met": score.met, "of": score.of}
    new |= {"level": score.level}
    plan_evidence(case=appeal.case, now=now)
    return advance(row, appeal, by=by, now=now, dossier=appeal.case.pk, new=new)


def _close(appeal: Appeal, answer: str, *, by: User, now: datetime) -> None:
    if not answer.strip():
        raise ReasonNeeded(errors={"answer": [_("Say why; the city reads it.")]})
    appeal.answer = answer.strip()
    appeal.closed_at, appeal.closed_by = now, by


def _settle_anew(appeal: Appeal, *, by: User, now: datetime) -> None:
    settlement = appeal.response.settlement
    EarlierSettlement.objects.create(
        response=appeal.response,
        appeal=appeal,
        outcome=settlement.outcome,
        reason=settlement.reason,
        settled_at=settlement.settled_at,
        settled_by_id=settlement.settled_by_id,
    )
    settlement.outcome, settlement.reason = Rating.MET, appeal.answer
    settlement.settled_at, settlement.settled_by = now, by
    settlement.save()


def _carry_into_later_round(appeal: Appeal, *, by: User, now: datetime) -> None:
    """Unless assessors have settled it there, which is the later word."""
    settled = (ResponseStatus.SETTLED, ResponseStatus.CARRIED)
    of_appeal = appeal.response.assessment
    later = Response.objects.filter(
        assessment__case=of_appeal.case,
        assessment__round__gt=of_appeal.round,
        criterion=appeal.response.criterion,
    ).exclude(status__in=settled)
    locked = later.select_for_update(of=("self",), no_key=True).select_related("delegation__assessment__case")
    for response in locked:
        delegation, response.delegation = response.delegation, None
        response.given_on = given_on(appeal.response)
        response.status = ResponseStatus.CARRIED
        response.save(update_fields=["status", "delegation", "given_on"])
        response.evidence.add(*appeal.response.evidence.all())
        Finding.objects.current().filter(response=response).update(superseded_at=now)
        Settlement.objects.create(response=response, outcome=Rating.MET, settled_at=now, settled_by=by)
        if delegation is not None and not delegation.responses.exists():
            end_delegation(delegation=delegation, by=by, now=now)


def let_appeals_lapse(*, case: Case, by: User, now: datetime) -> None:
    """The case ends early: what is not answered falls away."""
    row = TABLE[Action.LET_APPEAL_LAPSE]
    for appeal in Appeal.objects.open().of_case(case).select_related("response__criterion"):
        appeal.closed_at, appeal.closed_by = now, by
        new = {"criterion": appeal.response.criterion.code}
        advance(row, appeal, by=by, now=now, dossier=case.pk, new=new)


def require_no_open_appeal(case: Case) -> None:
    """Raise AppealOpen while the city waits for an answer: the packet would freeze what may still change."""
    codes = open_appeals(case)
    if codes:
        text = _("The city has appealed %(codes)s. Answer this first; then the packet can be opened.")
        raise AppealOpen(text % {"codes": ", ".join(codes)})

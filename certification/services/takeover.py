"""Round 1 of a case that ran elsewhere before, as far as earlier records tell."""

from collections.abc import Collection
from datetime import datetime

from cases.models import Case
from certification.enums import AssessmentStatus, Path, Rating, ResponseStatus
from certification.models import Assessment, Response, Settlement
from core import audit
from people.models import User


def take_over_answers(
    *, case: Case, met: Collection[str], began_at: datetime, by: User, now: datetime
) -> Assessment:
    """A round that the city handed in elsewhere: it claims the given codes as met and, if any, no others.

    Without codes nothing is rated. Assessors judge by the city's earlier papers, or give criteria back.
    """
    assessment = Assessment(case=case, status=AssessmentStatus.SUBMITTED)
    _stamp(assessment, "submitted", at=began_at, by=by)
    _insert(assessment, met, ResponseStatus.SUBMITTED, rated=bool(met), began_at=began_at, by=by, now=now)
    return assessment


def take_over_result(
    *, case: Case, met: Collection[str], path: Path, began_at: datetime, by: User, now: datetime
) -> Assessment:
    """A round that was validated and released elsewhere: the given codes are met, all others are not."""
    assessment = Assessment(case=case, status=AssessmentStatus.RELEASED, path=path)
    for stem in ("submitted", "reconciled", "released", "path_chosen"):
        _stamp(assessment, stem, at=began_at, by=by)
    responses = _insert(
        assessment, met, ResponseStatus.SETTLED, rated=False, began_at=began_at, by=by, now=now
    )
    Settlement.objects.bulk_create(
        Settlement(
            response=response,
            outcome=_rating(response.criterion.code, met),
            settled_at=began_at,
            settled_by=by,
        )
        for response in responses
    )
    return assessment


def _stamp(assessment: Assessment, stem: str, *, at: datetime, by: User) -> None:
    setattr(assessment, f"{stem}_at", at)
    setattr(assessment, f"{stem}_by", by)


def _rating(code: str, met: Collection[str]) -> Rating:
    return Rating.MET if code in met else Rating.NOT_MET


def _insert(
    assessment: Assessment,
    met: Collection[str],
    status: ResponseStatus,
    *,
    rated: bool,
    began_at: datetime,
    by: User,
    now: datetime,
) -> list[Response]:
    case = assessment.case
    assessment.round, assessment.opened_at = 1, began_at
    _stamp(assessment, "taken_over", at=now, by=by)
    assessment.save(force_insert=True)
    responses = Response.objects.bulk_create(
        Response(
            assessment=assessment,
            criterion=criterion,
            status=status,
            self_rating=_rating(criterion.code, met) if rated else "",
        )
        for criterion in case.standard.criteria.all()
    )
    new = {"round": 1, "met": sorted(met), "of": len(responses)}
    audit.record(
        "certification.round_taken_over", by=by, target=assessment, now=now, dossier=case.pk, new=new
    )
    return responses

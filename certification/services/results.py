from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from certification.enums import Outcome, Path, ResponseStatus, ReviewStatus
from certification.errors import LevelNotReached
from certification.models import Assessment, Finding, Response, Settlement
from certification.selectors import result_of
from certification.services.expiries import plan_evidence
from certification.transitions import TABLE, Action
from core.errors import InvalidInput, WrongState
from core.transitions import advance, authorize
from people.models import User


@dataclass(frozen=True)
class Ruling:
    """How the reconciling assessor settles one criterion: met, not met, or back to the city."""

    outcome: str
    reason: str = ""


def reconcile(
    *, assessment: Assessment, rulings: Mapping[str, Ruling], by: User, now: datetime
) -> Assessment:
    """Settle every criterion under review, or return those that need revision.

    `rulings` maps criterion codes to rulings; a criterion on which both assessors agree (met or not met) may
    be left out. Raises InvalidInput naming each criterion that lacks a ruling or a reason. Ends reconciled
    or, when anything is returned, with those criteria back at the city in the same round.
    """
    row = TABLE[Action.RECONCILE]
    authorize(row, assessment, by=by)
    if assessment.reviews.exclude(status=ReviewStatus.SUBMITTED).exists():
        raise WrongState(_("Both reviews must be in first."))
    under_review = list(
        assessment.responses.filter(status=ResponseStatus.SUBMITTED)
        .select_related("criterion")
        .order_by("criterion__position")
    )
    outcomes = _outcomes(assessment)
    final = _final_rulings(under_review, outcomes, rulings)
    returned = [response for response in under_review if final[response.pk].outcome == Outcome.NEEDS_REVISION]
    settled = [response for response in under_review if response not in returned]
    _settle(settled, final, by=by, now=now)
    if returned:
        for response in returned:
            response.revision_note = final[response.pk].reason.strip()
        return _return_to_city(assessment, returned, by=by, now=now)
    assessment.reconciled_at, assessment.reconciled_by = now, by
    differed = sum(len(outcomes[response.pk]) > 1 for response in under_review)
    new = {"settled": len(settled), "differed": differed}
    return advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)


def _outcomes(assessment: Assessment) -> dict[object, set[str]]:
    """The different current findings on each answer."""
    found: dict[object, set[str]] = {}
    rows = Finding.objects.current().filter(review__assessment=assessment)
    for response_id, outcome in rows.values_list("response_id", "outcome"):
        found.setdefault(response_id, set()).add(outcome)
    return found


def _final_rulings(
    responses: list[Response], outcomes: dict[object, set[str]], rulings: Mapping[str, Ruling]
) -> dict[object, Ruling]:
    final: dict[object, Ruling] = {}
    errors: dict[str, list[str]] = {}
    for response in responses:
        code, found = response.criterion.code, outcomes[response.pk]
        agreed = next(iter(found)) if len(found) == 1 and Outcome.NEEDS_REVISION not in found else None
        ruling = rulings.get(code) or (Ruling(agreed) if agreed else None)
        problem = _problem_with(ruling, agreed)
        if problem or ruling is None:
            errors[code] = [problem or ""]
        else:
            final[response.pk] = ruling
    if errors:
        raise InvalidInput(errors=errors)
    return final


def _problem_with(ruling: Ruling | None, agreed: str | None) -> str | None:
    if ruling is None or ruling.outcome not in Outcome.values:
        return _("Settle this criterion: met, not met, or back to the city.")
    if ruling.outcome != agreed and not ruling.reason.strip():
        return _("Say how the difference was settled.")
    return None


def _settle(responses: list[Response], final: dict[object, Ruling], *, by: User, now: datetime) -> None:
    Settlement.objects.bulk_create(
        Settlement(
            response=response,
            outcome=final[response.pk].outcome,
            reason=final[response.pk].reason.strip(),
            settled_at=now,
            settled_by=by,
        )
        for response in responses
    )
    Response.objects.filter(pk__in=[response.pk for response in responses]).update(
        status=ResponseStatus.SETTLED
    )


def _return_to_city(
    assessment: Assessment, returned: list[Response], *, by: User, now: datetime
) -> Assessment:
    row = TABLE[Action.RETURN_ASSESSMENT]
    for response in returned:
        response.status = ResponseStatus.RETURNED
    Response.objects.bulk_update(returned, ["status", "revision_note"])
    Finding.objects.current().filter(response__in=returned).update(superseded_at=now)
    assessment.returned_at, assessment.returned_by = now, by
    codes = [response.criterion.code for response in returned]
    return advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new={"returned": codes})


def release_report(*, assessment: Assessment, by: User, now: datetime) -> Assessment:
    """Show the validated result to the city and its coaches."""
    row = TABLE[Action.RELEASE_REPORT]
    authorize(row, assessment, by=by)
    assessment.released_at, assessment.released_by = now, by
    score = result_of(assessment)
    new = {"met": score.met, "of": score.of, "level": score.level}
    advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)
    plan_evidence(case=assessment.case, now=now)
    return assessment


def choose_path(*, assessment: Assessment, path: Path, by: User, now: datetime) -> Assessment:
    """Ask for the decision, only when a level is reached, or for coaching."""
    row = TABLE[Action.CHOOSE_PATH]
    authorize(row, assessment, by=by)
    if assessment.path:
        raise WrongState(_("The path has been chosen already."))
    if path not in Path.values:
        raise InvalidInput(errors={"path": [_("Choose decision or coaching.")]})
    score = result_of(assessment)
    if path == Path.DECISION and score.level is None:
        values = {"met": score.met, "of": score.of, "more": score.missing.criteria}
        text = _("%(met)s of %(of)s criteria are met; at least %(more)s more are needed. Choose coaching.")
        raise LevelNotReached(text % values)
    assessment.path = path
    assessment.path_chosen_at, assessment.path_chosen_by = now, by
    return advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new={"path": path})

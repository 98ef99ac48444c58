import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cases.models import Case
from cases.services import require_not_ended
from certification.enums import Rating, ResponseStatus
from certification.models import Assessment, Evidence, Response, Settlement
from certification.querysets import WITH_THE_CITY
from certification.ratings import settled_rating
from certification.recency import given_on, has_expired
from certification.services.expiries import plan_evidence
from certification.transitions import TABLE, Action
from core import audit
from core.errors import EditConflict, InvalidInput, NotFound, WrongState
from core.transitions import advance, authorize
from people.models import User
from standards.models import Check


def open_round(*, case: Case, by: User, now: datetime) -> Assessment:
    """Begin the next round; what was validated as met and has not expired is carried over."""
    last = case.assessments.order_by("-round").first()
    assessment = Assessment.objects.create(case=case, round=last.round + 1 if last else 1, opened_at=now)
    criteria = list(case.standard.criteria.all())
    Response.objects.bulk_create(
        [Response(assessment=assessment, criterion=criterion) for criterion in criteria]
    )
    carried = _carry_over(last, assessment, by=by, now=now) if last else 0
    new = {"round": assessment.round, "carried": carried}
    audit.record("certification.round_opened", by=by, target=assessment, now=now, dossier=case.pk, new=new)
    if last:
        plan_evidence(case=case, now=now)
    return assessment


def _copy_proof(earlier: Iterable[Response], fresh: dict[Any, Response]) -> None:
    """Ticked checks and evidence of the earlier answers, in two statements for any number of them."""
    ticked, proven = Response.ticked.through, Evidence.responses.through
    ticked.objects.bulk_create(
        ticked(response_id=fresh[old.criterion_id].pk, check_id=check.pk)
        for old in earlier
        for check in old.ticked.all()
    )
    proven.objects.bulk_create(
        proven(response_id=fresh[old.criterion_id].pk, evidence_id=piece.pk)
        for old in earlier
        for piece in old.evidence.all()
    )


def _carry_over(last: Assessment, assessment: Assessment, *, by: User, now: datetime) -> int:
    """Copy every earlier answer; those that count stay settled, the rest is the city's to answer again."""
    fresh = {response.criterion_id: response for response in assessment.responses.all()}
    earlier = last.responses.select_related("criterion", "settlement", "assessment").prefetch_related(
        "ticked", "evidence"
    )
    settled = []
    for old in earlier:
        new = fresh[old.criterion_id]
        new.self_rating, new.narrative = old.self_rating, old.narrative
        new.rating_reason = old.rating_reason
        if old.settlement.outcome != Rating.MET:
            continue
        new.given_on = given_on(old)
        if not has_expired(old, on=now.date()):
            new.status = ResponseStatus.CARRIED
            settled.append(Settlement(response=new, outcome=Rating.MET, settled_at=now, settled_by=by))
    _copy_proof(earlier, fresh)
    Response.objects.bulk_update(
        fresh.values(), ["self_rating", "rating_reason", "narrative", "status", "given_on"]
    )
    Settlement.objects.bulk_create(settled)
    return len(settled)


@transaction.atomic
def save_answer(
    *,
    response_id: uuid.UUID,
    version: int,
    self_rating: str,
    narrative: str,
    ticked: Iterable[int],
    by: User,
    now: datetime,
    rating_reason: str = "",
) -> Response:
    """Keep one answer. `version` is the one the writer saw.

    Of a criterion with checks the rating follows from what is ticked; another one needs a reason to count.

    Raises EditConflict, with both texts, when somebody saved something else meanwhile.
    Locks the answer, never the case.
    """
    response = lock_answer(response_id, by=by)
    chosen = sorted(ticked)
    checks = _checks_of(response)
    known = set(chosen) & set(checks)
    if self_rating not in {"", *Rating.values}:
        raise InvalidInput(errors={"self_rating": [_("Choose met or not met.")]})
    rating, reason = settled_rating(
        self_rating, rating_reason.strip(), ticked=len(known), need=response.criterion.need
    )
    tried = {"self_rating": rating, "rating_reason": reason, "narrative": narrative, "ticked": chosen}
    ticked_now = {check for check, is_ticked in checks.items() if is_ticked}
    if response.version != version:
        if response.as_tried(ticked_now) == tried:
            return response
        raise EditConflict(stored=response, tried=tried)
    _write(response, narrative, rating, reason, by=by, now=now)
    _tick(response, before=ticked_now, after=known)
    new = {"criterion": response.criterion.code, "version": response.version}
    audit.record(
        "certification.answer_saved",
        by=by,
        target=response,
        now=now,
        dossier=response.assessment.case_id,
        new=new,
    )
    return response


def _write(response: Response, narrative: str, rating: str, reason: str, *, by: User, now: datetime) -> None:
    response.self_rating, response.rating_reason, response.narrative = rating, reason, narrative
    response.version += 1
    response.saved_at, response.saved_by = now, by
    fields = ["self_rating", "rating_reason", "narrative", "version", "saved_at", "saved_by"]
    response.save(update_fields=fields)


def _checks_of(response: Response) -> dict[int, bool]:
    """The keys of the criterion's checks, and which are ticked; read after the lock, or they might be old."""
    ticks = response.ticked.through.objects.filter(response=response, check=OuterRef("pk"))
    checks = Check.objects.filter(criterion=response.criterion_id).order_by("position")
    return dict(checks.annotate(is_ticked=Exists(ticks)).values_list("pk", "is_ticked"))


def _tick(response: Response, *, before: set[int], after: set[int]) -> None:
    """A statement each for what came and what went, and none when nothing did."""
    through = response.ticked.through
    if before - after:
        through.objects.filter(response=response, check__in=before - after).delete()
    if after - before:
        through.objects.bulk_create(through(response=response, check_id=key) for key in after - before)


def lock_answer(response_id: uuid.UUID, *, by: User) -> Response:
    """The answer, locked, if the person may change it and it lies with the city now."""
    seen = Response.objects.visible_to(by).filter(pk=response_id)
    locked = seen.select_for_update(of=("self",), no_key=True)
    response = locked.select_related(
        "assessment__case__city__organization", "criterion", "delegation"
    ).first()
    if response is None:
        raise NotFound(_("There is no such answer for you."))
    authorize(TABLE[Action.SAVE_ANSWER], response.assessment, by=by, part=response)
    require_not_ended(response.assessment.case)
    if response.status not in WITH_THE_CITY:
        raise WrongState(_("This criterion is settled and can't be changed in this round."))
    return response


def submit_assessment(*, assessment: Assessment, by: User, now: datetime) -> Assessment:
    """Freeze the city's answers and hand them to review. Unanswered criteria count as not met."""
    row = TABLE[Action.SUBMIT_ASSESSMENT]
    authorize(row, assessment, by=by)
    assessment.submitted_at, assessment.submitted_by = now, by
    assessment.shared_at, assessment.shared_by = None, None
    # Taking the row locks waits for an autosave that is under way, so that nothing acknowledged is cut off.
    waiting = assessment.responses.select_for_update(no_key=True, of=("self",)).filter(
        status__in=WITH_THE_CITY
    )
    answered = sum(bool(response.self_rating) for response in waiting)
    new = {"round": assessment.round, "answered": answered, "of": len(waiting)}
    assessment.responses.filter(status__in=WITH_THE_CITY).update(status=ResponseStatus.SUBMITTED)
    return advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)

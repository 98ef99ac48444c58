import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Case
from certification.enums import Path, ReviewStatus
from certification.models import Finding, Response, Review
from certification.services import (
    assign_assessors,
    choose_path,
    reconcile,
    release_report,
    save_finding,
    submit_review,
)
from certification.services.results import Ruling
from core.errors import NotFound
from people.models import User
from workflows.services.application import assessment_of
from workflows.services.moves import moving


def assign_assessors_and_route(
    *, work_item_id: uuid.UUID, assessors: Sequence[User], reconciler: User, by: User, now: datetime
) -> Case:
    with moving(work_item_id, "assign_assessors", by=by, now=now) as move:
        assign_assessors(
            assessment=assessment_of(move), assessors=assessors, reconciler=reconciler, by=by, now=now
        )
    return move.case


@transaction.atomic
def keep_finding(
    *,
    review_id: uuid.UUID,
    response_id: uuid.UUID,
    outcome: str,
    comment: str,
    by: User,
    now: datetime,
    version: int | None = None,
    draft: bool = False,
) -> Finding:
    """Keep one finding of one's own review; locks the review, never the case. Raises NotFound."""
    reviews = Review.objects.select_for_update(of=("self",), no_key=True).select_related("assessment__case")
    review = reviews.filter(pk=review_id, assessor=by).first()
    response = (
        Response.objects.select_related("criterion")
        .filter(pk=response_id, assessment__reviews=review_id)
        .first()
    )
    if review is None or response is None:
        raise NotFound(_("There is no such review for you."))
    return save_finding(
        review=review,
        response=response,
        outcome=outcome,
        comment=comment,
        version=version,
        draft=draft,
        by=by,
        now=now,
    )


def submit_review_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    """Hand in one review. That the first of two is in is not told: the other is still at work."""
    with moving(work_item_id, "review", by=by, now=now) as move:
        review = submit_review(review=Review.objects.get(pk=move.subject), by=by, now=now)
        open_ones = Review.objects.filter(assessment=review.assessment_id, status=ReviewStatus.OPEN)
        move.tells = not open_ones.exists()
    return move.case


def reconcile_and_route(
    *, work_item_id: uuid.UUID, rulings: Mapping[str, Ruling], by: User, now: datetime
) -> Case:
    """Settle the differences, or return the criteria that need revision to the city."""
    with moving(work_item_id, "reconcile", by=by, now=now) as move:
        reconcile(assessment=assessment_of(move), rulings=rulings, by=by, now=now)
    return move.case


def release_report_and_route(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Case:
    with moving(work_item_id, "release_report", by=by, now=now) as move:
        release_report(assessment=assessment_of(move), by=by, now=now)
    return move.case


def choose_path_and_route(*, work_item_id: uuid.UUID, path: Path, by: User, now: datetime) -> Case:
    with moving(work_item_id, "choose_path", by=by, now=now) as move:
        choose_path(assessment=assessment_of(move), path=path, by=by, now=now)
    return move.case

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from cases.enums import ParticipationRole
from cases.models import Case, Participation
from cases.rules import conflicted
from cases.services import begin_participation, end_participations
from certification.enums import Outcome, ResponseStatus, ReviewStatus
from certification.errors import ConflictOfInterest, FindingsMissing
from certification.grounds import lacking, stands
from certification.models import Assessment, Finding, Response, Review
from certification.transitions import TABLE, Action
from core import audit
from core.errors import EditConflict, InvalidInput, WrongState
from core.transitions import advance, authorize
from people.enums import Role
from people.models import User

TEAM = 2


def assign_assessors(
    *, assessment: Assessment, assessors: Sequence[User], reconciler: User, by: User, now: datetime
) -> None:
    """Name the two assessors and which of them reconciles; they stay for later rounds.

    Raises InvalidInput unless there are two different ones, ConflictOfInterest naming who has one.
    """
    row = TABLE[Action.ASSIGN_ASSESSORS]
    authorize(row, assessment, by=by)
    _require_team(assessors, reconciler)
    case = assessment.case
    _require_no_conflict(case, assessors, now=now)
    running = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    end_participations(participations=running, by=by, now=now)
    for person in assessors:
        begin_participation(
            case=case,
            role=ParticipationRole.ASSESSOR,
            person=person,
            reconciles=person == reconciler,
            by=by,
            now=now,
        )
    new = {"assessors": [person.email for person in assessors], "reconciles": reconciler.email}
    advance(row, assessment, by=by, now=now, dossier=case.pk, new=new)


def _require_team(assessors: Sequence[User], reconciler: User) -> None:
    if len(assessors) != TEAM or len({person.pk for person in assessors}) != TEAM:
        raise InvalidInput(errors={"second": [_("Choose two different assessors.")]})
    if reconciler not in assessors:
        raise InvalidInput(errors={"reconciler": [_("One of the two assessors reconciles.")]})
    for person in assessors:
        if not person.is_active or not person.has_role(Role.ASSESSOR):
            raise InvalidInput(errors={"first": [_("%(name)s is not an assessor.") % {"name": person}]})


def _require_no_conflict(case: Case, assessors: Sequence[User], *, now: datetime) -> None:
    found = conflicted([person.pk for person in assessors], case, today=now.date())
    names = [str(person) for person in assessors if person.pk in found]
    if names:
        text = _("%(names)s coached this city, works for a partner that did, or worked for the city.")
        raise ConflictOfInterest(text % {"names": ", ".join(names)})


def replace_assessor(
    *, case: Case, leaving: Participation, to: User, by: User, now: datetime
) -> Participation:
    """Another assessor takes the part of one who leaves; what that one had not submitted counts no more.

    Raises InvalidInput for who is no assessor or has the other part, ConflictOfInterest.
    """
    others = case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    if not to.is_active or not to.has_role(Role.ASSESSOR) or others.filter(person=to).exists():
        text = _("%(name)s is not an assessor, or assesses this city already.")
        raise InvalidInput(errors={"successor": [text % {"name": to}]})
    _require_no_conflict(case, [to], now=now)
    for review in Review.objects.filter(
        assessment__case=case, assessor=leaving.person, status=ReviewStatus.OPEN
    ).select_for_update():
        unsent = review.findings.current().filter(response__status=ResponseStatus.SUBMITTED)
        unsent.update(superseded_at=now)
        review.assessor = to
        review.save(update_fields=["assessor"])
    end_participations(participations=[leaving], by=by, now=now)
    part = begin_participation(
        case=case, role=ParticipationRole.ASSESSOR, person=to, reconciles=leaving.reconciles, by=by, now=now
    )
    new = {"assessor": to.email}
    audit.record("certification.assessor_changed", by=by, target=part, now=now, dossier=case.pk, new=new)
    return part


def open_reviews(*, assessment: Assessment) -> list[Review]:
    """The reviews of this pass, one for each assessor of the case, the reconciling one last.

    After a return they reopen, sealed again, with only the returned criteria to judge.
    """
    assessors = assessment.case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    reviews = []
    for participation in assessors.order_by("reconciles", "id").select_related("person"):
        review, _created = Review.objects.get_or_create(assessment=assessment, assessor=participation.person)
        reviews.append(review)
    staying = [review.pk for review in reviews]
    assessment.reviews.filter(pk__in=staying).update(status=ReviewStatus.OPEN, submitted_at=None)
    assessment.reviews.exclude(pk__in=staying).filter(status=ReviewStatus.OPEN).delete()
    return reviews


def save_finding(
    *,
    review: Review,
    response: Response,
    outcome: str,
    comment: str,
    by: User,
    now: datetime,
    version: int | None = None,
    draft: bool = False,
) -> Finding:
    """Keep one assessor's finding on one answer; only they can read it until both reviews are in.

    `version` is the one that the writer saw, 0 for none. A `draft` is kept as it is, to be completed before
    the review is handed in. Raises InvalidInput naming the field, EditConflict when the same assessor saved
    something else meanwhile, in another window.
    """
    authorize(TABLE[Action.SAVE_FINDING], review, by=by)
    _require_under_review(review, response)
    tried = {"outcome": outcome, "comment": comment.strip()}
    wrong = lacking(response, **tried)
    if wrong and not (draft and outcome in {"", *Outcome.values}):
        raise InvalidInput(errors=wrong)
    finding = (
        review.findings.current().filter(response=response).select_related("response__criterion").first()
    )
    if finding and finding.as_tried() == tried:
        return finding
    if finding and version is not None and version != finding.version:
        raise EditConflict(stored=finding, tried=tried)
    return _write_finding(finding or Finding(review=review, response=response, version=0), tried, by, now)


def _write_finding(finding: Finding, tried: dict[str, str], by: User, now: datetime) -> Finding:
    finding.outcome, finding.comment, finding.saved_at = tried["outcome"], tried["comment"], now
    finding.version += 1
    finding.save()
    audit.record(
        "certification.finding_saved",
        by=by,
        target=finding,
        now=now,
        dossier=finding.review.assessment.case_id,
        new={"criterion": finding.response.criterion.code},
    )
    return finding


def _require_under_review(review: Review, response: Response) -> None:
    if response.assessment_id != review.assessment_id or response.status != ResponseStatus.SUBMITTED:
        raise WrongState(_("This criterion is not under review."))


def submit_review(*, review: Review, by: User, now: datetime) -> Review:
    """Hand in the findings. Raises FindingsMissing naming the criteria without one."""
    row = TABLE[Action.SUBMIT_REVIEW]
    authorize(row, review, by=by)
    found = {finding.response_id: finding for finding in review.findings.current()}
    under_review = review.assessment.responses.filter(status=ResponseStatus.SUBMITTED)
    waiting = under_review.select_related("criterion").order_by("criterion__position")
    missing = [one.criterion.code for one in waiting if not stands(found.get(one.pk), one)]
    if missing:
        text = _("%(count)s criteria have no finding yet: %(codes)s.")
        raise FindingsMissing(text % {"count": len(missing), "codes": ", ".join(missing)})
    review.submitted_at = now
    return advance(row, review, by=by, now=now, dossier=review.assessment.case_id)

"""The optional site visit of a review: planned, held or called off, with each one's own notes.

The caller in `workflows` holds the case lock.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from certification.enums import AssessmentStatus
from certification.models import Assessment, SiteVisit, VisitNote
from certification.transitions import TABLE, Action
from core import audit
from core.errors import InvalidInput, WrongState
from core.transitions import advance, authorize
from people.models import User

AHEAD = timedelta(days=365)


def plan_visit(*, assessment: Assessment, visit_on: date, people: str, by: User, now: datetime) -> SiteVisit:
    """Note a day in the city, and who goes and is met. Raises InvalidInput naming the field."""
    row = TABLE[Action.PLAN_VISIT]
    authorize(row, assessment, by=by)
    if not people.strip():
        raise InvalidInput(errors={"people": [_("Say who goes, and whom they meet.")]})
    _require_believable(assessment, visit_on, now=now)
    visit = SiteVisit.objects.create(
        assessment=assessment, visit_on=visit_on, people=people.strip(), planned_at=now, planned_by=by
    )
    new = {"visit_on": visit_on.isoformat()}
    audit.record(row.event, by=by, target=visit, now=now, dossier=assessment.case_id, new=new)
    return visit


def _require_believable(assessment: Assessment, day: date, *, now: datetime) -> None:
    here = calendar_of(assessment.case.city.organization)
    if assessment.submitted_at is None or day < here.local_day(assessment.submitted_at):
        raise InvalidInput(errors={"visit_on": [_("Choose a day after the city submitted its answers.")]})
    if day > here.local_day(now) + AHEAD:
        raise InvalidInput(errors={"visit_on": [_("That is more than a year away. Check the year.")]})


def hold_visit(*, visit: SiteVisit, by: User, now: datetime) -> SiteVisit:
    """Record that it took place, on its day or later."""
    authorize(TABLE[Action.HOLD_VISIT], visit, by=by)
    here = calendar_of(visit.case.city.organization)
    if here.local_day(now) < visit.visit_on:
        raise WrongState(_("The day of this visit has not come yet."))
    return _conclude(visit, Action.HOLD_VISIT, by=by, now=now)


def call_off_visit(*, visit: SiteVisit, by: User, now: datetime) -> SiteVisit:
    """It does not take place; another day is another visit."""
    authorize(TABLE[Action.CALL_OFF_VISIT], visit, by=by)
    return _conclude(visit, Action.CALL_OFF_VISIT, by=by, now=now)


def _conclude(visit: SiteVisit, action: Action, *, by: User, now: datetime) -> SiteVisit:
    visit.concluded_at, visit.concluded_by = now, by
    new = {"visit_on": visit.visit_on.isoformat()}
    return advance(TABLE[action], visit, by=by, now=now, dossier=visit.assessment.case_id, new=new)


def note_visit(*, visit: SiteVisit, text: str, by: User, now: datetime) -> VisitNote:
    """Keep one's own note, until the reviews are reconciled; others read it when both reviews are in."""
    row = TABLE[Action.NOTE_VISIT]
    authorize(row, visit, by=by)
    if visit.assessment.status != AssessmentStatus.SUBMITTED:
        raise WrongState(_("The reviews are reconciled or went back to the city; notes stay as they are."))
    if not text.strip():
        raise InvalidInput(errors={"text": [_("Write what you saw.")]})
    values = {"text": text.strip(), "written_at": now}
    note, _created = VisitNote.objects.update_or_create(visit=visit, written_by=by, defaults=values)
    audit.record(row.event, by=by, target=note, now=now, dossier=visit.assessment.case_id)
    return note

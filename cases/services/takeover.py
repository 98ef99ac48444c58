"""Cases that ran elsewhere before: they begin in the middle, dated as the earlier records say."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of, program_calendar
from cases.enums import ApplicationStatus, CaseKind, ParticipationRole
from cases.models import Application, Case, StageChange, WorkItem
from cases.reminders import plan_reminders_of
from cases.services.case import insert_case
from cases.services.participation import begin_participation
from cases.steps import STEPS
from cities.models import City
from core import audit
from people.models import User
from standards.models import Standard


@dataclass(frozen=True)
class RunningCase:
    """What is on record: at which step since when, whose it is, due when, and what round 1 found met."""

    city: City
    step: str
    since: date
    due_on: date
    owner: User | None
    met: tuple[str, ...] = ()

    def began_at(self, *, now: datetime) -> datetime:
        """The morning of the day on which the step opened."""
        return min(program_calendar().morning_of(self.since), now)


def take_over_case(
    *, running: RunningCase, standard: Standard, kind: CaseKind, by: User, now: datetime
) -> Case:
    """A case that stands at its step since the day on record. Raises CaseOpenAlready.

    Its history begins with that stage; what came before is not made up.
    """
    began_at = running.began_at(now=now)
    case = Case(
        city=running.city,
        standard=standard,
        kind=kind,
        cohort_year=running.since.year,
        stage=STEPS[running.step].stage,
        stage_entered_at=began_at,
        opened_at=began_at,
        opened_by=by,
    )
    insert_case(case)
    StageChange.objects.create(case=case, to_stage=case.stage, at=began_at, by=by)
    _take_over_application(case, decided=running.step != "confirm", began_at=began_at, by=by)
    audit.record(
        "cases.case_taken_over", by=by, target=case, now=now, dossier=case.pk, new=_as_data(running, kind)
    )
    city = running.city.organization
    begin_participation(case=case, role=ParticipationRole.CITY, organization=city, by=by, now=now)
    return case


def _take_over_application(case: Case, *, decided: bool, began_at: datetime, by: User) -> None:
    """The commitment itself stays in the earlier records."""
    application = Application(
        case=case, status=ApplicationStatus.SUBMITTED, submitted_at=began_at, submitted_by=by
    )
    if decided:
        application.status = ApplicationStatus.ACCEPTED
        application.decided_at, application.decided_by = began_at, by
        application.decision_note = _("Accepted before Milepost; taken over from earlier records.")
    application.save()


def _as_data(running: RunningCase, kind: CaseKind) -> dict[str, object]:
    return {
        "kind": kind,
        "step": running.step,
        "since": running.since.isoformat(),
        "due_on": running.due_on.isoformat(),
        "owner": running.owner.email if running.owner else None,
        "met": list(running.met),
    }


def take_over_work(*, item: WorkItem, running: RunningCase, now: datetime) -> WorkItem:
    """Date the open step as the records say: open since then, due on that very day, owned by that person."""
    item.owner = running.owner
    item.opened_at = running.began_at(now=now)
    item.due_at = calendar_of(item.organization).end_of(running.due_on)
    item.overdue_at = now if item.due_at < now else None
    item.save(update_fields=["owner", "opened_at", "due_at", "overdue_at"])
    plan_reminders_of(item, now=now)
    return item

"""Taking over the running cases of a program that worked with spreadsheets before."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole, Party
from cases.models import Case
from cases.rules import is_program
from cases.services import RunningCase, begin_participation, take_over_case, take_over_work
from cases.steps import STEPS
from certification.enums import Path
from certification.services import take_over_answers, take_over_result
from core.errors import DomainError, NotAllowed
from core.imports import ImportReport
from people.enums import Role, UserKind
from people.models import Invitation, User
from standards.models import Standard
from workflows import engine
from workflows.running_cases import WITH_RESULT, Line, read_running_cases
from workflows.services.application import kind_for, standard_in_force
from workflows.services.invitations import invite_by_mail
from workflows.services.moves import publish_status


@dataclass
class TakeoverReport(ImportReport):
    """What became, or in a rehearsal would become, of every line."""

    rehearsed: bool = False
    lines: list[Line] = field(default_factory=list)

    @classmethod
    def of(cls, lines: list[Line], *, rehearsed: bool) -> "TakeoverReport":
        report = cls(rehearsed=rehearsed, lines=lines)
        for line in lines:
            if line.running:
                report.added += 1
            else:
                report.refuse(line.number, line.reason)
        return report

    def as_text(self) -> str:
        begin = _("Rehearsal, nothing is changed.") if self.rehearsed else _("Done.")
        counts = _("%(added)s cases taken over, %(refused)s lines refused.")
        sums = counts % {"added": self.added, "refused": len(self.refused)}
        return "\n".join([f"{begin} {sums}", *map(_in_words, self.lines)])

    def as_data(self) -> dict[str, object]:
        return super().as_data() | {"rehearsed": self.rehearsed}


def _in_words(line: Line) -> str:
    if line.running is None or line.step is None:
        return f"line {line.number}: {line.reason}"
    running = line.running
    owner = running.owner.email if running.owner else "–"
    parts = [str(running.city), str(line.step.title), owner, f"{running.since} → {running.due_on}"]
    return f"line {line.number}: " + " · ".join([*parts, *map(str, line.notes)])


@transaction.atomic
def import_cases(
    *, source: bytes, by: User, now: datetime, rehearse: bool = False, invite: bool = False
) -> TakeoverReport:
    """Take over every sound line of a CSV file; a rehearsal reads the same and writes nothing.

    `invite` asks unknown owners of a city's step in as its lead. Raises UnreadableFile when nothing can be
    made of the file, WrongState when no standard is in force.
    """
    _require(by)
    today = program_calendar().local_day(now)
    standard = standard_in_force(today)
    lines = read_running_cases(source, standard=standard, today=today, invite=invite)
    if not rehearse:
        for line in lines:
            _take_over_line(line, standard, by=by, now=now)
            if line.case:
                publish_status(line.case, now=now)
    return TakeoverReport.of(lines, rehearsed=rehearse)


def _require(by: User) -> None:
    """The program, or whoever runs the installation by command."""
    if by.kind != UserKind.SYSTEM and not is_program(by):
        raise NotAllowed(_("Running cases are taken over by the program office."))


def _take_over_line(line: Line, standard: Standard, *, by: User, now: datetime) -> None:
    if line.running is None:
        return
    try:
        with transaction.atomic():
            case = _take_over(line.running, standard, by=by, now=now)
            _invite(line.running, line.invitee, by=by, now=now)
    except DomainError as error:
        line.refuse("", error.detail)
    else:
        line.case = case


def _take_over(running: RunningCase, standard: Standard, *, by: User, now: datetime) -> Case:
    kind = kind_for(running.city, standard, today=running.since)
    case = take_over_case(running=running, standard=standard, kind=kind, by=by, now=now)
    _take_over_round(case, running, by=by, now=now)
    if running.owner and STEPS[running.step].party == Party.PROGRAM and running.step != "confirm":
        begin_participation(case=case, role=ParticipationRole.MANAGER, person=running.owner, by=by, now=now)
    engine.start_case(case, by=by, now=now, entry=running.step)
    take_over_work(item=case.work_items.open().get(), running=running, now=now)
    return case


def _take_over_round(case: Case, running: RunningCase, *, by: User, now: datetime) -> None:
    began_at = running.began_at(now=now)
    if running.step == "assign_assessors":
        take_over_answers(case=case, met=running.met, began_at=began_at, by=by, now=now)
    if running.step in WITH_RESULT:
        path = Path.DECISION if running.step == "open_packet" else Path.COACHING
        take_over_result(case=case, met=running.met, path=path, began_at=began_at, by=by, now=now)


def _invite(running: RunningCase, address: str, *, by: User, now: datetime) -> None:
    """Once, also when the same person is asked in already."""
    organization, role = running.city.organization, Role.CITY_LEAD
    asked = Invitation.objects.usable(now).filter(organization=organization, role=role, address=address)
    if address and not asked.exists():
        invite_by_mail(organization=organization, role=role, address=address, until=None, by=by, now=now)

"""More time for one piece of work: asked for with a reason, granted or refused."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import ExtensionStatus, Party
from cases.models import Extension, WorkItem
from cases.services.case import require
from cases.services.policy import MOST_DAYS, move_due_date
from cases.services.work import require_open
from core import audit
from core.errors import InvalidInput, WrongState
from people.models import User
from people.permissions import Permission


def extended_due(item: WorkItem, until: date) -> datetime:
    """The end of that day for whoever owes the work; of the next working day where it is closed."""
    calendar = calendar_of(item.organization)
    return calendar.end_of(calendar.first_working_day(until))


def request_extension(*, item: WorkItem, until: date, reason: str, by: User, now: datetime) -> Extension:
    """Ask for a later due date. The caller has made sure that the person owes the work."""
    require_open(item)
    if item.party == Party.COMMITTEE or item.case_id is None:
        raise WrongState(_("The date of this work can't be moved by asking. Write to the program."))
    if item.extensions.filter(status=ExtensionStatus.OPEN).exists():
        raise WrongState(_("More time has been asked for already; the answer is still to come."))
    require_sound_request(item, until, reason, now=now)
    extension = Extension.objects.create(
        item=item, until=until, reason=reason.strip(), requested_at=now, requested_by=by
    )
    _record("cases.extension_requested", extension, by=by, now=now, new={"until": until.isoformat()})
    return extension


def require_sound_request(item: WorkItem, until: date, reason: str, *, now: datetime) -> None:
    """Raises InvalidInput, each mistake under its field."""
    calendar = calendar_of(item.organization)
    if not reason.strip():
        raise InvalidInput(errors={"reason": [_("Say why; whoever answers reads it.")]})
    due_at = extended_due(item, until)
    if due_at <= max(item.due_at, now):
        raise InvalidInput(errors={"until": [_("Choose a day after the due date, and after today.")]})
    if calendar.between(calendar.local_day(item.due_at), until) > MOST_DAYS:
        raise InvalidInput(
            errors={"until": [_("That is more than a year. Ask the program to pause the case.")]}
        )


def answer_extension(*, extension: Extension, grant: bool, answer: str, by: User, now: datetime) -> Extension:
    """Grant, and move the due date and its reminders in the same transaction; or refuse with a reason."""
    require(by, Permission.GRANT_EXTENSION, extension.item)
    require_open(extension.item)
    if extension.status != ExtensionStatus.OPEN:
        raise WrongState(_("This has been answered meanwhile."))
    if not grant and not answer.strip():
        raise InvalidInput(errors={"answer": [_("Say why not; whoever asked reads it.")]})
    extension.status = ExtensionStatus.GRANTED if grant else ExtensionStatus.REFUSED
    extension.decided_at, extension.decided_by, extension.answer = now, by, answer.strip()
    extension.save()
    _record("cases.extension_granted" if grant else "cases.extension_refused", extension, by=by, now=now)
    if grant:
        due_at = max(extended_due(extension.item, extension.until), extension.item.due_at)
        move_due_date(item=extension.item, due_at=due_at, by=by, now=now, why="extension")
    return extension


def _record(
    action: str, extension: Extension, *, by: User, now: datetime, new: dict[str, object] | None = None
) -> None:
    audit.record(action, by=by, target=extension, now=now, dossier=extension.item.case_id, new=new)

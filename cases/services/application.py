from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.eligibility import RuleResult, eligibility, unmet
from cases.enums import DeclineReason
from cases.errors import ReasonNeeded
from cases.models import Application
from cases.transitions import TABLE, Action
from core.errors import EditConflict, InvalidInput
from core.models import StoredFile
from core.transitions import advance, authorize
from people.models import User


class EligibilityNotMet(ReasonNeeded):
    """An eligibility rule is failed or unknown, and no reason for accepting nevertheless was given."""

    def __init__(self, results: list[RuleResult]) -> None:
        named = "; ".join(f"{result.rule}: {result.explanation}" for result in results)
        text = _("Not every eligibility rule is met (%(rules)s). Give a reason to accept nevertheless.")
        super().__init__(errors={"reason": [text % {"rules": named}]})
        self.results = results


ENTERED = ("signer_name", "signer_title", "signer_address", "signed_on", "motivation")
OLDEST_SIGNATURE = timedelta(days=2 * 365)


def save_application(
    *,
    application: Application,
    version: int,
    signer_name: str,
    signer_title: str,
    signed_on: date | None,
    motivation: str,
    by: User,
    now: datetime,
    signer_address: str = "",
) -> Application:
    """Keep what the city has entered so far. `version` is the one the writer saw.

    Raises EditConflict, with both, when somebody entered something else meanwhile; InvalidInput for a
    signature of a day to come, or of more than two years ago: whoever signed then may not be in office.
    """
    row = TABLE[Action.SAVE_APPLICATION]
    authorize(row, application, by=by)
    address = signer_address.strip().lower()
    texts = (signer_name.strip(), signer_title.strip(), address, signed_on, motivation.strip())
    tried = dict(zip(ENTERED, texts, strict=True))
    if application.version != version:
        if tried == {name: getattr(application, name) for name in ENTERED}:
            return application
        raise EditConflict(stored=application, tried=tried)
    _require_believable(signed_on, today=calendar_of(application.case.city.organization).local_day(now))
    for name, value in tried.items():
        setattr(application, name, value)
    application.version += 1
    return advance(row, application, by=by, now=now, dossier=application.case_id)


def _require_believable(signed_on: date | None, *, today: date) -> None:
    if signed_on is None:
        return
    if signed_on > today:
        raise InvalidInput(errors={"signed_on": [_("The commitment can't be signed in the future.")]})
    if signed_on < today - OLDEST_SIGNATURE:
        text = _("That is more than two years ago. Check the year, or have the commitment signed anew.")
        raise InvalidInput(errors={"signed_on": [text]})


def attach_paper(*, application: Application, paper: StoredFile, by: User, now: datetime) -> Application:
    """Put the signed paper on file; a newer one takes the place of the one that is there."""
    row = TABLE[Action.SAVE_APPLICATION]
    authorize(row, application, by=by)
    application.paper = paper
    return advance(row, application, by=by, now=now, dossier=application.case_id, new={"paper": paper.name})


def submit_application(*, application: Application, by: User, now: datetime) -> Application:
    """Hand the application to the program, also when a rule is not met: a person may override it."""
    row = TABLE[Action.SUBMIT_APPLICATION]
    authorize(row, application, by=by)
    application.submitted_at, application.submitted_by = now, by
    application.decided_at, application.decided_by = None, None
    failed = [result.rule for result in unmet(eligibility(application))]
    return advance(row, application, by=by, now=now, dossier=application.case_id, new={"unmet_rules": failed})


def accept_application(*, application: Application, reason: str, by: User, now: datetime) -> Application:
    """Let the city in. Raises EligibilityNotMet when a rule is not met and no reason is given."""
    row = TABLE[Action.ACCEPT_APPLICATION]
    authorize(row, application, by=by)
    failed = unmet(eligibility(application))
    if failed and not reason.strip():
        raise EligibilityNotMet(failed)
    new = {"unmet_rules": [result.rule for result in failed], "reason": reason.strip()}
    _decide(application, reason, by=by, now=now)
    return advance(row, application, by=by, now=now, dossier=application.case_id, new=new)


def request_changes(*, application: Application, reason: str, by: User, now: datetime) -> Application:
    """Give the application back to the city with what to change."""
    row = TABLE[Action.REQUEST_CHANGES]
    authorize(row, application, by=by)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say what the city should change.")]})
    _decide(application, reason, by=by, now=now)
    return advance(
        row, application, by=by, now=now, dossier=application.case_id, new={"reason": reason.strip()}
    )


def decline_application(
    *, application: Application, rule: DeclineReason, reason: str, by: User, now: datetime
) -> Application:
    """Decline, naming the rule; only a rule that is not met can be the ground."""
    row = TABLE[Action.DECLINE_APPLICATION]
    authorize(row, application, by=by)
    if rule not in {result.rule for result in unmet(eligibility(application))}:
        raise InvalidInput(errors={"rule": [_("Name a rule that is not met; this one is.")]})
    _decide(application, reason, by=by, now=now)
    new = {"rule": rule, "reason": reason.strip()}
    return advance(row, application, by=by, now=now, dossier=application.case_id, new=new)


def _decide(application: Application, note: str, *, by: User, now: datetime) -> None:
    application.decided_at, application.decided_by = now, by
    application.decision_note = note.strip()

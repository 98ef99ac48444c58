"""Rule 9: a recency window that has run out makes a met criterion expire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from cases.steps import STEPS
from certification.enums import ResponseStatus
from certification.models import Response
from standards.models import Check

# From the end of the city's step to the announcement, if everyone takes the days they have by default.
UNTIL_DECIDED = (
    "assign_assessors",
    "review",
    "reconcile",
    "release_report",
    "choose_path",
    "open_packet",
    "vote",
    "announce",
)


def has_expired(response: Response, *, on: date) -> bool:
    """Whether too few of the ticked checks still hold on that day for the criterion's M-of-N rule.

    A window counts from the newest day the evidence speaks for, else from the day of submission.
    """
    last = good_until(response)
    return last is not None and last < on


def good_until(response: Response) -> date | None:
    """The last day on which enough of the ticked checks hold; None when that never ends, or is not known."""
    ticked = _ticked(response)
    speaks_for = _speaks_for(response)
    if response.criterion.need is None or not ticked or speaks_for is None:
        return None
    ends = sorted((_end(check, speaks_for) for check in ticked), reverse=True)
    last = ends[min(response.criterion.need, len(ends)) - 1]
    return None if last == date.max else last


def _end(check: Check, speaks_for: date) -> date:
    return speaks_for + relativedelta(months=check.within_months) if check.within_months else date.max


def _ticked(response: Response) -> Sequence[Check]:
    if not hasattr(response, "ticked_ids"):
        return list(response.ticked.all())
    return [check for check in response.criterion.checks.all() if check.pk in response.ticks]


def _speaks_for(response: Response) -> date | None:
    days = [piece.speaks_for_on for piece in response.evidence.all() if piece.speaks_for_on]
    return max(days) if days else given_on(response)


def given_on(response: Response) -> date | None:
    """The day on which the city gave the answer; to carry it into a later round makes it no younger."""
    if response.status == ResponseStatus.CARRIED and response.given_on:
        return response.given_on
    submitted_at = response.assessment.submitted_at
    return submitted_at.date() if submitted_at else None


def expected_decision(due_on: date) -> date:
    """When the committee's decision is announced if the city submits on that day and nothing is coached.

    Every step by its default working days, five of which make a week.
    """
    working_days = sum(STEPS[step].working_days for step in UNTIL_DECIDED)
    return due_on + timedelta(days=working_days * 7 // 5)


@dataclass(frozen=True)
class Aging:
    """Evidence of one criterion that will be too old: by the due date, or only by the decision."""

    last_on: date
    by: date
    by_due_date: bool


def aging_of(response: Response, *, due_on: date) -> Aging | None:
    """Whether what is ticked will have run out by the due date of the city's step, or by the decision."""
    last = good_until(response)
    decided_on = expected_decision(due_on)
    if last is None or last >= decided_on:
        return None
    return Aging(last, due_on, True) if last < due_on else Aging(last, decided_on, False)


def lacks_a_day(response: Response) -> bool:
    """A ticked check counts for a time only, and no evidence says from when."""
    windows = any(check.within_months for check in _ticked(response))
    return windows and _speaks_for(response) is None

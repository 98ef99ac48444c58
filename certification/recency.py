"""Rule 9: a recency window that has run out makes a met criterion expire."""

from datetime import date

from dateutil.relativedelta import relativedelta

from certification.models import Response


def has_expired(response: Response, *, on: date) -> bool:
    """Whether too few of the ticked checks still hold on that day for the criterion's M-of-N rule.

    A window counts from the newest day the evidence speaks for, else from the day of submission.
    """
    ticked = list(response.ticked.all())
    if response.criterion.need is None or not ticked:
        return False
    speaks_for = _speaks_for(response)
    holding = [check for check in ticked if _holds(check.within_months, speaks_for, on)]
    return len(holding) < min(response.criterion.need, len(ticked))


def _speaks_for(response: Response) -> date | None:
    days = [piece.speaks_for_on for piece in response.evidence.all() if piece.speaks_for_on]
    if days:
        return max(days)
    submitted_at = response.assessment.submitted_at
    return submitted_at.date() if submitted_at else None


def _holds(within_months: int | None, speaks_for: date | None, on: date) -> bool:
    if within_months is None or speaks_for is None:
        return True
    return speaks_for + relativedelta(months=within_months) >= on

"""What a line of the program's published figures must hold; what doesn't fit is refused with the reason."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.imports import Row, RowRefused

FIGURE_COLUMNS = ("date", "statement", "count", "source")
PUBLISHED = re.compile(r"(20\d\d)(?:-(\d\d))?(?:-(\d\d))?")
COUNT = re.compile(r"[0-9]{1,12}")
LONGEST = 500


@dataclass(frozen=True)
class FigureFacts:
    line: int
    published: str
    statement: str
    count: int
    source: str


def figure_facts(row: Row) -> FigureFacts:
    """The facts of a line; the date is a day, a month or a year. Raises RowRefused."""
    if not row["statement"]:
        raise RowRefused(f"statement: {_('is empty')}")
    if any(len(row[column]) > LONGEST for column in ("statement", "source")):
        raise RowRefused(_("is longer than %(most)s characters") % {"most": LONGEST})
    if not COUNT.fullmatch(row["count"]):
        raise RowRefused(f"count: {_('is no whole number of 0 or more')}")
    _refuse_no_date(row["date"])
    return FigureFacts(row.line, row["date"], row["statement"], int(row["count"]), row["source"])


def _refuse_no_date(text: str) -> None:
    try:
        first_day(text)
    except ValueError as error:
        raise RowRefused(
            f"date: {_('is no day, month or year, as in 2025-02-26, 2025-02 or 2025')}"
        ) from error


def first_day(published: str) -> date:
    """The day, or the first one of the month or year. Raises ValueError."""
    found = PUBLISHED.fullmatch(published)
    if found is None:
        raise ValueError(published)
    year, month, day = (int(part or 1) for part in found.groups())
    return date(year, month, day)

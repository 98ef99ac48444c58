"""The days and periods that figures speak of: read from what people write, and told in words."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
MONTH = re.compile(r"(\d{4})-(\d{1,2})")
QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])", re.IGNORECASE)
QUARTER_FIRST = re.compile(r"Q([1-4])[- ]?(\d{4})", re.IGNORECASE)
YEAR = re.compile(r"(\d{4})")
BETWEEN = re.compile(r"\s*(?:/|\bto\b)\s*")


@dataclass(frozen=True, order=True)
class Period:
    """From one day to another, both included; a single day is both."""

    begins_on: date
    ends_on: date

    @property
    def is_a_day(self) -> bool:
        return self.begins_on == self.ends_on

    @property
    def code(self) -> str:
        """As it is written in files: 2018-03-15, 2018-03, 2018-Q1, 2018, or two days and a slash."""
        begins, ends = self.begins_on, self.ends_on
        if self.is_a_day:
            return begins.isoformat()
        if self == _months(begins.year, begins.month, 1):
            return f"{begins:%Y-%m}"
        if begins.month % 3 == 1 and self == _months(begins.year, begins.month, 3):
            return f"{begins:%Y}-Q{begins.month // 3 + 1}"
        if self == _months(begins.year, 1, 12):
            return f"{begins:%Y}"
        return f"{begins.isoformat()}/{ends.isoformat()}"

    def __str__(self) -> str:
        """As it is told to people."""
        if self.is_a_day:
            return date_format(self.begins_on, "M j, Y")
        code = self.code
        if "/" in code:
            return " – ".join(date_format(day, "M j, Y") for day in (self.begins_on, self.ends_on))
        if "Q" in code:
            return _("Q%(number)s %(year)s") % {"number": code[-1], "year": code[:4]}
        return date_format(self.begins_on, "M Y") if "-" in code else code


def read_period(text: str) -> Period:
    """The day or period that somebody wrote. Raises ValueError."""
    parts = BETWEEN.split(text.strip())
    if len(parts) == 2:
        first, last = _day(parts[0]), _day(parts[1])
        if last < first:
            raise ValueError(text)
        return Period(first, last)
    return _one(text.strip())


def _one(text: str) -> Period:
    if found := MONTH.fullmatch(text):
        return _months(int(found[1]), int(found[2]), 1)
    if found := QUARTER.fullmatch(text):
        return _months(int(found[1]), int(found[2]) * 3 - 2, 3)
    if found := QUARTER_FIRST.fullmatch(text):
        return _months(int(found[2]), int(found[1]) * 3 - 2, 3)
    if found := YEAR.fullmatch(text):
        return _months(int(found[1]), 1, 12)
    day = _day(text)
    return Period(day, day)


def _day(text: str) -> date:
    found = DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    return date(*map(int, found.groups()))


def _months(year: int, first: int, count: int) -> Period:
    begins, last = date(year, first, 1), first + count - 1
    return Period(begins, date(year, last, monthrange(year, last)[1]))

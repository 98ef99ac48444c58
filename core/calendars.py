"""Working days by country and state, and the end of the working day in a time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

MORNING, END_OF_WORKING_DAY = time(9, 0), time(17, 0)
DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def _public_holidays(country: str, state: str) -> holidays.HolidayBase:
    subdivision = state if state in holidays.country_holidays(country).subdivisions else None
    return holidays.country_holidays(country, subdiv=subdivision)


def has_calendar(country: str) -> bool:
    """Whether public holidays of this country (ISO 3166 alpha-2) are known."""
    return country in holidays.list_supported_countries()


@dataclass(frozen=True)
class WorkingCalendar:
    """The working days of one party.

    Monday to Friday but for the public holidays of the country and state, and for days of the party's own.
    An unknown state counts as none.
    """

    country: str
    state: str = ""
    zone: str = "UTC"
    closed: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        is_closed = day in self.closed or day in _public_holidays(self.country, self.state)
        return day.weekday() < 5 and not is_closed

    def add(self, day: date, working_days: int) -> date:
        """The day that lies so many working days after (or, negative, before) the given one."""
        step = DAY if working_days >= 0 else -DAY
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + DAY * n) for n in range(1, (end - start).days + 1))

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """17:00 local time of that day, as a UTC moment."""
        return datetime.combine(day, END_OF_WORKING_DAY, ZoneInfo(self.zone)).astimezone(UTC)

    def morning_of(self, day: date) -> datetime:
        """9:00 local time of that day, as a UTC moment."""
        return datetime.combine(day, MORNING, ZoneInfo(self.zone)).astimezone(UTC)

    def due_at(self, opened_at: datetime, working_days: int) -> datetime:
        """The end of the working day that lies so many working days after the local day of opening.

        Zero working days is the same day, or the next working day when that one is closed.
        """
        day = self.local_day(opened_at)
        due = self.add(day, working_days) if working_days else self.first_working_day(day)
        return self.end_of(due)

    def first_working_day(self, day: date) -> date:
        while not self.is_working(day):
            day += DAY
        return day

    def shift(self, due_at: datetime, working_days: int) -> datetime:
        """A due moment moved by so many working days, still at the end of a working day."""
        return self.end_of(self.add(self.local_day(due_at), working_days))

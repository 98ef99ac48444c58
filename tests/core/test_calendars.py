"""Working days of the United States and Brazil, and the end of the day across clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendars import WorkingCalendar, has_calendar

US = WorkingCalendar("US", "NJ", "America/New_York")
BRAZIL = WorkingCalendar("BR", "SP", "America/Sao_Paulo")
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
COUNTS = st.integers(0, 90)


def test_working_days_differ_between_countries() -> None:
    start, end = date(2026, 4, 17), date(2026, 5, 5)

    assert US.between(start, end) == 12
    assert BRAZIL.between(start, end) == 10


def test_between_counts_backwards_as_negative() -> None:
    assert US.between(date(2026, 5, 5), date(2026, 4, 17)) == -12
    assert US.between(date(2026, 5, 5), date(2026, 5, 5)) == 0


def test_going_forth_and_back_from_a_holiday_does_not_return_to_it() -> None:
    independence_day = date(2026, 7, 4)

    there = US.add(independence_day, 5)

    assert there == date(2026, 7, 10)
    assert US.add(there, -5) == date(2026, 7, 2)


@given(DAYS, COUNTS)
def test_going_forth_and_back_from_a_working_day_returns_to_it(day: date, count: int) -> None:
    start = US.first_working_day(day)

    assert US.add(US.add(start, count), -count) == start
    assert US.add(US.add(start, -count), count) == start


@given(DAYS, COUNTS)
def test_days_added_are_the_days_between(day: date, count: int) -> None:
    assert BRAZIL.between(day, BRAZIL.add(day, count)) == count


@given(DAYS, st.integers(1, 90))
def test_adding_ends_on_a_working_day(day: date, count: int) -> None:
    assert US.is_working(US.add(day, count))
    assert US.is_working(US.add(day, -count))


def test_state_holidays_count_only_in_the_state() -> None:
    revolution = date(2026, 7, 9)  # a holiday of São Paulo

    assert not BRAZIL.is_working(revolution)
    assert WorkingCalendar("BR", "RJ").is_working(revolution)


def test_unknown_state_has_the_holidays_of_its_country() -> None:
    nowhere = WorkingCalendar("US", "XX")

    assert not nowhere.is_working(date(2026, 12, 25))
    assert nowhere.is_working(date(2026, 12, 24))


def test_has_calendar_knows_countries() -> None:
    assert has_calendar("BR")
    assert not has_calendar("XX")


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 3, 6), datetime(2026, 3, 6, 22, tzinfo=UTC)),
        (date(2026, 3, 9), datetime(2026, 3, 9, 21, tzinfo=UTC)),
        (date(2026, 10, 30), datetime(2026, 10, 30, 21, tzinfo=UTC)),
        (date(2026, 11, 2), datetime(2026, 11, 2, 22, tzinfo=UTC)),
    ],
    ids=["winter", "first day of summer time", "summer", "first day of winter time"],
)
def test_working_day_ends_at_five_local_time_all_year(day: date, moment: datetime) -> None:
    assert US.end_of(day) == moment


def test_due_moment_counts_from_the_local_day() -> None:
    late_in_the_evening = datetime(2026, 3, 7, 2, tzinfo=UTC)  # still Friday, 6 March in New York

    assert US.due_at(late_in_the_evening, 1) == datetime(2026, 3, 9, 21, tzinfo=UTC)


def test_due_the_same_day_moves_to_the_next_working_day_when_it_is_closed() -> None:
    saturday = datetime(2026, 3, 7, 15, tzinfo=UTC)

    assert US.due_at(saturday, 0) == datetime(2026, 3, 9, 21, tzinfo=UTC)
    assert US.due_at(datetime(2026, 3, 6, 15, tzinfo=UTC), 0) == datetime(2026, 3, 6, 22, tzinfo=UTC)


def test_shifting_over_a_clock_change_keeps_the_end_of_the_day() -> None:
    due = datetime(2026, 3, 6, 22, tzinfo=UTC)

    assert US.shift(due, 1) == datetime(2026, 3, 9, 21, tzinfo=UTC)
    assert US.shift(due, 0) == due


def test_every_state_and_country_of_the_program_loads() -> None:
    """Each of them closes on some Mondays to Fridays of a year, and is open on most."""
    import holidays

    weekdays = [
        day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)) if day.weekday() < 5
    ]
    for country in ("US", "CA", "MX", "BR"):
        assert has_calendar(country)
        for state in ("", *holidays.country_holidays(country).subdivisions):
            calendar = WorkingCalendar(country, state)
            closed = sum(not calendar.is_working(day) for day in weekdays)
            assert 5 <= closed <= 25, (country, state, closed)


ZONES = st.sampled_from(["America/New_York", "America/Sao_Paulo", "America/Mexico_City", "America/Regina"])


@given(day=DAYS, count=st.integers(0, 90), zone=ZONES, hour=st.integers(0, 23))
def test_nothing_falls_due_on_a_closed_day(day: date, count: int, zone: str, hour: int) -> None:
    """Over year ends and changes of the clock, wherever the party is."""
    calendar = WorkingCalendar("US", "NJ", zone)

    due = calendar.due_at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), count)

    local = due.astimezone(ZoneInfo(zone))
    assert calendar.is_working(local.date())
    assert (local.hour, local.minute) == (17, 0)
    assert calendar.is_working(calendar.local_day(calendar.shift(due, -count)))


CLOSED = st.frozensets(st.dates(date(2030, 1, 1), date(2030, 3, 31)), max_size=30)
NEAR = st.dates(date(2029, 12, 1), date(2030, 4, 30))


@given(day=NEAR, count=COUNTS, closed=CLOSED)
def test_a_partys_own_closed_days_are_no_working_days(day: date, count: int, closed: frozenset[date]) -> None:
    """Nothing falls due on one, working days skip them, and there and back is where one began."""
    calendar = WorkingCalendar("US", "NJ", "America/New_York", closed)
    start = calendar.first_working_day(day)

    due = calendar.local_day(calendar.due_at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), count))

    assert due not in closed
    assert calendar.is_working(due)
    assert calendar.add(calendar.add(start, count), -count) == start
    assert calendar.between(start, calendar.add(start, count)) == count

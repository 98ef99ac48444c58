from datetime import UTC, date, datetime

import pytest

from core.calendars import WorkingCalendar
from core.pagekit_dates import age_in_words, day_in_words, due_in_words, moment_in_words

NEW_JERSEY = WorkingCalendar("US", "NJ", "America/New_York")
FRIDAY_MORNING = datetime(2026, 5, 8, 14, 0, tzinfo=UTC)


def end_of(month: int, day: int, year: int = 2026) -> datetime:
    return NEW_JERSEY.end_of(date(year, month, day))


@pytest.mark.parametrize(
    ("due_at", "words", "tone"),
    [
        (end_of(5, 8), "today", "soon"),
        (end_of(5, 9), "tomorrow", "soon"),
        (end_of(5, 10), "in 2 days", "neutral"),
        (end_of(5, 11), "in 1 working day", "soon"),
        (end_of(5, 12), "in 2 working days", "soon"),
        (end_of(5, 13), "in 3 working days", "neutral"),
        (end_of(5, 22), "in 10 working days", "neutral"),
        (end_of(5, 26), "in 3 weeks", "neutral"),
        (end_of(7, 9), "in 9 weeks", "neutral"),
        (end_of(7, 10), "in 2 months", "neutral"),
        (end_of(5, 7), "1 working day late", "late"),
        (end_of(5, 4), "4 working days late", "late"),
        (end_of(4, 8), "22 working days late", "late"),
    ],
)
def test_due_counts_working_days(due_at, words, tone):
    due = due_in_words(due_at, FRIDAY_MORNING, NEW_JERSEY)

    assert (due.words, due.tone) == (words, tone)


def test_due_is_late_from_the_minute_after():
    due_at = end_of(5, 8)

    assert due_in_words(due_at, due_at, NEW_JERSEY).words == "today"
    assert due_in_words(due_at, due_at.replace(minute=1), NEW_JERSEY).words == "due earlier today"


def test_due_over_a_weekend_names_the_day():
    saturday = datetime(2026, 5, 9, 14, 0, tzinfo=UTC)

    due = due_in_words(end_of(5, 8), saturday, NEW_JERSEY)

    assert (due.words, due.tone) == ("late since Friday", "late")


def test_due_skips_the_holidays_of_the_party():
    before_independence_day = datetime(2025, 7, 3, 14, 0, tzinfo=UTC)

    due = due_in_words(end_of(7, 8, 2025), before_independence_day, NEW_JERSEY)

    assert due.words == "in 2 working days"


def test_due_gives_the_day_and_moment_in_the_zone_of_the_party():
    due = due_in_words(end_of(5, 11), FRIDAY_MORNING, NEW_JERSEY)

    assert due.day == "Mon, May 11, 2026"
    assert due.moment == "Mon, May 11, 2026, 5:00 pm EDT"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "Fri, May 8, 2026, 10:00 am EDT"),
        ("America/Los_Angeles", "Fri, May 8, 2026, 7:00 am PDT"),
        ("America/Sao_Paulo", "Fri, May 8, 2026, 11:00 am UTC-3"),
        ("Asia/Kathmandu", "Fri, May 8, 2026, 7:45 pm UTC+5:45"),
        ("UTC", "Fri, May 8, 2026, 2:00 pm UTC"),
    ],
)
def test_moment_is_told_in_the_readers_zone(zone, words):
    assert moment_in_words(FRIDAY_MORNING, zone) == words


def test_moment_at_midnight_and_noon():
    midnight = datetime(2026, 5, 8, 0, 5, tzinfo=UTC)

    assert moment_in_words(midnight, "UTC") == "Fri, May 8, 2026, 12:05 am UTC"
    assert moment_in_words(midnight.replace(hour=12), "UTC") == "Fri, May 8, 2026, 12:05 pm UTC"


def test_day_is_told_with_its_weekday():
    assert day_in_words(date(2026, 5, 11)) == "Mon, May 11, 2026"


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (datetime(2026, 5, 8, 5, 0, tzinfo=UTC), "since today"),
        (datetime(2026, 5, 8, 3, 0, tzinfo=UTC), "1 day"),
        (datetime(2026, 4, 26, 14, 0, tzinfo=UTC), "12 days"),
    ],
)
def test_age_counts_days_of_the_readers_zone(since, words):
    assert age_in_words(since, FRIDAY_MORNING, "America/New_York") == words

"""Figures and periods: what people write, what is kept of it, what follows from it."""

from datetime import date
from decimal import Decimal

import pytest

from coaching.enums import Bound
from coaching.figures import Derived, Figure, Known, before, read_figure
from coaching.periods import Period, read_period

MORE = Bound.MORE_THAN


@pytest.mark.parametrize(
    ("text", "value", "bound", "told"),
    [
        ("3000", "3000", Bound.EXACT, "3,000"),
        ("3,000", "3000", Bound.EXACT, "3,000"),
        (">3000", "3000", MORE, "more than 3,000"),
        ("more than 1,200.50", "1200.5", MORE, "more than 1,200.5"),
        (" -2.000001 ", "-2.000001", Bound.EXACT, "-2.000001"),
        ("−0", "0", Bound.EXACT, "0"),
    ],
)
def test_figure_is_read_and_told_exactly(text: str, value: str, bound: Bound, told: str) -> None:
    figure = read_figure(text)

    assert (figure.value, figure.bound, str(figure)) == (Decimal(value), bound, told)
    assert read_figure(figure.code) == figure


@pytest.mark.parametrize(
    "text", ["", "91%", "3,00", "1.000,5", "0.1234567", "1e3", "NaN", "١", "9" * 14, ">"]
)
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its words are for nobody
        read_figure(text)


@pytest.mark.parametrize(
    ("text", "begins", "ends", "told"),
    [
        ("2018-03-15", "2018-03-15", "2018-03-15", "Mar 15, 2018"),
        ("2018-2", "2018-02-01", "2018-02-28", "Feb 2018"),
        ("Q1 2018", "2018-01-01", "2018-03-31", "Q1 2018"),
        ("2017-q4", "2017-10-01", "2017-12-31", "Q4 2017"),
        ("2018", "2018-01-01", "2018-12-31", "2018"),
        ("2018-03-01 to 2018-04-15", "2018-03-01", "2018-04-15", "Mar 1, 2018 – Apr 15, 2018"),
    ],
)
def test_period_is_read_and_told(text: str, begins: str, ends: str, told: str) -> None:
    period = read_period(text)

    assert period == Period(date.fromisoformat(begins), date.fromisoformat(ends))
    assert str(period) == told
    assert read_period(period.code) == period


@pytest.mark.parametrize(
    "text", ["", "Q5 2018", "2018-13", "2018-02-30", "2018-04-02/2018-04-01", "spring", "0000"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its words are for nobody
        read_period(text)


@pytest.mark.parametrize(
    ("now", "change", "value", "known"),
    [
        ("3000", "1200", "1800", Known.EXACTLY),
        ("3000", ">1200", "1800", Known.LESS_THAN),
        (">3000", "1200", "1800", Known.MORE_THAN),
        (">3000", ">1200", "1800", Known.NO_BOUND),
        ("80", ">-20", "100", Known.MORE_THAN),
        (">80", ">-20", "100", Known.MORE_THAN),
        ("80", "-20", "100", Known.EXACTLY),
    ],
)
def test_what_was_before_a_change_is_known_only_as_far_as_it_follows(
    now: str, change: str, value: str, known: Known
) -> None:
    assert before(read_figure(now), read_figure(change)) == Derived(Decimal(value), known)


def test_number_of_a_cell_keeps_every_digit() -> None:
    assert [Figure(Decimal(text)).number for text in ("3000.000000", "0.100000")] == [3000, Decimal("0.1")]

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from core.timecharts import Level, Mark, Reading, highest, over_time

SVG = "{http://www.w3.org/2000/svg}"


def readings(*values: int, mark: Mark = Mark.EXACT) -> list[Reading]:
    return [Reading(day, f"Day {day}", Decimal(value), str(value), mark) for day, value in enumerate(values)]


def drawn(chart: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(chart).iter(f"{SVG}{name}"))  # noqa: S314 -- our own


def test_bars_stand_for_their_values_and_a_derived_one_is_hollow() -> None:
    told = [
        *readings(1800, mark=Mark.DERIVED),
        Reading(1, "<Q1>", Decimal(3600), "more than 3,600", Mark.MORE, "> 3,600"),
    ]

    chart = over_time(told, title="Households", levels=[Level("Target", Decimal(4000))], as_bars=True)

    low, high = drawn(chart.svg, "rect")
    assert float(low.get("height", "")) * 2 == pytest.approx(float(high.get("height", "")), abs=0.02)
    assert (low.get("fill"), len(drawn(chart.svg, "polygon"))) == ("#ffffff", 1)
    assert chart.alt == "Households. Day 0: 1800; <Q1>: more than 3,600; Target: 4,000."
    words = ["".join(one.itertext()) for one in drawn(chart.svg, "text")]
    assert {
        "> 3,600",
        "<Q1>",
        "Target 4,000",
        "▲ more than the value shown",
        "hollow: derived, not reported",
    } <= set(words)


def test_line_goes_through_every_figure_and_names_the_ends() -> None:
    chart = over_time(readings(*range(100, 160)), title="Cases")

    (line,) = drawn(chart.svg, "polyline")
    assert len(line.get("points", "").split()) == 60
    assert chart.alt == (
        "Cases. 60 figures; first, last, highest and lowest; "
        "Day 0: 100; Day 59: 159; Day 59: 159; Day 0: 100."
    )
    assert "Day 30" not in chart.svg


def test_values_below_zero_nothing_and_one_alone_are_drawn() -> None:
    below = over_time(readings(-5, 5), title="Change", as_bars=True)
    one = over_time(readings(7), title="One")
    more = over_time(readings(3, 4, mark=Mark.MORE), title="More")

    first, second = drawn(below.svg, "rect")
    assert float(first.get("y", "")) == pytest.approx(
        float(second.get("y", "")) + float(second.get("height", ""))
    )
    assert len(drawn(one.svg, "circle")) == 1
    assert len(drawn(more.svg, "polygon")) == 2
    assert over_time([], title="None").alt == "None. No figures yet."


@pytest.mark.parametrize(
    ("value", "top"), [("3000", "3000"), ("91", "95"), ("0.12", "0.15"), ("0", "1"), ("10", "10")]
)
def test_top_is_a_round_number_above_every_value(value: str, top: str) -> None:
    only = [Reading(0, "", Decimal(value), "")]

    assert highest(only) == Decimal(top)

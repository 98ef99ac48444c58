"""Figures over time as SVG, with the look and the rules of `core.charts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import ACCENT, FONT, INK, TRACK, WIDTH, Chart

TOP, BOTTOM, LEFT, RIGHT = 34, 214, 64, 470
HEIGHT, LEGEND, SIZE = 240, 22, 13
# So many points can be named one by one; of more the first, the last and the extremes are told.
FEW, MANY = 6, 24
WIDEST_BAR = 56
# About as wide as a letter of a label is.
LETTER = 6.5
# Of the levels, in their order.
DASHES = ("3 4", "10 5", "1 6")


class Mark(StrEnum):
    """How much of a figure is known, and so how it is drawn."""

    EXACT = "exact"
    MORE = "more"
    DERIVED = "derived"


@dataclass(frozen=True)
class Reading:
    """One figure: `day` counts days, `told` says the figure in words and `short` in signs."""

    day: int
    label: str
    value: Decimal
    told: str
    mark: Mark = Mark.EXACT
    short: str = ""


@dataclass(frozen=True)
class Level:
    """A value to compare with, as a dashed line across the picture."""

    label: str
    value: Decimal


def highest(readings: Sequence[Reading], levels: Sequence[Level] = ()) -> Decimal:
    """A round number at or above every value, for charts that are to be compared."""
    most = max([*(one.value for one in readings), *(one.value for one in levels)], default=Decimal(0))
    if most <= 0:
        return Decimal(1)
    step = Decimal(10) ** (most.adjusted() - 1) * 5
    return (most / step).to_integral_value(ROUND_CEILING) * step


def over_time(
    readings: Sequence[Reading],
    *,
    title: str,
    levels: Sequence[Level] = (),
    top: Decimal | None = None,
    as_bars: bool = False,
) -> Chart:
    """The figures in their order, oldest first, as a line or as bars; “more than” carries an arrow."""
    scale = _Scale(readings, levels, top or highest(readings, levels), as_bars=as_bars)
    drawn = _bars(readings, scale) if as_bars else _line(readings, scale)
    lines = [_level(one, dashes, scale) for one, dashes in zip(levels, DASHES, strict=False)]
    legend = [*_legend_of_levels(levels), *_legend_of_marks(readings)]
    keys = [_key(one, HEIGHT + LEGEND * place) for place, one in enumerate(legend)]
    parts = [_grid(scale), *drawn, *lines, *_labels(readings, scale), *keys]
    height = HEIGHT + LEGEND * len(legend)
    alt = f"{title}. {'; '.join(_words(readings, levels))}."
    svg = format_html(
        '<svg class="mp-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"'
        ' aria-label="{}">{}</svg>',
        *(WIDTH, height, alt, _joined(parts)),
    )
    return Chart(svg, alt)


class _Scale:
    """Where a figure stands in the picture."""

    def __init__(
        self, readings: Sequence[Reading], levels: Sequence[Level], top: Decimal, *, as_bars: bool
    ) -> None:
        self.top = top
        values = [*(one.value for one in readings), *(one.value for one in levels)]
        self.bottom = min([Decimal(0), *values])
        self.count, self.as_bars = max(1, len(readings)), as_bars
        days = [one.day for one in readings] or [0]
        self.first, self.span = min(days), max(days) - min(days)

    def x(self, place: int, reading: Reading) -> float:
        if self.as_bars:
            return LEFT + (RIGHT - LEFT) * (place + 0.5) / self.count
        if not self.span:
            return (LEFT + RIGHT) / 2
        return LEFT + 12 + (RIGHT - LEFT - 24) * (reading.day - self.first) / self.span

    def y(self, value: Decimal) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return round(BOTTOM - (BOTTOM - TOP) * float(share), 2)

    @property
    def bar(self) -> float:
        return min(WIDEST_BAR, (RIGHT - LEFT) / self.count * 0.6)


def _grid(scale: _Scale) -> SafeString:
    values = {scale.bottom, Decimal(0), scale.top / 2, scale.top}
    lines = [(value, scale.y(value)) for value in sorted(values)]
    return _joined(
        [
            _joined([_stroke(LEFT, y, RIGHT, y, TRACK), _text(LEFT - 8, y + 4, plain(value), "end")])
            for value, y in lines
        ]
    )


def _level(level: Level, dashes: str, scale: _Scale) -> SafeString:
    return _stroke(LEFT, scale.y(level.value), RIGHT, scale.y(level.value), INK, dashes)


def _bars(readings: Sequence[Reading], scale: _Scale) -> list[SafeString]:
    return [_bar(one, scale.x(place, one), scale) for place, one in enumerate(readings)]


def _bar(one: Reading, x: float, scale: _Scale) -> SafeString:
    high, ground = sorted((scale.y(one.value), scale.y(Decimal(0))))
    derived = one.mark == Mark.DERIVED
    bar = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="2"'
        ' stroke-dasharray="{}"/>',
        *(round(x - scale.bar / 2, 2), high, round(scale.bar, 2), round(ground - high, 2)),
        *("#ffffff" if derived else ACCENT, ACCENT, "4 3" if derived else "none"),
    )
    return _joined([bar, _arrow(x, high) if one.mark == Mark.MORE else SafeString()])


def _line(readings: Sequence[Reading], scale: _Scale) -> list[SafeString]:
    known = [(scale.x(place, one), scale.y(one.value), one) for place, one in enumerate(readings)]
    path = " ".join(f"{x:.1f},{y}" for x, y, _one in known)
    line = format_html('<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>', path, ACCENT)
    shown = known if len(known) <= MANY else []
    return [line, *(_point(x, y, one.mark) for x, y, one in shown)]


def _point(x: float, y: float, mark: Mark) -> SafeString:
    if mark == Mark.MORE:
        return _arrow(x, y)
    return format_html(
        '<circle cx="{}" cy="{}" r="4" fill="{}" stroke="{}" stroke-width="2"/>',
        *(f"{x:.1f}", y, "#ffffff" if mark == Mark.DERIVED else ACCENT, ACCENT),
    )


def _arrow(x: float, y: float) -> SafeString:
    points = f"{x - 7:.1f},{y - 3:.1f} {x + 7:.1f},{y - 3:.1f} {x:.1f},{y - 13:.1f}"
    return format_html('<polygon points="{}" fill="{}"/>', points, ACCENT)


def _labels(readings: Sequence[Reading], scale: _Scale) -> list[SafeString]:
    """Below, when; above, how much: of each of a few, else of the first and the last."""
    last = len(readings) - 1
    room = (RIGHT - LEFT) / max(1, len(readings))
    fits = all(len(one.label) * LETTER < room for one in readings)
    parts = []
    for place, one in enumerate(readings):
        x, is_end = scale.x(place, one), place in (0, last)
        anchor = "middle" if fits or scale.as_bars else ("start" if place == 0 else "end")
        if fits or is_end:
            parts.append(_text(x, BOTTOM + 18, one.label, anchor))
        if last < FEW or is_end:
            parts.append(_value(one, x, anchor, scale))
    return parts


def _value(one: Reading, x: float, anchor: str, scale: _Scale) -> SafeString:
    above = min(scale.y(one.value), scale.y(Decimal(0))) if scale.as_bars else scale.y(one.value)
    lift = 18 if one.mark == Mark.MORE else 9
    return _text(x, above - lift, one.short or plain(one.value), anchor)


def _legend_of_levels(levels: Sequence[Level]) -> list[tuple[str, str]]:
    return [(dashes, f"{one.label} {plain(one.value)}") for one, dashes in zip(levels, DASHES, strict=False)]


def _legend_of_marks(readings: Sequence[Reading]) -> list[tuple[str, str]]:
    words = {
        Mark.MORE: _("▲ more than the value shown"),
        Mark.DERIVED: _("hollow: derived, not reported"),
    }
    marks = {one.mark for one in readings}
    return [("", text) for mark, text in words.items() if mark in marks]


def _key(entry: tuple[str, str], y: float) -> SafeString:
    """A line of the legend: the dashes of a level, and words."""
    dashes, words = entry
    sample = _stroke(LEFT, y + SIZE - 4, LEFT + 34, y + SIZE - 4, INK, dashes) if dashes else SafeString()
    return _joined([sample, _text(LEFT + (42 if dashes else 0), y + SIZE, words, "start")])


def _words(readings: Sequence[Reading], levels: Sequence[Level]) -> list[str]:
    told = list(readings)
    if len(told) > MANY:
        ends = [readings[0], readings[-1]]
        told = ends + [pick(readings, key=lambda one: one.value) for pick in (max, min)]
    words = [f"{one.label}: {one.told}" for one in told] or [_("No figures yet")]
    if len(readings) > MANY:
        words.insert(0, _("%(count)s figures; first, last, highest and lowest") % {"count": len(readings)})
    return [*words, *(f"{one.label}: {plain(one.value)}" for one in levels)]


def plain(value: Decimal) -> str:
    """3000.500000 as 3,000.5: every digit that counts, and no other."""
    return f"{value.normalize():,f}"


def _stroke(x1: float, y1: float, x2: float, y2: float, color: str, dashes: str = "none") -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-dasharray="{}"/>',
        *(x1, y1, x2, y2, color, dashes),
    )


def _text(x: float, y: float, words: str, anchor: str) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}" font-family="{}" fill="{}" text-anchor="{}">{}</text>',
        *(f"{x:.1f}", f"{y:.1f}", SIZE, FONT, INK, anchor, words),
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))

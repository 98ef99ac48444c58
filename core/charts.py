"""Charts as SVG, made on the server: one look on the page, on paper and in PDF.

Colors stand in the elements themselves, for a PDF knows no style sheet and the content policy allows no
inline style. Beside each chart stands a table with its numbers; the chart's own text says them as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

INK, MUTED, TRACK, ACCENT = "#1b1b1b", "#565c65", "#e6e6e6", "#005ea2"
FONT = "Source Sans Pro Web, Source Sans Pro, Helvetica Neue, Helvetica, Arial, sans-serif"
WIDTH, TEXT, BAR = 480, 15, 12
ROW, STAIR = 42, 20


@dataclass(frozen=True)
class Chart:
    """`alt` says in words what the picture shows."""

    svg: SafeString
    alt: str


@dataclass(frozen=True)
class Share:
    """So many of so many; `mark` is another number to compare with."""

    label: str
    value: int
    of: int
    mark: int | None = None


@dataclass(frozen=True)
class Threshold:
    label: str
    at: int


def share_bars(shares: Sequence[Share], *, title: str, mark_label: str = "") -> Chart:
    """A bar for each share with its numbers, and a line where the other number stands, explained below."""
    rows = [_share_row(share, ROW * place) for place, share in enumerate(shares)]
    words = [
        _("%(label)s: %(value)s of %(of)s") % {"label": one.label, "value": one.value, "of": one.of}
        + (f" ({mark_label}: {one.mark})" if one.mark is not None else "")
        for one in shares
    ]
    height = ROW * len(shares)
    if any(share.mark is not None for share in shares):
        rows += [_line(1, height + 4, height + 6 + BAR), _text(8, height + TEXT, mark_label)]
        height += ROW // 2
    return _chart(rows, height, title, words)


def threshold_bar(share: Share, thresholds: Sequence[Threshold], *, title: str) -> Chart:
    """One bar with a line for each threshold, lowest first; their names stand in a stair and never meet."""
    top = STAIR * len(thresholds) + 6
    bar = _bar(share.value, share.of, top)
    lines = [_threshold(one, share.of, STAIR * place, top) for place, one in enumerate(reversed(thresholds))]
    told = _("%(value)s of %(of)s") % {"value": share.value, "of": share.of}
    below = _text(0, top + BAR + TEXT + 4, f"{share.label}: {told}")
    words = [f"{share.label}: {told}", *(f"{one.label}: {one.at}" for one in thresholds)]
    return _chart([bar, *lines, below], top + BAR + TEXT + 10, title, words)


def _share_row(share: Share, top: int) -> SafeString:
    told = _("%(value)s of %(of)s") % {"value": share.value, "of": share.of}
    parts = [
        _text(0, top + TEXT, share.label),
        _text(WIDTH, top + TEXT, told, anchor="end"),
        _bar(share.value, share.of, top + TEXT + 6),
    ]
    if share.mark is not None:
        parts.append(_line(_at(share.mark, share.of), top + TEXT + 3, top + TEXT + 9 + BAR))
    return _joined(parts)


def _threshold(one: Threshold, of: int, top: int, bar: int) -> SafeString:
    x = _at(one.at, of)
    is_right = x > WIDTH / 2
    label = _text(
        x - 5 if is_right else x + 5, top + TEXT, f"{one.label} {one.at}", "end" if is_right else "start"
    )
    return _joined([_line(x, top + 4, bar + BAR + 2), label])


def _at(value: int, of: int) -> float:
    return round(min(value / of, 1) * WIDTH, 2) if of else 0


def _bar(value: int, of: int, top: int) -> SafeString:
    return format_html(
        '<rect x="0" y="{}" width="{}" height="{}" rx="2" fill="{}"/>'
        '<rect x="0" y="{}" width="{}" height="{}" rx="2" fill="{}"/>',
        *(top, WIDTH, BAR, TRACK),
        *(top, _at(value, of), BAR, ACCENT),
    )


def _line(x: float, top: int, bottom: int) -> SafeString:
    within = min(max(x, 1), WIDTH - 1)
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="2"/>',
        within,
        top,
        within,
        bottom,
        INK,
    )


def _text(x: float, y: int, words: str, anchor: str = "start") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}" font-family="{}" fill="{}" text-anchor="{}">{}</text>',
        *(x, y, TEXT, FONT, INK, anchor, words),
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _chart(parts: Sequence[SafeString], height: int, title: str, words: Sequence[str]) -> Chart:
    alt = f"{title}. {'; '.join(words)}."
    svg = format_html(
        '<svg class="mp-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"'
        ' aria-label="{}">{}</svg>',
        *(WIDTH, height, alt, _joined(parts)),
    )
    return Chart(svg, alt)

"""The measures of a seal and a badge, whose words may be short or long."""

from dataclasses import dataclass

SEAL_WIDTH = 116
LARGEST, SMALLEST = 27, 9
# What a bold letter takes of its size across, on the generous side.
LETTER = 0.62
BADGE_MARGIN, BADGE_LETTER = 72, 10.2
BADGE_NARROWEST = 190
COLORS = {"silver": "#565c65", "gold": "#7a591a", "platinum": "#1a4480"}
PLAIN = "#005ea2"


@dataclass(frozen=True)
class Seal:
    """Font size on the seal, width of the badge in pixels, color of the level."""

    letter_size: int
    badge_width: int
    color: str


def seal_for(level: str, on_seal: str, on_badge: str) -> Seal:
    fitting = int(SEAL_WIDTH / (LETTER * max(len(on_seal), 1)))
    width = max(BADGE_NARROWEST, round(BADGE_MARGIN + BADGE_LETTER * len(on_badge)))
    return Seal(min(LARGEST, max(SMALLEST, fitting)), width, COLORS.get(level, PLAIN))

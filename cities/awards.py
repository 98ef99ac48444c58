"""Which of a city's awards from before Milepost is its current one."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

LEVELS_LOWEST_FIRST = ("silver", "gold", "platinum")


class Award(Protocol):
    """A level, empty when not documented, and a year, None when not documented."""

    level: str
    year: int | None


Kept = TypeVar("Kept", bound=Award)


def current_award(awards: Iterable[Kept], order: Sequence[str] = LEVELS_LOWEST_FIRST) -> Kept | None:
    """The newest award. An undated one counts only when it is alone or above every dated one.

    `order` names the levels, lowest first. Where a dated award has no documented level, nothing can be said
    to be above it. Of several in one year the highest counts.
    """
    everything = list(awards)
    dated = [award for award in everything if award.year is not None]
    undated = max(
        (award for award in everything if award.year is None), key=lambda one: _rank(one, order), default=None
    )
    if not dated:
        return undated
    if undated and all(_is_above(undated, award, order) for award in dated):
        return undated
    return max(dated, key=lambda award: (award.year or 0, _rank(award, order)))


def _rank(award: Award, order: Sequence[str]) -> int:
    return order.index(award.level) if award.level in order else -1


def _is_above(one: Award, other: Award, order: Sequence[str]) -> bool:
    return bool(other.level) and _rank(one, order) > _rank(other, order)


def current_level(awards: Iterable[Award], order: Sequence[str] = LEVELS_LOWEST_FIRST) -> str | None:
    """The level of the current award, or None: a newest award without a level gives no level."""
    award = current_award(awards, order)
    return award.level or None if award else None

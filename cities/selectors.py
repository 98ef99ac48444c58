"""Reading cities across models."""

import uuid
from collections.abc import Iterable, Sequence
from itertools import groupby

from cities.awards import LEVELS_LOWEST_FIRST, current_award, current_level
from cities.models import City, HistoricAward


def historic_award_of(city: City, order: Sequence[str] = LEVELS_LOWEST_FIRST) -> HistoricAward | None:
    """The current award from before Milepost; no query when the awards are prefetched."""
    return current_award(city.historic_awards.all(), order)


def historic_level_of(city: City, order: Sequence[str] = LEVELS_LOWEST_FIRST) -> str | None:
    """The level of that award, None without one or when it is not documented."""
    return current_level(city.historic_awards.all(), order)


def historic_levels(
    city_ids: Iterable[uuid.UUID], order: Sequence[str] = LEVELS_LOWEST_FIRST
) -> dict[uuid.UUID, str | None]:
    """The current historic level of each city that has a historic award, in one query."""
    awards = HistoricAward.objects.filter(city__in=city_ids).order_by("city_id", "id")
    return {
        city: current_level(group, order) for city, group in groupby(awards, key=lambda award: award.city_id)
    }

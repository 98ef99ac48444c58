"""Reading cities across models."""

import uuid
from collections.abc import Iterable

from cities.models import City, HistoricAward


def historic_award_of(city: City) -> HistoricAward | None:
    """The current award from before Milepost."""
    return HistoricAward.objects.filter(city=city).current_first().first()


def historic_level_of(city: City) -> str | None:
    """The level of that award, None without one or when it is not documented."""
    award = historic_award_of(city)
    return award.level or None if award else None


def historic_levels(city_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str | None]:
    """The current historic level of each city that has a historic award, in one query."""
    current = HistoricAward.objects.filter(city__in=city_ids).current_first().distinct("city")
    return {city: level or None for city, level in current.values_list("city_id", "level")}

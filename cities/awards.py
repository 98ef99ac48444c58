"""How the levels of awards from before Milepost compare."""

from django.db.models import Case, IntegerField, Value, When

LEVELS_LOWEST_FIRST = ("silver", "gold", "platinum")


def rank_of(column: str) -> Case:
    """Levels as numbers, a higher one for a higher level; -1 where the level is not documented."""
    ranks = [When(**{column: level}, then=Value(n)) for n, level in enumerate(LEVELS_LOWEST_FIRST)]
    return Case(*ranks, default=Value(-1), output_field=IntegerField())

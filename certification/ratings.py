"""What the ticked checks of a criterion say, and when a city may say otherwise."""

from certification.enums import Rating


def rating_by_checks(ticked: int, need: int) -> str:
    """Met when so many of the checks hold as are needed; nothing is said while none is ticked."""
    if not ticked:
        return ""
    return Rating.MET if ticked >= need else Rating.NOT_MET


def is_override(self_rating: str, ticked: int, need: int | None) -> bool:
    """Whether a chosen rating is another than the checks say; with none ticked they say “not met”."""
    if need is None or not self_rating:
        return False
    return self_rating != (rating_by_checks(ticked, need) or Rating.NOT_MET)


def settled_rating(self_rating: str, reason: str, *, ticked: int, need: int | None) -> tuple[str, str]:
    """The rating that counts, and the reason of an override; an override without one does not count."""
    if need is None:
        return self_rating, ""
    if is_override(self_rating, ticked, need):
        return (self_rating, reason) if reason else (rating_by_checks(ticked, need), "")
    return self_rating or rating_by_checks(ticked, need), ""

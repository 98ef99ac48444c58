"""Who fits, and why: partners for the gaps of a city, as the program reads it when it plans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import City
from coaching.models import PartnerProfile
from coaching.places import ANYWHERE, codes_of, place_name, serves
from coaching.selectors import AreaGap, partners_for, with_running
from standards.models import Criterion


@dataclass(frozen=True)
class PartnerFit:
    """A partner that coaches some of the gaps, what speaks for it and what against, in words."""

    profile: PartnerProfile
    criteria: list[Criterion]
    is_near: bool
    # Engagements it could still take, unanswered offers counted as taken; None is not told.
    free: int | None
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def rank(self) -> tuple[Any, ...]:
        """Near and not full before the rest; then by the gaps it coaches, and by its room."""
        full = self.free is not None and self.free <= 0
        return (not self.is_near, full, -len(self.criteria), -(self.free or 0), str(self.profile))


def partners_for_gaps(
    gaps: Sequence[AreaGap], city: City, *, without: Collection[Any] = ()
) -> list[PartnerFit]:
    """Every partner that coaches at least one of the gaps, the one that fits best first."""
    profiles = with_running(partners_for([gap.area.code for gap in gaps])).exclude(organization__in=without)
    return sorted((_fit(profile, gaps, city) for profile in profiles), key=lambda fit: fit.rank)


def _fit(profile: Any, gaps: Sequence[AreaGap], city: City) -> PartnerFit:
    coached = [gap for gap in gaps if gap.area.code in profile.area_codes]
    fit = PartnerFit(
        profile=profile,
        criteria=[one for gap in coached for one in gap.criteria],
        is_near=serves(profile.region, country=city.country, state=city.state),
        free=None if profile.capacity is None else profile.capacity - profile.running - profile.offered,
    )
    fit.reasons.append(_coaches(coached, fit, sum(len(gap.criteria) for gap in gaps)))
    _say_where(fit, city)
    _say_room(fit, profile)
    return fit


def _coaches(coached: Sequence[AreaGap], fit: PartnerFit, gaps: int) -> str:
    names = get_text_list([gap.area.name for gap in coached], _("and"))
    values = {"areas": names, "count": len(fit.criteria), "gaps": gaps}
    return _("coaches %(areas)s: %(count)s of %(gaps)s gaps") % values


def _say_where(fit: PartnerFit, city: City) -> None:
    place = {"place": place_name(city.country, city.state)}
    if not fit.is_near:
        fit.warnings.append(_("does not serve %(place)s") % place)
    elif ANYWHERE in codes_of(fit.profile.region):
        fit.reasons.append(_("works anywhere"))
    else:
        fit.reasons.append(_("serves %(place)s") % place)


def _say_room(fit: PartnerFit, profile: Any) -> None:
    unanswered = ngettext("%(count)s offer not answered", "%(count)s offers not answered", profile.offered)
    offered = [unanswered % {"count": profile.offered}] if profile.offered else []
    if fit.free is None:
        running = ngettext("%(count)s engagement running", "%(count)s engagements running", profile.running)
        fit.reasons.append(running % {"count": profile.running})
    elif fit.free <= 0:
        text = _("full: %(running)s of %(capacity)s engagements running")
        fit.warnings.append(text % {"running": profile.running, "capacity": profile.capacity})
    else:
        text = _("%(free)s of %(capacity)s engagements free")
        fit.reasons.append(text % {"free": profile.capacity - profile.running, "capacity": profile.capacity})
    fit.reasons.extend(offered)

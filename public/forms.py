from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cities.awards import rank_of
from cities.querysets import CityQuerySet
from core.errors import Text
from public.selectors import Places

ANY: list[tuple[str, Text]] = [("", _("Any"))]
NOT_ON_RECORD = "unknown"


class DirectoryFilter(forms.Form):
    """Narrows and sorts the certified cities; an impossible value narrows nothing."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State or province"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)

    SORTS = {
        "city": ["organization__name"],
        "place": ["organization__country", "organization__state", "organization__name"],
        "level": ["level_rank", "organization__name"],
        "year": ["award_year", "organization__name"],
    }

    def __init__(self, data: Any, *, places: Places, levels: dict[str, str]) -> None:
        super().__init__(data)
        unknown: tuple[str, Text] = (NOT_ON_RECORD, _("Level not on record"))
        offered: dict[str, list[tuple[str, Text]]] = {
            "state": [*places.states],
            "country": [*places.countries],
            "level": [*levels.items(), unknown],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [*ANY, *choices]  # type: ignore[attr-defined]  # -- they are ChoiceFields

    def narrow(self, cities: CityQuerySet, *, sort: str) -> CityQuerySet:
        self.is_valid()
        chosen = self.cleaned_data
        cities = cities.matching(chosen.get("q", ""))
        if state := chosen.get("state"):
            cities = cities.filter(organization__state=state)
        if country := chosen.get("country"):
            cities = cities.filter(organization__country=country)
        if level := chosen.get("level"):
            wanted = "" if level == NOT_ON_RECORD else level
            cities = cities.filter(award_level=wanted)  # type: ignore[misc]  # -- annotated
        return self._sorted(cities, sort)

    def _sorted(self, cities: CityQuerySet, sort: str) -> CityQuerySet:
        first, *others = self.SORTS.get(sort.lstrip("-"), self.SORTS["city"])
        column = F(first).desc(nulls_last=True) if sort.startswith("-") else F(first).asc(nulls_last=True)
        ranked = cities.annotate(level_rank=rank_of("award_level"))
        return ranked.order_by(column, *others, "organization__slug")

"""Where a city lies, in words."""

from django.utils.translation import gettext_lazy as _

from core.errors import Text

COUNTRIES: dict[str, Text] = {
    "AR": _("Argentina"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CL": _("Chile"),
    "CO": _("Colombia"),
    "CR": _("Costa Rica"),
    "GT": _("Guatemala"),
    "MX": _("Mexico"),
    "PE": _("Peru"),
    "US": _("United States"),
    "UY": _("Uruguay"),
}


def country_name(code: str) -> str:
    """The name of the country, or its code where the name is not known here."""
    return str(COUNTRIES.get(code, code))


def place_in_words(state: str, country: str) -> str:
    """AZ, United States"""
    return ", ".join(filter(None, [state, country_name(country)]))

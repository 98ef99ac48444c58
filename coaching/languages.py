"""Which languages a city's people speak at work, by country; one that is not here says nothing."""

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

IN_SPANISH = "AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PY SV UY VE"
# Working languages of government, the most common one first.
SPOKEN = {
    "US": ("en",),
    "CA": ("en", "fr"),
    "BR": ("pt",),
    "PT": ("pt",),
    "GB": ("en",),
    "IE": ("en",),
    "AU": ("en",),
    "NZ": ("en",),
    "FR": ("fr",),
    "DE": ("de",),
    "AT": ("de",),
    "IT": ("it",),
    "NL": ("nl",),
    "HT": ("fr",),
} | dict.fromkeys(IN_SPANISH.split(), ("es",))
LANGUAGES = ("en", "es", "pt", "fr", "de", "it", "nl")


def spoken_in(country: str) -> tuple[str, ...]:
    return SPOKEN.get(country, ())


def language_name(code: str) -> str:
    return _(get_language_info(code)["name"])


def language_choices() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in LANGUAGES]

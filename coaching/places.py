"""Where a partner works: `*` for anywhere, or countries, states and groups of countries by their codes.

`US-NJ; BR; LATAM` is the state of New Jersey, Brazil, and Latin America.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.countries import country_name, country_names

ANYWHERE = "*"
SEPARATOR = re.compile(r"[;,\s]+")
LATIN_AMERICA = "AR BO BR CL CO CR CU DO EC SV GT HN MX NI PA PY PE UY VE"
GROUPS = {
    "LATAM": (
        gettext_lazy("Latin America"),
        frozenset(LATIN_AMERICA.split()),
    ),
}
# The United States Postal Service's codes of states, the district and Puerto Rico.
USPS = """
AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut DE:Delaware
DC:District_of_Columbia FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa
KS:Kansas KY:Kentucky LA:Louisiana ME:Maine MD:Maryland MA:Massachusetts MI:Michigan MN:Minnesota
MS:Mississippi MO:Missouri MT:Montana NE:Nebraska NV:Nevada NH:New_Hampshire NJ:New_Jersey
NM:New_Mexico NY:New_York NC:North_Carolina ND:North_Dakota OH:Ohio OK:Oklahoma OR:Oregon
PA:Pennsylvania PR:Puerto_Rico RI:Rhode_Island SC:South_Carolina SD:South_Dakota TN:Tennessee
TX:Texas UT:Utah VT:Vermont VA:Virginia WA:Washington WV:West_Virginia WI:Wisconsin WY:Wyoming
"""
STATES_OF_US = {code: name.replace("_", " ") for code, name in (one.split(":") for one in USPS.split())}


def codes_of(region: str) -> list[str]:
    return [code for code in SEPARATOR.split(region.strip().upper()) if code]


def as_kept(region: str) -> str:
    """The codes in one spelling, each once."""
    return ";".join(dict.fromkeys(codes_of(region)))


def unknown_codes(region: str) -> list[str]:
    """What names no place, in the order of writing."""
    return [code for code in codes_of(region) if not _is_known(code)]


def _is_known(code: str) -> bool:
    country, _dash, state = code.partition("-")
    if state and country == "US":
        return state in STATES_OF_US
    return code in (ANYWHERE, *GROUPS) or country in country_names()


def serves(region: str, *, country: str, state: str) -> bool:
    """Whether a partner with this region works in a city of the country and state."""
    return any(_covers(code, country, state) for code in codes_of(region))


def _covers(code: str, country: str, state: str) -> bool:
    if code in GROUPS:
        return country in GROUPS[code][1]
    return code in (ANYWHERE, country, f"{country}-{state}")


def place_name(country: str, state: str = "") -> str:
    """A state by its name where it is known, else the country."""
    if country == "US" and state in STATES_OF_US:
        return STATES_OF_US[state]
    return country_name(country)


def region_in_words(region: str) -> str:
    """`US-NJ;BR` as “New Jersey, Brazil”."""
    codes = codes_of(region)
    if ANYWHERE in codes:
        return _("anywhere")
    return ", ".join(_code_in_words(code) for code in codes)


def _code_in_words(code: str) -> str:
    if code in GROUPS:
        return str(GROUPS[code][0])
    country, _dash, state = code.partition("-")
    return place_name(country, state) if not state or country == "US" else code

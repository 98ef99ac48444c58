"""Countries by their two-letter code (ISO 3166), in English, from the data of the time zones."""

from functools import cache
from importlib.resources import files


@cache
def country_names() -> dict[str, str]:
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: name for code, name, *_more in lines}


def country_name(code: str) -> str:
    """The name, or the code itself where there is none."""
    return country_names().get(code, code)

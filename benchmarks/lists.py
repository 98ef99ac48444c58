"""The last page of every long list against its first: no page may cost more for standing at the end."""

from collections.abc import Iterator

from django.test import Client

from benchmarks.meter import Line
from benchmarks.pages import page, signed_in

END = 1_000_000  # a page that does not exist is the last one

# Whose list, its first page, and its last one: the reversed order where the list has one.
PAGES = {
    "case_list_last": ("manager@program.example", "/cases/?sort=city", "/cases/?sort=-city"),
    "desk_last": ("manager@program.example", "/desk/", f"/desk/?page={END}"),
    "coaching_last": ("lead@govex.example", "/engagements/", f"/engagements/?page={END}"),
    "people_last": ("manager@program.example", "/people/", f"/people/?page={END}"),
    "public_last": ("manager@program.example", "/cities/?sort=city", "/cities/?sort=-city"),
}
API = "/api/v1/cities/"


def measure(*, rounds: int) -> Iterator[Line]:
    """By turns; the first turn only warms up."""
    for name, (who, first, last) in PAGES.items():
        yield _line(name, signed_in(who), first, last, rounds=rounds)
    partner = signed_in("lead@govex.example")
    yield _line("api_last", partner, API, _last_page_of(partner), rounds=rounds)


def _line(name: str, client: Client, first: str, last: str, *, rounds: int) -> Line:
    pairs = [(page(client, last), page(client, first)) for _round in range(rounds + 1)]
    return Line(name, pairs[1:])


def _last_page_of(client: Client) -> str:
    """As a partner's system comes to it: page after page."""
    address = f"{API}?page_size=50"
    while following := client.get(address).json()["next"]:
        address = following
    return address

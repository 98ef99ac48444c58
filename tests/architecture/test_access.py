"""The access table of `access.txt`, asked of the site itself; an address without a row fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.access import LOOKED_AT, PEOPLE, WALKS, Row, Stage, statuses
from tests.architecture.anonymous import ANONYMOUS, PUBLIC
from tests.scenes import Scene

TURNED_AWAY = {302, 401, 403}


def _read() -> dict[Row, tuple[int, ...]]:
    lines = Path(__file__).with_name("access.txt").read_text().splitlines()
    cells = [line.split() for line in lines if line and not line.startswith(("#", "moment "))]
    return {Row.read(*head): tuple(map(int, codes)) for head, codes in ((one[:4], one[4:]) for one in cells)}


TABLE = _read()


def names(resolver: URLResolver, *spaces: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or str(one.pattern)))
        else:
            yield from names(one, *spaces, *filter(None, [one.namespace]))


def test_every_address_has_a_row() -> None:
    assert set(names(get_resolver())) == {row.name for row in TABLE}


def test_every_row_has_every_kind_of_person() -> None:
    assert {str(row) for row, codes in TABLE.items() if len(codes) != len(PEOPLE)} == set()


def test_every_moment_lies_on_a_walk() -> None:
    assert {row.moment for row in TABLE} <= set.union(*LOOKED_AT.values())


@pytest.mark.long
@pytest.mark.parametrize("walk", WALKS)
def test_everyone_is_answered_what_the_table_says(scene: Scene, client: Client, walk: str) -> None:
    stage = Stage.begin(scene)
    found: dict[Row, tuple[int, ...]] = {}

    for moment in WALKS[walk]:
        stage.go_to(moment)
        found |= statuses(stage, client, [row for row in TABLE if moment in LOOKED_AT[walk] & {row.moment}])

    told = {f"{row}: {who}": code for row in found for who, code in zip(PEOPLE, found[row], strict=True)}
    table = {f"{row}: {who}": code for row in found for who, code in zip(PEOPLE, TABLE[row], strict=True)}
    assert told == table


def test_strangers_are_turned_away_but_from_the_addresses_listed() -> None:
    let_in = {row.name for row, codes in TABLE.items() if codes[0] not in TURNED_AWAY}

    assert let_in == ANONYMOUS


def test_deactivated_people_are_strangers() -> None:
    assert {str(row) for row, codes in TABLE.items() if codes[-1] != codes[0]} == set()


def test_public_pages_keep_no_session(scene: Scene, client: Client) -> None:
    stage = Stage.begin(scene)
    for moment in ("self_assess", "announced"):
        stage.go_to(moment)
    things = stage.things

    for row in (row for row in TABLE if row.name in PUBLIC and row.moment == "announced"):
        client.get(reverse(row.name, args=[things[word] for word in row.words]))

    assert settings.SESSION_COOKIE_NAME not in client.cookies

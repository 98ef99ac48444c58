import csv
from dataclasses import dataclass

import pytest

from cities.awards import current_award, current_level
from tests.cities.factories import DATA


@dataclass
class Award:
    level: str
    year: int | None


def awards(*pairs: tuple[str, int | None]) -> list[Award]:
    return [Award(level, year) for level, year in pairs]


def on_record(slug: str) -> list[Award]:
    with (DATA / "certified_cities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["slug"] == slug]
    return [Award(row["level"], int(row["year"]) if row["year"] else None) for row in rows]


@pytest.mark.parametrize(
    ("slug", "level"),
    [
        ("scottsdale-az", "gold"),
        ("tempe-az", "platinum"),
        ("los-angeles-ca", "platinum"),
        ("tulsa-ok", "silver"),
        ("paterson-nj", None),
        ("philadelphia-pa", None),
        ("lujan-de-cuyo-arg", "gold"),
        ("mendoza-arg", "gold"),
        ("newark-nj", None),
    ],
)
def test_current_level_of_cities_on_record(slug, level):
    assert current_level(on_record(slug)) == level


@pytest.mark.parametrize(
    ("held", "level"),
    [
        ([], None),
        ([("gold", 2020), ("silver", 2023)], "silver"),
        ([("silver", 2023), ("gold", 2020)], "silver"),
        ([("gold", 2020), ("", 2023)], None),
        ([("", 2020), ("gold", 2023)], "gold"),
        ([("silver", None)], "silver"),
        ([("", None)], None),
        ([("silver", None), ("gold", None)], "gold"),
        ([("gold", 2018), ("platinum", None)], "platinum"),
        ([("gold", 2018), ("gold", None)], "gold"),
        ([("gold", 2018), ("silver", None)], "gold"),
        ([("gold", 2018), ("silver", 2020), ("gold", None)], "silver"),
        ([("", 2022), ("gold", None)], None),
        ([("silver", 2022), ("gold", 2022)], "gold"),
        ([("", 2022), ("gold", 2022)], "gold"),
    ],
)
def test_newest_award_counts_and_undated_only_above_every_dated_one(held, level):
    assert current_level(awards(*held)) == level
    assert current_level(awards(*reversed(held))) == level


def test_undated_award_on_top_is_the_current_one():
    dated, undated = awards(("gold", 2018), ("platinum", None))

    assert current_award([dated, undated]) is undated


def test_order_of_levels_is_an_argument():
    held = awards(("bronze", 2018), ("iron", None))

    assert current_level(held, order=["bronze", "iron"]) == "iron"
    assert current_level(held, order=["iron", "bronze"]) == "bronze"

import csv

import pytest

from cities.models import City, HistoricAward
from cities.selectors import historic_award_of, historic_level_of
from tests.cities.factories import DATA, award, make_city

pytestmark = pytest.mark.django_db

Held = tuple[str, int | None]


@pytest.fixture(autouse=True)
def city() -> City:
    """Beside another city, whose awards must not count."""
    other = make_city("other-nj")
    for level, year in (("platinum", 2030), ("platinum", None), ("", 2031)):
        award(other, level, year)
    return make_city()


def hold(held: list[Held]) -> None:
    for level, year in held:
        award(City.objects.get(organization__slug="paterson-nj"), level, year)


def current_level() -> str | None:
    return historic_level_of(City.objects.get(organization__slug="paterson-nj"))


def on_record(slug: str) -> list[Held]:
    with (DATA / "certified_cities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["slug"] == slug]
    return [(row["level"], int(row["year"]) if row["year"] else None) for row in rows]


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
def test_current_level_of_cities_on_record(slug: str, level: str | None):
    hold(on_record(slug))

    assert current_level() == level


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
def test_newest_award_counts_and_undated_only_above_every_dated_one(held: list[Held], level: str | None):
    hold(held)
    in_order = current_level()
    HistoricAward.objects.all().delete()
    hold(held[::-1])

    assert in_order == current_level() == level


def test_undated_award_on_top_is_the_current_one(city: City):
    award(city, "gold", 2018)
    undated = award(city, "platinum", None)

    assert historic_award_of(city) == undated

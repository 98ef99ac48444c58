from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest

from cases.enums import CaseKind, Stage
from cases.models import Case
from certification.enums import AssessmentStatus, Rating
from certification.models import Assessment, Response, Settlement
from certification.report import whole_report, words
from certification.report.peers import Peers, SizeGroup, size_group_of
from cities.models import City
from tests.cast import CODES, make_cities
from tests.scenes import Scene


def released(scene: Scene, city: City, met: Collection[str], at: datetime) -> Assessment:
    """A validated and released round of a city."""
    case = Case.objects.create(
        city=city,
        standard=scene.standard,
        kind=CaseKind.FIRST,
        cohort_year=at.year,
        stage_entered_at=at,
        opened_at=at,
        opened_by=scene.manager,
    )
    assessment = Assessment(case=case, round=1, opened_at=at, status=AssessmentStatus.RELEASED)
    for stem in ("submitted", "reconciled", "released"):
        setattr(assessment, f"{stem}_at", at)
        setattr(assessment, f"{stem}_by", scene.manager)
    assessment.save()
    criteria = scene.standard.criteria.all()
    answers = Response.objects.bulk_create(Response(assessment=assessment, criterion=one) for one in criteria)
    Settlement.objects.bulk_create(
        Settlement(
            response=answer,
            outcome=Rating.MET if answer.criterion.code in met else Rating.NOT_MET,
            settled_at=at,
            settled_by=scene.manager,
        )
        for answer in answers
    )
    return assessment


def ended(scene: Scene) -> dict[str, Any]:
    return {"stage": Stage.WITHDRAWN, "closed_at": scene.now, "closed_by": scene.manager}


@pytest.fixture
def compared(scene: Scene) -> Scene:
    """Paterson (159,732 people) with its report, and five cities of its size that came before."""
    scene.start_at("open_packet", met=("DM1", "DM2", "OD1"))
    cities = make_cities(5, start=100)
    City.objects.filter(pk__in=[city.pk for city in cities]).update(population=200_000)
    for count, city in enumerate(cities, start=1):
        released(scene, city, CODES[:count], scene.now - timedelta(days=30 * count))
    scene.peers = cities
    return scene


def peers(scene: Scene, reader: object) -> Peers:
    return whole_report(scene.assessment, user=reader, now=scene.now).peers


def test_median_of_five_other_cities_is_shown_with_n_period_and_definition(compared: Scene) -> None:
    found = peers(compared, compared.lead)

    assert (found.cities, found.median, found.is_small) == (5, 3, False)
    assert [(area.code, area.met) for area in found.areas] == [("DM", 2), ("OD", 1), ("WW", 0)]
    (told,) = words.peers_in_words(found)
    assert told.startswith("n = 5: cities of 100,000 to 249,999 people other than this one, with a report")
    assert "from Mar" in told


@pytest.mark.parametrize("change", ["fewer", "old", "unreleased", "other size", "own city", "later"])
def test_fewer_than_five_are_shown_to_the_program_only(compared: Scene, change: str) -> None:
    last = Assessment.objects.get(case__city=compared.peers[4])
    if change == "fewer":
        Settlement.objects.filter(response__assessment=last).delete()
        last.case.delete()
    elif change == "old":
        Assessment.objects.filter(pk=last.pk).update(released_at=compared.now - timedelta(days=4 * 365))
    elif change == "unreleased":
        Assessment.objects.filter(pk=last.pk).update(
            status=AssessmentStatus.RECONCILED, released_at=None, released_by=None
        )
    elif change == "other size":
        City.objects.filter(pk=compared.peers[4].pk).update(population=99_999)
    elif change == "own city":
        Case.objects.filter(pk=last.case_id).update(city=compared.city, **ended(compared))
    else:
        Assessment.objects.filter(pk=last.pk).update(released_at=compared.now + timedelta(days=1))

    for reader in (compared.lead, compared.assessor, compared.partner.coach):
        hidden = peers(compared, reader)
        assert (hidden.cities, hidden.median, hidden.areas, hidden.is_shown) == (None, None, (), False)
        assert words.peers_in_words(hidden)[0].startswith("Not shown: there are fewer than 5 cities of")
    shown = peers(compared, compared.manager)
    assert (shown.cities, shown.is_small, shown.is_shown) == (4, True, True)
    assert "only the program" in words.peers_in_words(shown)[1]


def test_each_city_counts_once_with_its_newest_result(compared: Scene) -> None:
    first = Assessment.objects.get(case__city=compared.peers[0])
    Case.objects.filter(pk=first.case_id).update(**ended(compared))
    released(compared, compared.peers[0], CODES, compared.now - timedelta(days=1))

    found = peers(compared, compared.lead)

    assert (found.cities, found.median) == (5, 4)


def test_city_without_a_population_is_compared_with_none(compared: Scene) -> None:
    City.objects.filter(pk=compared.city.pk).update(population=None, population_year=None)
    assessment = Assessment.objects.get(case=compared.case)

    found = whole_report(assessment, user=compared.manager, now=compared.now).peers

    assert not found.is_shown
    assert words.peers_in_words(found) == ["Not shown: the city's population is not on record."]


@pytest.mark.parametrize(
    ("population", "group", "told"),
    [
        (0, SizeGroup(0, 100_000), "cities of up to 99,999 people"),
        (99_999, SizeGroup(0, 100_000), "cities of up to 99,999 people"),
        (100_000, SizeGroup(100_000, 250_000), "cities of 100,000 to 249,999 people"),
        (8_804_190, SizeGroup(500_000, None), "cities of 500,000 people and more"),
    ],
)
def test_size_group_of_a_city(population: int, group: SizeGroup, told: str) -> None:
    assert size_group_of(population) == group
    assert words.group_in_words(group) == told

"""The demonstration's program: real cases at every stage, alive on whichever day it is started."""

import csv
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.enums import Stage
from cases.models import Case, Message, WorkItem
from cities.services import import_cities
from coaching.enums import EngagementStatus
from coaching.models import Engagement, Feedback, Session
from config.local import BASE_DIR
from notifications.models import Delivery, Notice, Reminder
from people.models import User
from people.services import system_user
from standards.services import load_standard
from tests.cast import STANDARD
from workflows.demo.stories import STORIES, halves
from workflows.models import CityStatus

DATA = BASE_DIR / "data"
MUNICIPALITIES = DATA / "us_municipalities.csv"
ONE_OF_EACH = 9


def lay_the_ground(standard: bytes) -> None:
    """What `make demo` loads first, but of the cities only those of the stories."""
    system, now = system_user(), timezone.now()
    load_standard(source=standard, by=system, now=now)
    call_command("import_partners", str(DATA / "partners.csv"), verbosity=0)
    header, *lines = MUNICIPALITIES.read_bytes().splitlines(keepends=True)
    wanted = {story.slug.encode() for story in STORIES} | {b"paterson-nj", b"newark-nj"}
    import_cities(
        source=header + b"".join(line for line in lines if line.split(b",")[0] in wanted), by=system, now=now
    )


def stages() -> Counter[str]:
    return Counter(CityStatus.objects.values_list("stage", flat=True))


def nothing_of_the_past_is_sent_now() -> bool:
    now = timezone.now()
    return not Reminder.objects.due(now).exists() and not Delivery.objects.due(now).exists()


@pytest.mark.slow
def test_first_cases_cover_the_path_and_everything_agrees(db: None) -> None:
    lay_the_ground(STANDARD.replace(b"WW", b"RDC"))

    # The first time it was stopped after two cases; it goes on with the others.
    call_command("seed_demo", password="a-password-of-the-demo", cases=2, verbosity=0)
    call_command("seed_demo", password="a-password-of-the-demo", cases=ONE_OF_EACH, verbosity=0)

    assert set(stages()) == set(Stage)
    assert Case.objects.count() == ONE_OF_EACH
    assert not Case.objects.filter(opened_at__gt=timezone.now()).exists()
    assert not CityStatus.objects.filter(city__organization__slug__in=["paterson-nj", "newark-nj"]).exists()
    assert CityStatus.objects.filter(overdue=True).exists()
    assert CityStatus.objects.filter(on_hold=True).exists()
    assert nothing_of_the_past_is_sent_now()
    assert Notice.objects.filter(read_at=None).exists()
    assert Message.objects.exists()
    people = User.objects.filter(email__in=["lead@paterson-nj.example", "contributor@hoboken-nj.example"])
    assert [person.check_password("a-password-of-the-demo") for person in people] == [True, True]
    call_command("check_flows", verbosity=0)
    before = list(User.objects.order_by("pk").values_list("password", flat=True))

    call_command("seed_demo", password="a-password-of-the-demo", cases=ONE_OF_EACH, verbosity=0)

    assert Case.objects.count() == ONE_OF_EACH
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == before


def test_stories_are_of_real_cities_large_enough() -> None:
    rows = csv.DictReader(MUNICIPALITIES.read_text().splitlines())
    population = {row["slug"]: int(row["population_2020"]) for row in rows}

    too_small = {story.slug for story in STORIES if population[story.slug] < 30_000}

    assert too_small == {"hamilton-nj-township", "asbury-park-nj"}
    assert {story.end for story in STORIES if story.slug in too_small} == {"population", "commitment"}
    assert 55 <= len(STORIES) <= 70


def test_halves_hold_every_story_once_and_no_city_twice() -> None:
    first, second = halves(STORIES)

    assert sorted([*first, *second], key=STORIES.index) == list(STORIES)
    assert not {story.slug for story in first} & {story.slug for story in second}
    assert {story.announced for story in second} == {0}
    assert abs(len(first) - len(second)) <= 1


def test_demonstration_is_no_part_of_a_real_installation(db: None, settings: Settings) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="MILEPOST_DEMO"):
        call_command("seed_demo", password="x", verbosity=0)

    assert not Case.objects.exists()


@pytest.mark.slow
def test_whole_demonstration_is_a_program_a_year_old(db: None) -> None:
    lay_the_ground((DATA / "standards" / "wwc-v3.yaml").read_bytes())

    call_command("seed_demo", password="x", verbosity=0)

    now = timezone.now()
    found = stages()
    assert Case.objects.count() == len(STORIES)
    assert min(found[stage] for stage in Stage) >= 2
    assert set(Engagement.objects.values_list("status", flat=True)) == set(EngagementStatus)
    assert Session.objects.count() > 50
    assert Feedback.objects.count() > 5
    assert not Session.objects.filter(logged_at__gt=now).exists()
    ages = [(now - case.opened_at).days for case in Case.objects.all()]
    assert 300 < max(ages) < 500
    due = [(item.due_at - now).days for item in WorkItem.objects.open()]
    assert len([days for days in due if days < 0]) >= 10
    assert len([days for days in due if 0 <= days < 7]) >= 10
    assert CityStatus.objects.filter(sealed=True).count() >= 4
    assert nothing_of_the_past_is_sent_now()
    call_command("check_flows", verbosity=0)

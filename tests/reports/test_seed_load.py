"""A large history is made of real cases: everything agrees, and whoever owes a step can do it."""

from collections import Counter

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Exists, OuterRef
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.enums import Stage
from cases.models import Case, WorkItem
from config.local import BASE_DIR
from people.models import User
from workflows.demo.journey import Journey
from workflows.models import CityStatus

DATA = BASE_DIR / "data"
CITIES = 45


@pytest.fixture
def ground(db: None) -> None:
    """What a load stands on: the standard and the partners."""
    call_command("load_standard", str(DATA / "standards" / "wwc-v3.yaml"), verbosity=0)
    call_command("import_partners", str(DATA / "partners.csv"), verbosity=0)


def seed(cities: int = CITIES, months: int = 24, number: int = 7) -> None:
    call_command("seed_load", cities=cities, months=months, seed=number, verbosity=0)


@pytest.mark.slow
def test_load_is_plausible_and_agrees(client: Client, ground: None) -> None:
    seed()

    statuses = CityStatus.objects.all()
    stages = Counter(statuses.values_list("stage", flat=True))
    now = timezone.now()
    assert statuses.count() == Case.objects.count() == CITIES
    assert len(stages) >= 6
    assert stages[Stage.SELF_ASSESSMENT] >= 3
    assert stages[Stage.CERTIFIED] >= 3
    assert statuses.filter(overdue=True).exists()
    assert not statuses.filter(stage_entered_at__gt=now).exists()
    assert not Case.objects.filter(opened_at__gt=now).exists()
    assert {item.due_at.weekday() for item in WorkItem.objects.all()} <= set(range(5))
    call_command("check_flows", verbosity=0)
    assert_keys_lead_somewhere()
    assert_pages_open(client)


def assert_keys_lead_somewhere() -> None:
    """The copies are written without the database's own look at every key."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if field.is_relation:
                there = field.related_model._base_manager.filter(pk=OuterRef(field.attname))
                lost = model._base_manager.exclude(**{field.name: None}).filter(~Exists(there))
                assert (field, lost.count()) == (field, 0)


def assert_pages_open(client: Client) -> None:
    """Every tab of some copies' case files, and the pipeline."""
    manager = User.objects.get(email="manager@program.example")
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    for case in Case.objects.order_by("pk")[:8]:
        for tab in ("", "assessment/", "coaching/", "documents/", "people/", "deadlines/"):
            assert client.get(f"/cases/{case.pk}/{tab}").status_code in (200, 404)
    assert client.get("/reports/pipeline/").status_code == 200


@pytest.mark.slow
def test_copy_of_a_case_goes_on_to_its_certificate(ground: None) -> None:
    seed()
    running = CityStatus.objects.filter(case__closed_at__isnull=True).select_related("city__organization")
    stood = {status.next_step: status.city.slug for status in running}

    for slug in stood.values():
        journey = Journey(slug)
        for _done in journey.walk():
            pass
        assert journey.summary["stage"] == Stage.CERTIFIED
    assert len(stood) >= 4
    call_command("check_flows", verbosity=0)


@pytest.mark.slow
def test_load_adds_to_what_is_there(ground: None) -> None:
    seed(cities=3)
    seed(cities=2)

    assert CityStatus.objects.count() == 5


def test_load_is_for_demonstrations_only(ground: None, settings: Settings) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="MILEPOST_DEMO"):
        seed(cities=1)

    assert not Case.objects.exists()


@pytest.mark.parametrize("numbers", [{"cities": 0}, {"months": 0}])
def test_load_of_nothing_is_refused(ground: None, numbers: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="begin at one"):
        seed(**numbers)

"""Due dates by the calendar of whoever owes the work."""

from datetime import UTC, datetime

import pytest

from cases.deadlines import calendar_of, due_at_for, program_calendar
from cases.models import DeadlinePolicy
from cases.steps import STEPS
from core.calendars import WorkingCalendar
from people.models import Organization
from tests.scenes import Scene

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


def test_step_is_due_after_its_working_days_at_five_local_time(scene: Scene) -> None:
    due = due_at_for("confirm", organization=scene.office, opened_at=MONDAY)

    assert due == datetime(2026, 3, 9, 21, tzinfo=UTC)


def test_program_may_set_its_own_number_of_days(scene: Scene) -> None:
    policy = DeadlinePolicy.objects.create(step="confirm", working_days=2)

    due = due_at_for("confirm", organization=scene.office, opened_at=MONDAY)

    assert due == datetime(2026, 3, 4, 22, tzinfo=UTC)
    assert str(policy) == "confirm: 2 working days"


def test_calendar_is_the_partys_own(scene: Scene) -> None:
    place = {"country": "BR", "state": "SP", "time_zone": "America/Sao_Paulo"}

    assert calendar_of(Organization(**place)) == WorkingCalendar("BR", "SP", "America/Sao_Paulo")


@pytest.mark.parametrize("organization", [None, Organization(country="XX", time_zone="Europe/Paris")])
def test_calendar_of_the_program_stands_in(scene: Scene, organization: Organization | None) -> None:
    assert calendar_of(organization) == WorkingCalendar("US", "", "America/New_York")


def test_party_without_a_zone_has_its_own_holidays_in_the_programs_zone(scene: Scene) -> None:
    assert calendar_of(Organization(country="BR", state="RJ")) == WorkingCalendar(
        "BR", "RJ", "America/New_York"
    )


@pytest.mark.django_db
def test_program_without_an_office_keeps_the_zone_of_the_site() -> None:
    assert program_calendar() == WorkingCalendar("US", "", "America/New_York")


def test_every_step_has_a_deadline_and_a_party() -> None:
    assert {step.code for step in STEPS.values() if step.working_days < 1 or not step.party} == set()

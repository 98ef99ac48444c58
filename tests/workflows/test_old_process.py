"""Running cases outlive the code: rows stored when the flows were first built must still come to their end.

`old_process.json` holds three cases of the scene, dumped in mid-flow: one with one of two reviews in, one in
coaching, one waiting for the day of its announcement. It is never made anew; where the schema moves on, the
test says how old rows are carried along.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Case
from certification.models import Certificate
from cities.models import City
from coaching.models import PartnerProfile
from people.models import Organization, User
from people.services import system_user
from standards.models import Standard
from tests.cast import Partner
from tests.scenes import Scene
from workflows import services
from workflows.flows.checks import disagreements

STORED = Path(__file__).with_name("old_process.json")
THEN = datetime(2025, 3, 3, 18, tzinfo=UTC)


class Found(Scene):
    """The scene as it was stored, with its people looked up by their addresses."""

    def __init__(self, case: Case) -> None:
        self.now, self.case, self.announce_on, self.engagements = THEN, case, None, 2
        self.met, self.met_later = {1: ("DM1",)}, ("DM1", "DM2", "OD1", "OD2")
        self.system, self.standard = system_user(), Standard.objects.get()
        self.city = City.objects.get(pk=case.city_id)
        self.office = Organization.objects.get(slug="program")
        self.lead = self._person("lead@paterson-nj")
        self.manager = self._person("manager@program")
        self.assessor, self.reconciler = (
            self._person(f"{one}@program") for one in ("assessor", "reconciler")
        )
        self.committee = [self._person(f"member.{n}@program") for n in range(1, 6)]
        self.partner, self.other_partner = (self._partner(one) for one in ("first-partner", "other-partner"))

    def _person(self, address: str) -> User:
        return User.objects.get(email=f"{address}.example")

    def _partner(self, slug: str) -> Partner:
        organization = PartnerProfile.objects.get(organization__slug=slug).organization
        lead, coach, second = (self._person(f"{one}@{slug}") for one in ("lead", "coach", "second.coach"))
        return Partner(organization, lead, coach, second)


def _load_keeping_sequences() -> None:
    """Loading sets each sequence back to the highest key loaded, which no rollback undoes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences")
        reached = [(name, last) for name, last in cursor.fetchall() if last]
        call_command("loaddata", str(STORED), verbosity=0)
        for name, last in reached:
            cursor.execute("SELECT setval(%s, greatest(%s, nextval(%s)))", [name, last, name])


@pytest.fixture
def stored(db: None) -> dict[str, Found]:
    """The three cases by the step that they stand at."""
    _load_keeping_sequences()
    # Parts of a published standard can't be loaded; it was published all the same.
    Standard.objects.update(published_at=THEN, published_by=system_user())
    cases = {case.city.slug: Found(case) for case in Case.objects.all()}
    return {
        "review": cases["paterson-nj"],
        "coaching": cases["newark-old"],
        "announcement": cases["trenton-old"],
    }


def test_stored_cases_are_sound(stored: dict[str, Found]) -> None:
    assert list(disagreements(today=THEN.date())) == []
    assert {name: one.stage for name, one in stored.items()} == {
        "review": "review",
        "coaching": "coaching",
        "announcement": "decision",
    }


@pytest.mark.parametrize("name", ["review", "coaching"])
def test_stored_case_still_comes_to_its_end(stored: dict[str, Found], name: str) -> None:
    case = stored[name].walk_to_end()

    assert case.certificates.get().level.slug == "silver"
    assert list(disagreements(today=THEN.date())) == []


def test_stored_announcement_is_still_published_on_its_day(stored: dict[str, Found]) -> None:
    assert services.publish_due(now=THEN + timedelta(days=29)) == []

    (case,) = services.publish_due(now=THEN + timedelta(days=30))

    assert case == stored["announcement"].case
    assert Certificate.objects.get().level.slug == "silver"


def test_stored_case_can_still_be_left(stored: dict[str, Found]) -> None:
    for name in ("review", "coaching"):
        case = stored[name].case
        services.withdraw_case(case_id=case.pk, reason="x", by=stored[name].lead, now=THEN)

    assert list(disagreements(today=THEN.date())) == []

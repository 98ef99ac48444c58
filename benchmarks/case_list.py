"""The first page of the list of cases for the program, against the SQL one would write for it by hand."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.meter import Line, Meter
from cases.enums import PATH, CaseKind, Party
from cases.models import Case
from cities.models import City
from people.enums import OrganizationKind
from people.models import Organization, User
from standards.models import Standard
from workflows.models import CityStatus

NAME = "case_list"
BATCH = 2_000
FLOOR = (
    "SELECT count(*) FROM workflows_citystatus WHERE case_id IS NOT NULL",
    """
    SELECT o.name, o.state, s.case_id, s.stage, s.on_hold, s.stage_entered_at, s.waiting_on, s.next_due_at,
           s.level
    FROM workflows_citystatus s
    JOIN cities_city c ON c.id = s.city_id
    JOIN people_organization o ON o.id = c.organization_id
    WHERE s.case_id IS NOT NULL
    ORDER BY o.name, o.slug
    LIMIT 50
    """,
)


def measure(*, cities: int, rounds: int) -> Line:
    """By turns; the first turn only warms up."""
    fill(cities)
    client = _client()
    pairs = [(_page(client), _by_hand()) for _round in range(rounds + 1)]
    return Line(NAME, pairs[1:])


def fill(count: int) -> None:
    """So many cities with an open case each, at stages and due dates of every kind."""
    for start in range(0, count, BATCH):
        organizations = Organization.objects.bulk_create(
            Organization(
                kind=OrganizationKind.CITY, slug=f"measured-{n}", name=f"Measured {n:05}", state="NJ"
            )
            for n in range(start, min(start + BATCH, count))
        )
        cities = City.objects.bulk_create(
            City(organization=one, kind="City", population=40_000, population_year=2020)
            for one in organizations
        )
        cases = Case.objects.bulk_create(_cases(cities))
        CityStatus.objects.bulk_create(_statuses(cases))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _cases(cities: list[City]) -> Iterator[Case]:
    now, standard = timezone.now(), Standard.objects.published()[0]
    opener = _manager()
    for n, (city, stage) in enumerate(zip(cities, cycle(PATH[:-1]), strict=False)):
        entered = now - timedelta(days=n % 90)
        yield Case(
            city=city,
            standard=standard,
            kind=CaseKind.FIRST,
            cohort_year=now.year,
            stage=stage,
            stage_entered_at=entered,
            opened_at=entered,
            opened_by=opener,
        )


def _statuses(cases: list[Case]) -> Iterator[CityStatus]:
    now = timezone.now()
    for n, (case, party) in enumerate(zip(cases, cycle(Party), strict=False)):
        due = now + timedelta(days=n % 60 - 20)
        yield CityStatus(
            city=case.city,
            case=case,
            stage=case.stage,
            stage_entered_at=case.stage_entered_at,
            waiting_on=party,
            waiting_on_all=[party],
            next_due_at=due,
            overdue=due < now,
            updated_at=now,
        )


def _manager() -> User:
    return User.objects.get(email="manager@program.example")


def _client() -> Client:
    client = Client()
    client.force_login(_manager(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _page(client: Client) -> Meter:
    meter = Meter(steps=1)
    with meter.running():
        response = client.get("/cases/")
    assert response.status_code == 200, response.status_code
    return meter


def _by_hand() -> Meter:
    meter = Meter(steps=1)
    with meter.running(), connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(statement)
            cursor.fetchall()
    return meter

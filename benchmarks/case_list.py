"""The first page of the list of cases for the program, against the SQL one would write for it by hand."""

from django.db import connection
from django.test import Client

from benchmarks.meter import Line, Meter
from people.models import User

NAME, REVERSED = "case_list", "case_list_last"
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


def measure(*, rounds: int) -> Line:
    """By turns; the first turn only warms up."""
    client = program_client()
    pairs = [(page(client, "/cases/"), by_hand(*FLOOR)) for _round in range(rounds + 1)]
    return Line(NAME, pairs[1:])


def measure_reversed(*, rounds: int) -> Line:
    """The same page in reversed order, which is the last one, against the first."""
    client = program_client()
    pairs = [
        (page(client, "/cases/?sort=-city"), page(client, "/cases/?sort=city"))
        for _round in range(rounds + 1)
    ]
    return Line(REVERSED, pairs[1:])


def program_client() -> Client:
    manager = User.objects.get(email="manager@program.example")
    client = Client()
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client: Client, address: str) -> Meter:
    meter = Meter(steps=1)
    with meter.running():
        response = client.get(address)
    assert response.status_code == 200, response.status_code
    return meter


def by_hand(*statements: str) -> Meter:
    meter = Meter(steps=1)
    with meter.running(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
    return meter

"""The first page of the list of cases for the program, against the SQL one would write for it by hand."""

from benchmarks.meter import Line
from benchmarks.pages import by_hand, page, signed_in

NAME = "case_list"
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
    client = signed_in("manager@program.example")
    pairs = [(page(client, "/cases/"), by_hand(*FLOOR)) for _round in range(rounds + 1)]
    return Line(NAME, pairs[1:])

"""The pipeline page for the program, against its two counts in SQL written by hand."""

from benchmarks.meter import Line
from benchmarks.pages import by_hand, page, signed_in

NAME = "pipeline"
FLOOR = (
    """
    SELECT stage, count(*), count(*) FILTER (WHERE overdue), count(*) FILTER (WHERE on_hold),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY now() - stage_entered_at)
    FROM workflows_citystatus
    WHERE case_id IS NOT NULL AND stage NOT IN ('certified', 'declined', 'withdrawn')
    GROUP BY stage
    """,
    """
    SELECT waiting_on, count(*), count(*) FILTER (WHERE overdue)
    FROM workflows_citystatus
    WHERE case_id IS NOT NULL AND stage NOT IN ('certified', 'declined', 'withdrawn')
    GROUP BY waiting_on
    """,
)


def measure(*, rounds: int) -> Line:
    """By turns; the first turn only warms up."""
    client = signed_in("manager@program.example")
    pairs = [(page(client, "/reports/pipeline/"), by_hand(*FLOOR)) for _round in range(rounds + 1)]
    return Line(NAME, pairs[1:])

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from core.imports import ImportReport
from core.models import AuditEvent
from people.services import system_user
from standards.models import PublishedFigure
from standards.selectors import levels_in_force, newest_figures
from standards.services import import_figures
from tests.cities.factories import DATA, csv_of
from tests.scenes import make_standard

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
HEADER = "date,statement,count,source"
COUNTS = DATA / "program_counts.csv"


def figures(*lines: str) -> ImportReport:
    return import_figures(source=csv_of(HEADER, *lines), by=system_user(), now=NOW)


def test_all_published_figures_come_in_and_only_once():
    first = import_figures(source=COUNTS.read_bytes(), by=system_user(), now=NOW)
    again = import_figures(source=COUNTS.read_bytes(), by=system_user(), now=NOW)

    assert (first.added, first.changed, first.refused) == (15, 0, [])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 15)
    assert AuditEvent.objects.filter(action="standards.figures_imported").count() == 1


def test_corrected_figure_is_taken_over():
    figures("2025,cities certified so far,100,press release")

    report = figures("2025,cities certified so far,104,press release")

    assert (report.added, report.changed) == (0, 1)
    assert str(PublishedFigure.objects.get()) == "104 cities certified so far"


def test_bad_lines_are_named_and_lose_no_other():
    report = figures(
        "2025-13,cities,1,x",
        "last year,cities,1,x",
        "2025,,1,x",
        "2025,cities,many,x",
        f"2025,cities,1,{'x' * 501}",
        "2025,cities,104,x",
    )

    assert [(refusal.line, refusal.reason) for refusal in report.refused] == [
        (2, "date: is no day, month or year, as in 2025-02-26, 2025-02 or 2025"),
        (3, "date: is no day, month or year, as in 2025-02-26, 2025-02 or 2025"),
        (4, "statement: is empty"),
        (5, "count: is no whole number of 0 or more"),
        (6, "is longer than 500 characters"),
    ]
    assert PublishedFigure.objects.count() == 1


@pytest.mark.parametrize(
    ("published", "words"), [("2025-02-26", "Feb 26, 2025"), ("2025-02", "February 2025"), ("2025", "2025")]
)
def test_date_is_said_as_exactly_as_it_is_documented(published: str, words: str):
    assert PublishedFigure(published=published).published_in_words == words


def test_of_each_statement_the_newest_counts():
    figures("2018,certified,9,a", "2025-02,certified,104,b", "2020,assessed,203,c")

    assert [(one.statement, one.count) for one in newest_figures()] == [("certified", 104), ("assessed", 203)]


def test_levels_in_force_are_those_of_the_newest_standard_that_applies():
    make_standard()

    assert [level.name for level in levels_in_force(date(2025, 1, 1))] == ["Silver", "Gold", "Platinum"]
    assert levels_in_force(date(2023, 12, 31)) == []


def test_command_reports_what_it_did():
    out = StringIO()

    call_command("import_figures", str(COUNTS), "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"added": 15, "changed": 0, "unchanged": 0, "refused": []}

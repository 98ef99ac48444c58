import re

import pytest

from config import local
from tests.processes import python

LINE = re.compile(r"^(\w+) +[\d.]+ ms +[\d.]+ queries \| floor +[\d.]+ ms +[\d.]+ queries \| ratio [\d.]+ \|")


@pytest.mark.slow
def test_every_benchmark_prints_its_line() -> None:
    here = {"MILEPOST_LOCAL": str(local.root()), "MILEPOST_DURABLE": "0"}

    done = python("-m", "benchmarks", "--quick", timeout=240, DEBUG="1", **here)

    assert done.returncode == 0, done.stderr
    # What is indented is the plan of a query.
    lines = [LINE.match(line) for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line and line.group(1) for line in lines] == [
        "workflow_step",
        "case_list",
        "pipeline",
        "report_pdf",
        "api_cities",
        "case_list_last",
        "desk_last",
        "coaching_last",
        "people_last",
        "public_last",
        "api_last",
        "sweep_idle",
        "reminders_due",
    ]

"""Prints one line for each benchmark: its name, our figure, the floor of the same run, and the ratio."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django
from django.conf import settings
from django.core.management import call_command
from django.test.utils import setup_databases, setup_test_environment, teardown_databases
from django.utils import timezone

DATA = Path(__file__).resolve().parent.parent / "data"
DATABASE = "milepost_benchmarks"
LOADS = (
    ("load_standard", "standards/wwc-v3.yaml"),
    ("import_cities", "us_municipalities.csv"),
    ("import_partners", "partners.csv"),
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round each: does it still run?")
    parser.add_argument("--reminders", action="store_true", help="only the two of the ledger of reminders")
    chosen = parser.parse_args(arguments)
    # The bare flow is found by its app, as viewflow asks; the product itself never installs this one.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "benchmarks"]
    django.setup()
    with own_database():
        load()
        if not chosen.reminders:
            run(quick=chosen.quick)
        run_reminders(quick=chosen.quick)


def run(*, quick: bool) -> None:
    from benchmarks import api_cities, case_list, lists, pipeline, report_pdf, workflow_step

    print(workflow_step.measure(rounds=1 if quick else 5), flush=True)
    with open(os.devnull, "w") as nowhere:
        call_command("seed_load", cities=60 if quick else 20_000, months=24, stdout=nowhere)
    rounds = 1 if quick else 15
    for measure in (case_list.measure, pipeline.measure, report_pdf.measure, api_cities.measure):
        print(measure(rounds=rounds), flush=True)
    for line in lists.measure(rounds=rounds):
        print(line, flush=True)


def run_reminders(*, quick: bool) -> None:
    from benchmarks import reminders

    rounds = 1 if quick else 15
    line, plan = reminders.measure_idle(rounds=rounds, rows=2_000 if quick else 1_000_000)
    print(line, flush=True)
    print(indent(plan, "  "), flush=True)
    line, words = reminders.measure_due(rows=300 if quick else 100_000)
    print(line, flush=True)
    print(indent(words, "  "), flush=True)


@contextmanager
def own_database() -> Iterator[None]:
    """A database for this run alone, on the same server as everything else, and gone afterwards."""
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DATABASES["default"]["TEST"]["NAME"] = DATABASE
    setup_test_environment(debug=False)
    created = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        yield
    finally:
        teardown_databases(created, verbosity=0)


def load() -> None:
    from workflows.demo import people

    with open(os.devnull, "w") as nowhere:
        for command, file in LOADS:
            call_command(command, str(DATA / file), stdout=nowhere)
    for account in people.accounts():
        people.ensure(account, sealed=None, now=timezone.now())


if __name__ == "__main__":
    main(sys.argv[1:])

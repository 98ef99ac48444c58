import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cases.deadlines import program_calendar
from workflows.flows.checks import disagreements


class Command(BaseCommand):
    help = "Proves that flows, work items and published statuses agree. Exits with 1 when they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what is wrong as one JSON document")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = list(disagreements(today=program_calendar().local_day(timezone.now())))
        if options["json"]:
            self.stdout.write(json.dumps({"clean": not found, "found": [asdict(one) for one in found]}))
        elif found:
            self.stdout.write("\n".join(f"{one.kind}: {one.thing}: {one.detail}" for one in found))
        else:
            self.stdout.write("Flows, work items and statuses agree.")
        if found:
            sys.exit(1)

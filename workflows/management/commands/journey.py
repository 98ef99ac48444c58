import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from workflows.demo.journey import Done, Journey
from workflows.demo.people import require_demonstration


class Command(BaseCommand):
    help = "Walks one city from application to certificate, as the demonstration people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--city", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="print the walk as one JSON document")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            require_demonstration()
            journey = Journey(options["city"])
            steps = []
            for done in journey.walk():
                steps.append(_as_data(done))
                if not options["json"]:
                    self.stdout.write(f"{done.step:18} {done.by:34} → {done.stage}")
        except DomainError as error:
            raise CommandError(str(error.detail or error.title)) from error
        summary = journey.summary
        text = json.dumps(summary | {"steps": steps}) if options["json"] else self._sentence(summary)
        self.stdout.write(text)

    def _sentence(self, summary: dict[str, object]) -> str:
        return (
            f"{summary['city']}: {summary['stage']}, {summary['level']}, certificate {summary['certificate']}"
        )


def _as_data(done: Done) -> dict[str, str]:
    return {"step": done.step, "by": done.by, "at": done.at.isoformat(), "stage": done.stage}

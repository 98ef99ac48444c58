from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from workflows.demo import people
from workflows.demo.load import Load


class Command(BaseCommand):
    help = "Makes a large, plausible history for benchmarks (demonstration only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cities", type=int, required=True, metavar="N")
        parser.add_argument(
            "--months", type=int, default=24, metavar="M", help="how far back cases were opened"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same mix")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["cities"] < 1 or options["months"] < 1:
            raise CommandError("--cities and --months begin at one.")
        now = timezone.now()
        try:
            people.require_demonstration()
            for account in people.accounts():
                people.ensure(account, sealed=None, now=now)
            load = Load(cities=options["cities"], months=options["months"], seed=options["seed"], now=now)
            for sentence in load.make():
                self.stdout.write(sentence)
        except DomainError as error:
            raise CommandError(str(error.detail or error.title)) from error

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from standards.levels import UnknownCriteria
from standards.models import Standard
from standards.selectors import score_of


class Command(BaseCommand):
    help = "Prints the exact result for a set of criteria met, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--met", required=True, metavar="CODE[,CODE...]", help="may be empty: --met ''")

    def handle(self, *_args: Any, **options: Any) -> None:
        standard = Standard.objects.published().filter(slug=options["slug"]).first()
        if standard is None:
            raise CommandError(f"There is no published standard {options['slug']!r}.")
        codes = {code.strip() for code in options["met"].split(",")} - {""}
        try:
            result = score_of(standard, codes)
        except UnknownCriteria as error:
            raise CommandError(f"{standard.slug} has no criteria {', '.join(error.codes)}.") from error
        self.stdout.write(json.dumps(result.as_data()))

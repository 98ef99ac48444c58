from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from core.imports import ImportCommand, ImportReport, UnreadableFile
from people.models import User
from people.services import system_user
from workflows.services import import_cases


class Command(ImportCommand):
    help = "Takes over running cases from a CSV file; with --rehearse says what would happen, line by line."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--rehearse", action="store_true", help="change nothing, only say what would be")
        parser.add_argument("--by", metavar="EMAIL", help="the program manager in whose name it is done")
        parser.add_argument(
            "--invite",
            action="store_true",
            help="ask unknown owners of a city's step in as its lead; needs --by",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["invite"] and not options["by"]:
            raise CommandError("--invite needs --by: an invitation names who sent it.")
        self.options = options
        super().handle(*args, **options)

    def run(self, source: bytes) -> ImportReport:
        try:
            return import_cases(
                source=source,
                by=self.by(),
                now=timezone.now(),
                rehearse=self.options["rehearse"],
                invite=self.options["invite"],
            )
        except UnreadableFile:
            raise
        except DomainError as error:
            raise CommandError(str(error.detail)) from error

    def by(self) -> User:
        email = self.options["by"]
        if not email:
            return system_user()
        person = User.objects.filter(email=email.lower(), is_active=True).first()
        if person is None:
            raise CommandError(f"There is no account with the address {email}.")
        return person

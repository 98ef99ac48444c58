import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from workflows.demo import people


class Command(BaseCommand):
    help = "Makes the people of the demonstration, all with one password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", required=True)
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        made = {}
        try:
            people.require_demonstration()
            for account in people.accounts():
                people.ensure(account, password=options["password"], now=now)
                made[account.label] = account.email
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(
            json.dumps({"accounts": made}) if options["json"] else f"{len(made)} accounts are there."
        )

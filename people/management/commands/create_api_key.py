from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import InvalidInput
from people.enums import Scope
from people.keys import issue_key
from people.models import Organization
from people.services import system_user


class Command(BaseCommand):
    help = "Makes an API key for a partner or a city and prints it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", metavar="ORG_SLUG")
        parser.add_argument("--scopes", nargs="+", choices=Scope.values, default=[Scope.READ.value])
        parser.add_argument("--name", default="Made on the command line")

    def handle(self, *_args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        try:
            _key, token = issue_key(
                organization=organization,
                name=options["name"],
                scopes=options["scopes"],
                by=system_user(),
                now=timezone.now(),
            )
        except InvalidInput as error:
            texts = [str(text) for found in error.errors.values() for text in found]
            raise CommandError(" ".join(texts)) from error
        self.stdout.write(token)

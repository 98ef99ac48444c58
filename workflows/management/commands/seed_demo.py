import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from workflows.demo import people
from workflows.demo.meetings import run_a_sprint
from workflows.demo.profiles import tell_profiles
from workflows.demo.program import live_through
from workflows.demo.stories import STORIES, Story, halves

SHARES = ("first", "second")


class Command(BaseCommand):
    help = "Makes the people of the demonstration, all with one password, and its cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", required=True)
        parser.add_argument("--cases", type=int, default=len(STORIES), metavar="N", help="no more than these")
        parser.add_argument(
            "--share", choices=SHARES, help="of two processes side by side, which one this is"
        )
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        stories: Sequence[Story] = STORIES[: options["cases"]]
        if options["share"]:
            stories = halves(stories)[SHARES.index(options["share"])]
        made = {}
        try:
            people.require_demonstration()
            sealed = people.seal(options["password"])
            for account in people.accounts(*(story.slug for story in stories)):
                people.ensure(account, sealed=sealed, now=now)
                made[account.label] = account.email
            tell_profiles(now=now)
            cases = sum(1 for _case in live_through(stories, now=now))
            if not options["share"]:
                run_a_sprint(now=now)
        except DomainError as error:
            raise CommandError(str(error.detail or error.title)) from error
        text = f"{len(made)} accounts are there, and {cases} cases were made."
        self.stdout.write(json.dumps({"accounts": made}) if options["json"] else text)

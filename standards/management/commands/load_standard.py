from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import DomainError
from people.services import system_user
from standards.fileformat import InvalidStandardFile
from standards.services import load_standard


class Command(BaseCommand):
    help = "Loads a standard from a YAML file and publishes it; names line and field of every mistake."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            source = path.read_bytes()
            loaded = load_standard(source=source, by=system_user(), now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        except InvalidStandardFile as error:
            count = len(error.mistakes)
            raise CommandError(f"{path}: {count} mistake{'s' * (count > 1)}\n{error.detail}") from error
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        said = "Published" if loaded.published else "Unchanged:"
        self.stdout.write(f"{said} {loaded.standard.slug}, {loaded.standard.title}")

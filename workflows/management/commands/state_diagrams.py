from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workflows.flows.states import documents


class Command(BaseCommand):
    help = "Writes the state diagrams of docs/states anew."

    def handle(self, *_args: Any, **_options: Any) -> None:
        folder = settings.BASE_DIR / "docs" / "states"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in documents().items():
            (folder / name).write_text(text)
            self.stdout.write(f"docs/states/{name}")

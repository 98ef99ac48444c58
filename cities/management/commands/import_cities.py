from django.utils import timezone

from cities.services import import_cities
from core.imports import ImportCommand, ImportReport
from people.services import system_user


class Command(ImportCommand):
    help = "Takes over US municipalities from a CSV file; run again, it changes only what differs."

    def run(self, source: bytes) -> ImportReport:
        return import_cities(source=source, by=system_user(), now=timezone.now())

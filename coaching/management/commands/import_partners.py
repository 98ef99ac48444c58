from django.utils import timezone

from coaching.imports import import_partners
from core.imports import ImportCommand, ImportReport
from people.services import system_user


class Command(ImportCommand):
    help = "Takes over partner organizations from a CSV file; run again, it changes only what differs."

    def run(self, source: bytes) -> ImportReport:
        return import_partners(source=source, by=system_user(), now=timezone.now())

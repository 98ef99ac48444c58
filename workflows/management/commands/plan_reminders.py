from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.services import plan_open_work


class Command(BaseCommand):
    help = "Plan the reminders of all open work anew, by the policies that hold now."

    def handle(self, *args: Any, **options: Any) -> None:
        count = plan_open_work(now=timezone.now())
        print(f"planned the reminders of {count} open pieces of work")

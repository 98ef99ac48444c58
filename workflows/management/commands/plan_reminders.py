from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.services import plan_open_work
from certification.services import find_expiries, plan_expiries_again


class Command(BaseCommand):
    help = "Plan the reminders of open work, certificates and evidence anew, by the policies that hold now."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        count = plan_open_work(now=now)
        find_expiries(now=now)
        ends = plan_expiries_again(now=now)
        print(f"planned the reminders of {count} open pieces of work and {ends} that run out")

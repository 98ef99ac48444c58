"""A plausible spring in New Jersey: real cities and the real standard, each case at a step of its own."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.models import WorkItem
from config.demo_data import LOADS
from config.local import BASE_DIR
from people.models import User
from workflows.demo import people
from workflows.demo.journey import Journey

# Each city with the step that is now its next, and how many days ago it began.
CITIES = {
    "paterson-nj": ("work", 74),
    "newark-nj": ("reconcile", 49),
    "trenton-nj": ("vote", 119),
    "hoboken-nj": ("review", 38),
    "jersey-city-nj": ("self_assess", 19),
    "elizabeth-nj": ("confirm", 12),
    "camden-nj": ("release_report", 50),
    "clifton-nj": ("plan_coaching", 57),
    "passaic-nj": ("assign_assessors", 36),
}
DAYS_TAKEN = {"self_assess": 30, "review": 9, "work": 38, "reassess": 21, "respond": 3, "kick_off": 6}
USUAL_DAYS = 2


class Clock:
    """What the product takes for now while the past is being lived through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.past: datetime | None = None
        monkeypatch.setattr(timezone, "now", self.now)

    def now(self) -> datetime:
        return self.past or datetime.now(tz=UTC)


def load_everything() -> None:
    """All that `make demo` loads, and the demonstration's people, who need no password here."""
    for command, file in LOADS:
        call_command(command, str(BASE_DIR / file), stdout=StringIO())
    for account in people.accounts():
        people.ensure(account, sealed=None, now=timezone.now())


def walk(slug: str, clock: Clock) -> None:
    """One city's journey to its step, everything done some days after it was asked for."""
    goal, began = CITIES[slug]
    journey = Journey(slug)
    today = clock.now()
    clock.past = today - timedelta(days=began)
    for _done in journey.walk():
        waiting = WorkItem.objects.open().filter(case=journey.case).order_by("opened_at", "pk")
        if all(item.step == goal for item in waiting):
            break
        asked = waiting[0]
        taken = timedelta(days=DAYS_TAKEN.get(asked.step, USUAL_DAYS), minutes=37)
        clock.past = min(max(clock.past, asked.opened_at + taken), today)
    clock.past = None


def person(email: str) -> User:
    return User.objects.get(email=email)

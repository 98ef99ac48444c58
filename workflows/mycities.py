"""The cities that somebody coaches, with what a coach asks first; who needs somebody most stands first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certification.results import last_results_for
from coaching.enums import RUNNING
from coaching.faring import health_of
from coaching.health import Health
from coaching.models import Engagement
from core.tables import Sheet
from people.models import User
from people.roles import PARTNER_ROLES


@dataclass(frozen=True)
class AreaResult:
    name: str
    met: int
    of: int


@dataclass(frozen=True)
class MyCity:
    """One engagement under way, with how it fares and the last result in the areas coached."""

    engagement: Engagement
    health: Health
    areas: list[AreaResult]

    @property
    def name(self) -> str:
        return self.engagement.case.city.name


def _far(at: datetime | None) -> tuple[bool, str]:
    return at is None, at.isoformat() if at else ""


SORTS: dict[str, Callable[[MyCity], Any]] = {
    "city": lambda row: row.name,
    "stage": lambda row: (row.engagement.case.stage, row.name),
    "health": lambda row: (row.health.rank, row.name),
    "next": lambda row: (_far(row.health.facts.next_session_at), row.name),
    "items": lambda row: (-row.health.facts.open_items, row.name),
    "contact": lambda row: (-(row.health.days_since_contact or 0), row.name),
}


def my_cities(reader: User, *, everybodys: bool, now: datetime) -> list[MyCity]:
    """What the reader coaches, or all that their partners do; ten queries for any number of cities.

    An engagement is here from its acceptance to its close.
    """
    own = reader.organizations_as(*PARTNER_ROLES)
    running = Engagement.objects.filter(partner__in=own, status__in=RUNNING, case__closed_at__isnull=True)
    if not everybodys:
        running = running.filter(coach=reader)
    found = list(running.for_list().for_health().order_by("offered_at", "pk"))
    health = health_of(found, now=now)
    results = last_results_for({one.case_id for one in found}, user=reader)
    return [MyCity(one, health[one.pk], _areas(one, results)) for one in found]


def _areas(engagement: Engagement, results: dict[Any, Any]) -> list[AreaResult]:
    """Nothing where the reader may not read the result."""
    result = results.get(engagement.case_id)
    if result is None:
        return []
    score = {area.code: area for area in result.score.by_area}
    coached = [area for area in engagement.areas.all() if area.code in score]
    return [AreaResult(area.name, score[area.code].met, score[area.code].of) for area in coached]


def sorted_by(rows: Sequence[MyCity], sort: str) -> list[MyCity]:
    """By one of the columns, who needs somebody most first where none is named."""
    column = SORTS.get(sort.removeprefix("-"), SORTS["health"])
    return sorted(rows, key=column, reverse=sort.startswith("-"))


def sheet_of(rows: Sequence[MyCity]) -> Sheet:
    head = ["city", "state", "stage", "status", "coach", "health", "facts", "next_session", "open_items"]
    return Sheet("My cities", [*head, "days_since_contact", "result"], [_line(row) for row in rows])


def _line(row: MyCity) -> list[object]:
    engagement, health = row.engagement, row.health
    at = health.facts.next_session_at
    return [
        row.name,
        engagement.case.city.state,
        engagement.case.get_stage_display(),
        engagement.get_status_display(),
        engagement.coach.name if engagement.coach else "",
        health.level.label,
        "; ".join(line.text for line in health.lines),
        at.isoformat() if at else "",
        health.facts.open_items,
        "" if health.days_since_contact is None else health.days_since_contact,
        "; ".join(f"{area.name} {area.met}/{area.of}" for area in row.areas),
    ]

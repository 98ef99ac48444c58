"""What a reader is told of where cities stand: the published rows with engagements and result, in bulk."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from cases.deadlines import program_calendar
from cases.models import Case
from cases.steps import STEPS
from certification.results import Result, last_results_for
from cities.models import City
from coaching.models import Engagement
from core.calendars import WorkingCalendar
from core.errors import Text
from people.models import User
from standards.levels import AreaResult
from workflows.models import CityStatus
from workflows.status import standing_of


@dataclass(frozen=True)
class ToldCase:
    id: uuid.UUID
    kind: str
    cohort_year: int
    standard: str
    opened_on: date


@dataclass(frozen=True)
class ToldDeadline:
    step: str
    title: Text
    party: str
    due_at: datetime
    overdue: bool


@dataclass(frozen=True)
class ToldEngagement:
    """`areas` are codes in the order of the standard."""

    id: uuid.UUID
    partner: str
    areas: list[str]
    status: str
    paused: bool


@dataclass(frozen=True)
class ToldResult:
    round: int
    validated: bool
    met: int
    of: int
    by_area: tuple[AreaResult, ...]


@dataclass(frozen=True)
class ToldStatus:
    """One city's status as this reader may know it; what is empty or not theirs is None."""

    city: City
    case: ToldCase | None
    stage: str | None
    stage_entered_at: datetime | None
    on_hold: bool
    waiting_on: str
    waiting_on_all: list[str]
    next_deadline: ToldDeadline | None
    level: str | None
    certificate: str | None
    engagements: list[ToldEngagement]
    result: ToldResult | None
    updated_at: datetime | None


def told(rows: Sequence[CityStatus], *, user: User) -> list[ToldStatus]:
    """The rows, which came through `visible_to(user)`, in as many queries for two hundred as for one."""
    cases = [row.case_id for row in rows if row.case_id is not None]
    engagements = _engagements(cases, user)
    results = last_results_for(cases, user=user)
    calendar = program_calendar()
    return [
        ToldStatus(
            city=row.city,
            case=_case(row.case, calendar) if row.case else None,
            stage=row.stage or None,
            stage_entered_at=row.stage_entered_at,
            on_hold=row.on_hold,
            level=row.level or None,
            certificate=row.certificate or None,
            engagements=engagements.get(row.case_id, []),
            result=_result(results.get(row.case_id)) if row.case_id else None,
            **_seen(row),
        )
        for row in rows
    ]


def status_without_case(city: City, *, today: date) -> CityStatus:
    """The status of a city that never had a case: its level, if any, and nobody at work."""
    row = CityStatus(city=city, **asdict(standing_of(city, today=today)))
    for name in ("waiting_on", "waiting_on_all", "next_step", "next_party", "overdue"):
        setattr(row, f"seen_{name}", getattr(row, name))
    row.seen_due_at = row.seen_updated_at = None  # type: ignore[attr-defined]  # -- columns that visible_to adds
    return row


def _seen(row: Any) -> dict[str, Any]:
    deadline = None
    if row.seen_due_at is not None:
        title = STEPS[row.seen_next_step].title
        deadline = ToldDeadline(
            row.seen_next_step, title, row.seen_next_party, row.seen_due_at, row.seen_overdue
        )
    return {
        "waiting_on": row.seen_waiting_on,
        "waiting_on_all": row.seen_waiting_on_all,
        "next_deadline": deadline,
        "updated_at": row.seen_updated_at,
    }


def _case(case: Case, calendar: WorkingCalendar) -> ToldCase:
    opened_on = calendar.local_day(case.opened_at)
    return ToldCase(case.pk, case.kind, case.cohort_year, case.standard.slug, opened_on)


def _engagements(cases: Sequence[uuid.UUID], user: User) -> dict[uuid.UUID | None, list[ToldEngagement]]:
    rows = (
        Engagement.objects.visible_to(user)
        .filter(case__in=cases)
        .order_by("offered_at", "partner__slug", "pk")
    )
    found: dict[uuid.UUID | None, list[ToldEngagement]] = {}
    for one in rows.select_related("partner").prefetch_related("areas"):
        areas = [area.code for area in sorted(one.areas.all(), key=lambda area: area.position)]
        entry = ToldEngagement(one.pk, one.partner.slug, areas, one.status, one.paused_at is not None)
        found.setdefault(one.case_id, []).append(entry)
    return found


def _result(result: Result | None) -> ToldResult | None:
    if result is None:
        return None
    score = result.score
    return ToldResult(result.round, validated=True, met=score.met, of=score.of, by_area=score.by_area)

"""Computing where a city stands, from what is true of its cases."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from cases.enums import WorkKind
from cases.models import Case, Hold, WorkItem
from certification.models import Certificate
from certification.selectors import certified_cities, sealed_among
from cities.models import City, HistoricAward

NOBODY = "nobody"


@dataclass(frozen=True)
class Standing:
    """The published columns of a city's status; `level` and `certificate` are the announced ones."""

    case_id: Any = None
    stage: str = ""
    stage_entered_at: datetime | None = None
    on_hold: bool = False
    sealed: bool = False
    waiting_on: str = NOBODY
    waiting_on_all: list[str] = field(default_factory=list)
    next_step: str = ""
    next_party: str = ""
    next_due_at: datetime | None = None
    overdue: bool = False
    level: str = ""
    certificate: str = ""


def standing_of(city: City, *, today: date) -> Standing:
    """The open case speaks, else the last closed one."""
    return standings_of([city.pk], today=today)[city.pk]


def standings_of(city_ids: Sequence[uuid.UUID], *, today: date) -> dict[uuid.UUID, Standing]:
    """Where each of the cities stands, in as many queries for a thousand as for one."""
    cases = _speaking_cases(city_ids)
    known = _columns_of_cases(list(cases.values()))
    awards = _awards(city_ids, today=today)
    return {
        city_id: Standing(**(known[cases[city_id].pk] if city_id in cases else {}), **awards[city_id])
        for city_id in city_ids
    }


def _speaking_cases(city_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Case]:
    newest_first = Case.objects.filter(city__in=city_ids).order_by("city", "-closed_at", "-opened_at")
    return {case.city_id: case for case in newest_first.distinct("city")}  # NULLs first: the open one


def _columns_of_cases(cases: list[Case]) -> dict[uuid.UUID, dict[str, Any]]:
    keys = [case.pk for case in cases]
    held = set(Hold.objects.filter(case__in=keys, lifted_at=None).values_list("case_id", flat=True))
    sealed, work = sealed_among(keys), _open_work(keys)
    return {
        case.pk: {
            "case_id": case.pk,
            "stage": case.stage,
            "stage_entered_at": case.stage_entered_at,
            "on_hold": case.pk in held,
            "sealed": case.pk in sealed,
            **_columns_of_work(work.get(case.pk, [])),
        }
        for case in cases
    }


def _open_work(case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[WorkItem]]:
    """What is due first stands first; of two due at once, the one opened first."""
    found: dict[uuid.UUID, list[WorkItem]] = {}
    for item in WorkItem.objects.open().filter(case__in=case_ids).order_by("due_at", "opened_at", "pk"):
        if item.case_id is not None:
            found.setdefault(item.case_id, []).append(item)
    return found


def _columns_of_work(items: list[WorkItem]) -> dict[str, Any]:
    """The step due first says who is waited for; every party with open work is named."""
    first = next((item for item in items if item.kind == WorkKind.STEP), None)
    everyone = {"waiting_on_all": list(dict.fromkeys(item.party for item in items))}
    if first is None:
        return everyone
    return everyone | {
        "waiting_on": first.party,
        "next_step": first.step,
        "next_party": first.party,
        "next_due_at": first.due_at,
        "overdue": first.overdue_at is not None,
    }


def _awards(city_ids: Sequence[uuid.UUID], *, today: date) -> dict[uuid.UUID, dict[str, Any]]:
    """The level that each city holds on that day, and the number of the certificate that says so."""
    # Most cities on the path were never certified; to learn that costs little.
    on_record = City.objects.filter(pk__in=city_ids).filter(
        Exists(HistoricAward.objects.filter(city=OuterRef("pk")))
        | Exists(Certificate.objects.filter(case__city=OuterRef("pk")))
    )
    keys = list(on_record.values_list("pk", flat=True))
    awards: dict[uuid.UUID, dict[str, Any]] = {
        city_id: {"level": "", "certificate": ""} for city_id in city_ids
    }
    if not keys:
        return awards
    held = certified_cities(today=today).filter(pk__in=keys)
    rows = held.values_list("pk", "award_level", "award_number")  # type: ignore[misc]  # -- annotated columns
    for city_id, level, number in rows:
        awards[city_id] = {"level": level, "certificate": number}
    return awards

"""Computing where a city stands, from what is true of its cases."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.enums import WorkKind
from cases.models import Case, WorkItem
from certification.selectors import certificates_of, is_sealed_from_readers
from cities.models import City
from cities.selectors import historic_level_of

NOBODY = "nobody"


@dataclass(frozen=True)
class Standing:
    """The published columns of a city's status; `level` and `certificate` are the announced ones."""

    case_id: Any
    stage: str
    stage_entered_at: datetime | None
    on_hold: bool
    sealed: bool
    waiting_on: str
    waiting_on_all: list[str]
    next_step: str
    next_party: str
    next_due_at: datetime | None
    overdue: bool
    level: str
    certificate: str


def standing_of(city: City, *, today: date) -> Standing:
    """The open case speaks, else the last closed one."""
    case = city.cases.order_by("-closed_at", "-opened_at").first()  # NULLs first: the open one
    steps = _open_steps(case) if case else []
    first = steps[0] if steps else None
    level, certificate = _award(city, today=today)
    return Standing(
        case_id=case.pk if case else None,
        stage=case.stage if case else "",
        stage_entered_at=case.stage_entered_at if case else None,
        on_hold=bool(case and case.holds.filter(lifted_at__isnull=True).exists()),
        sealed=bool(case and is_sealed_from_readers(case)),
        waiting_on=first.party if first else NOBODY,
        waiting_on_all=_parties(case) if case else [],
        next_step=first.step if first else "",
        next_party=first.party if first else "",
        next_due_at=first.due_at if first else None,
        overdue=bool(first and first.overdue_at),
        level=level,
        certificate=certificate,
    )


def _open_steps(case: Case) -> list[WorkItem]:
    """What is due first stands first; of two due at once, the one opened first."""
    steps = WorkItem.objects.open().filter(case=case, kind=WorkKind.STEP)
    return list(steps.order_by("due_at", "opened_at", "pk"))


def _parties(case: Case) -> list[str]:
    """Every party with open work, the one whose work is due first at the front."""
    parties = WorkItem.objects.open().filter(case=case).order_by("due_at", "opened_at", "pk")
    return list(dict.fromkeys(parties.values_list("party", flat=True)))


def _award(city: City, *, today: date) -> tuple[str, str]:
    """The level and number of the newest announced certificate while it runs, else the historic level.

    A city whose certificate has run out holds no level, for the newer award counts.
    """
    newest = certificates_of(city).filter(announced_on__lte=today).first()
    if newest is None:
        return historic_level_of(city) or "", ""
    return (newest.level.slug, newest.number) if newest.expires_on > today else ("", "")

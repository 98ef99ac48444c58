"""What the coached cities of the demonstration are judged by.

Only the figures of the households are real, and are told as they were reported; every other figure is made
up, and its source says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import sin

from coaching.enums import Direction, EngagementStatus, MeasureKind, Undertaking
from coaching.models import Engagement, Measure
from coaching.periods import Period, read_period
from coaching.services import Terms, import_observations, set_measure, set_objective
from people.models import User

MADE_UP = "Demonstration value, not reported by the city"
OUTCOME, OUTPUT = MeasureKind.OUTCOME, MeasureKind.OUTPUT
Lines = Callable[[date], Sequence[str]]


@dataclass(frozen=True)
class Told:
    """A measure and, as lines of CSV below `head`, its figures up to a day."""

    terms: Terms
    lines: Lines
    source: str = MADE_UP
    head: str = "when,value"


@dataclass(frozen=True)
class Example:
    """An objective and what it is judged by."""

    objective: str
    measures: tuple[Told, ...]


def enter(example: Example, engagement: Engagement, *, by: User, today: date, now: datetime) -> list[Measure]:
    """Set the objective and its measures, and enter their figures."""
    objective = set_objective(
        engagement_id=engagement.pk, text=example.objective, criteria=[], by=by, now=now
    )
    measures = []
    for place, told in enumerate(example.measures):
        terms, at = replace(told.terms, objective=objective.pk), now + timedelta(minutes=place)
        measure = set_measure(engagement_id=engagement.pk, terms=terms, by=by, now=at)
        text = "\n".join([told.head, *told.lines(today)]).encode()
        import_observations(measure_id=measure.pk, text=text, source=told.source, by=by, now=at)
        measures.append(measure)
    return measures


def enter_for_city(slug: str, engagements: Sequence[Engagement], *, today: date, now: datetime) -> None:
    """The city's example, on the first of its engagements that is under way."""
    running = [one for one in engagements if one.status == EngagementStatus.ACTIVE and one.coach]
    if slug in EXAMPLES and running and running[0].coach:
        enter(EXAMPLES[slug], running[0], by=running[0].coach, today=today, now=now)


def _days(count: int, value: Callable[[int], float]) -> Lines:
    """A figure a day, the last one two days ago."""
    return lambda today: [f"{today - timedelta(days=count + 1 - day)},{value(day):g}" for day in range(count)]


def _months(*values: str) -> Lines:
    return lambda today: [
        f"{when.code},{value}" for when, value in zip(_past(today, 1, len(values)), values, strict=True)
    ]


def _quarters(**values: Sequence[int]) -> Lines:
    """A figure a quarter for each group, whose name has an underscore where a space is meant."""
    return lambda today: [
        f"{when.code},{value},{name.replace('_', ' ')}"
        for name, row in values.items()
        for when, value in zip(_past(today, 3, len(row)), row, strict=True)
    ]


def _past(today: date, months: int, count: int) -> list[Period]:
    """The last whole months or quarters before a day, oldest first."""
    found: list[Period] = []
    day = today.replace(day=1)
    while len(found) < count:
        day = (day - timedelta(days=1)).replace(day=1)
        if months == 1:
            found.append(read_period(f"{day:%Y-%m}"))
        elif day.month % 3 == 1 and (day + timedelta(days=92)).replace(day=1) <= today.replace(day=1):
            found.append(read_period(f"{day:%Y}-Q{day.month // 3 + 1}"))
    return found[::-1]


HOUSEHOLDS = Example(
    "People who are homeless move to stable housing.",
    (
        Told(
            Terms(
                name="Households moved to stable housing",
                kind=OUTCOME,
                unit="households",
                direction=Direction.UP,
                about_kind=Undertaking.CONTRACT,
                about="Homeless services, paid by results",
            ),
            lambda _today: ["2018-Q1,>3000,>1200,2017-Q1"],
            source="Reported by the program",
            head="when,value,change,since",
        ),
    ),
)
PUBLIC_HEALTH = Example(
    "The city sees every morning how an outbreak goes, and acts before beds run out.",
    (
        Told(
            Terms(name="New cases by day", kind=OUTCOME, unit="cases", direction=Direction.DOWN),
            _days(42, lambda day: round(60 + 45 * sin(day / 9) + 8 * sin(day * 0.9))),
        ),
        Told(
            Terms(
                name="Hospital occupancy",
                kind=OUTCOME,
                unit="% of beds",
                direction=Direction.DOWN,
                target_value=Decimal(85),
            ),
            _days(42, lambda day: round(78 + 11 * sin((day - 8) / 9), 1)),
        ),
    ),
)
COMPLAINTS = Example(
    "Residents' complaints are dealt with within the promised days.",
    (
        Told(
            Terms(
                name="Complaints closed within the promised days",
                kind=OUTCOME,
                unit="% of complaints",
                direction=Direction.UP,
                baseline_value=Decimal("61.5"),
                target_value=Decimal(90),
            ),
            _months("63", "66.5", "71", "70.5", "78", "83"),
        ),
        Told(
            Terms(
                name="Days to close a complaint",
                kind=OUTCOME,
                unit="days (median)",
                direction=Direction.DOWN,
                target_value=Decimal(5),
            ),
            _months("9", "8.5", "8", "8", "6.5", "6"),
        ),
        Told(
            Terms(
                name="Street lamps replaced",
                kind=OUTPUT,
                unit="lamps",
                direction=Direction.UP,
                about_kind=Undertaking.CONTRACT,
                about="Street lighting",
            ),
            _months("120", "95", "140", "133", "150", "161"),
        ),
    ),
)
OVERDOSES = Example(
    "Fewer people die of an overdose in the areas hit hardest.",
    (
        Told(
            Terms(
                name="Deaths by overdose",
                kind=OUTCOME,
                unit="deaths",
                direction=Direction.DOWN,
                targeted=("North End", "Riverside"),
                compared=("South Side", "Hill District"),
            ),
            _quarters(
                North_End=(19, 21, 16, 12),
                Riverside=(15, 14, 12, 9),
                South_Side=(5, 4, 6, 5),
                Hill_District=(3, 4, 3, 4),
            ),
            head="when,value,group",
        ),
        Told(
            Terms(
                name="Naloxone kits handed out",
                kind=OUTPUT,
                unit="kits",
                direction=Direction.UP,
                about_kind=Undertaking.PROGRAM,
                about="Overdose response",
                targeted=("North End", "Riverside"),
            ),
            _quarters(North_End=(120, 260, 410, 480), Riverside=(90, 180, 300, 390)),
            head="when,value,group",
        ),
    ),
)
EXAMPLES = {
    "seattle-wa": HOUSEHOLDS,
    "madison-wi": PUBLIC_HEALTH,
    "trenton-nj": COMPLAINTS,
    "peoria-il": OVERDOSES,
}

"""How long the rest of a round will take to answer, by a rule that anybody can check.

A criterion takes 6 minutes, each of its checks 2, and finding evidence 5 where there is none yet: figures set
by hand, for nobody has measured it. As soon as the city has been seen at work, its own pace replaces them:
the median time from one saved criterion to the next of the same person, among pauses of at most half an hour,
compared with what the figures say of these criteria.
"""

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median

from certification.querysets import WITH_THE_CITY
from certification.worksheet import Row, Worksheet

CRITERION, CHECK, EVIDENCE = 6, 2, 5
SMALLEST_SAMPLE = 5
LONGEST_PAUSE = timedelta(minutes=30)
SHORTEST_PAUSE = timedelta(seconds=30)
# A pace that differs more than that from the figures says more of the day than of the city.
BOUNDS = (Fraction(1, 3), Fraction(3))


def minutes_left(sheet: Worksheet) -> int:
    """Minutes of answering for what is open and lies with the city; 0 when nothing is."""
    waiting = [row for row in sheet.waiting if row.response.status in WITH_THE_CITY]
    return round(sum(map(minutes_by_default, waiting)) * _pace(sheet.rows))


def minutes_by_default(row: Row) -> int:
    checks = len(row.response.criterion.checks.all())
    return CRITERION + CHECK * checks + (0 if row.has_evidence else EVIDENCE)


def _pace(rows: Iterable[Row]) -> Fraction:
    """How the city's own time compares with the figures; 1 while too little is known."""
    saved = [(row.response.saved_by_id, row.response.saved_at, row) for row in rows if row.response.saved_at]
    saved.sort(key=lambda one: one[:2])
    taken = [
        (pause, minutes_by_default(row))
        for (earlier, begun, _before), (person, done, row) in pairwise(saved)
        if earlier == person and SHORTEST_PAUSE <= (pause := done - begun) <= LONGEST_PAUSE
    ]
    if len(taken) < SMALLEST_SAMPLE:
        return Fraction(1)
    observed = median(Fraction(int(pause.total_seconds()), 60) for pause, _minutes in taken)
    expected = median(Fraction(minutes) for _pause, minutes in taken)
    low, high = BOUNDS
    return min(max(observed / expected, low), high)

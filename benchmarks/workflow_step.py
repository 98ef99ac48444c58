"""One step of the path through `workflows.services`, against one step of a bare viewflow flow."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from unittest.mock import patch

from benchmarks import bare
from benchmarks.meter import Line, Meter
from cases.enums import WorkKind
from cases.models import WorkItem
from cities.models import City
from people.models import User
from workflows import services
from workflows.demo import journey
from workflows.demo.journey import Journey

NAME = "workflow_step"
BIG_ENOUGH = 30_000


class Timed:
    """`workflows.services`, with every service that moves a step on the meter."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter

    def __getattr__(self, name: str) -> Callable[..., Any]:
        service: Callable[..., Any] = getattr(services, name)
        return self._timed(service) if name.endswith("_and_route") else service

    def _timed(self, service: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(service)
        def timed(**arguments: Any) -> Any:
            with self.meter.running():
                return service(**arguments)

        return timed


def measure(*, rounds: int) -> Line:
    """Whole journeys and as many bare steps, by turns; the first turn only warms up."""
    pairs = [_round(slug) for slug in _cities(rounds + 1)]
    return Line(NAME, pairs[1:])


def _cities(count: int) -> Iterator[str]:
    big = City.objects.filter(population__gte=BIG_ENOUGH, organization__state="NJ")
    yield from big.order_by("-population").values_list("organization__slug", flat=True)[:count]


def _round(slug: str) -> tuple[Meter, Meter]:
    ours = _walk(slug)
    return ours, _bare_walk(ours.steps)


def _walk(slug: str) -> Meter:
    """Several votes make one step, so that their cost is part of it."""
    meter, walk = Meter(), Journey(slug)
    with patch.object(journey, "services", Timed(meter)):
        for _done in walk.walk():
            pass
    steps = WorkItem.objects.filter(case=walk.case, kind=WorkKind.STEP, closed_at__isnull=False)
    meter.steps = steps.count()
    return meter


def _bare_walk(steps: int) -> Meter:
    meter, process = Meter(steps=steps), bare.start()
    by = User.objects.get(email="manager@program.example")
    for _step in range(steps):
        with meter.running():
            bare.complete_step(process, by=by)
    return meter

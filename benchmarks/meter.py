"""Counts time and statements of what runs under it, in the same way for a figure and for its floor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection


@dataclass
class Meter:
    """Seconds and statements so far, over a number of `steps` that the caller knows."""

    steps: int = 0
    seconds: float = 0.0
    statements: int = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        with connection.execute_wrapper(self._count):
            began = perf_counter()
            yield
            self.seconds += perf_counter() - began

    def _count(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.statements += 1
        return execute(*arguments)

    @property
    def milliseconds_a_step(self) -> float:
        return 1000 * self.seconds / self.steps

    @property
    def statements_a_step(self) -> float:
        return self.statements / self.steps


@dataclass(frozen=True)
class Line:
    """One printed line: the medians over the rounds, and the median of the rounds' ratios."""

    name: str
    rounds: list[tuple[Meter, Meter]]

    def __str__(self) -> str:
        ours, floors = zip(*self.rounds, strict=True)
        ratio = median(our.seconds / our.steps / (floor.seconds / floor.steps) for our, floor in self.rounds)
        return (
            f"{self.name:<14} {_told(ours)} | floor {_told(floors)} | ratio {ratio:.2f} | {len(ours)} rounds"
        )


def _told(meters: tuple[Meter, ...]) -> str:
    milliseconds = median(meter.milliseconds_a_step for meter in meters)
    statements = median(meter.statements_a_step for meter in meters)
    return f"{milliseconds:7.2f} ms {statements:5.1f} queries"

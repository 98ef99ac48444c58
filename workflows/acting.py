"""On whose behalf the engine moves a flow, and when; nodes read it to date and sign what they cause."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from people.models import User


@dataclass(frozen=True)
class Act:
    by: User
    now: datetime


_current: ContextVar[Act] = ContextVar("act")


@contextmanager
def acting(*, by: User, now: datetime) -> Iterator[None]:
    token = _current.set(Act(by, now))
    try:
        yield
    finally:
        _current.reset(token)


def current_act() -> Act:
    """Raises LookupError outside the engine: nothing else may advance a flow."""
    return _current.get()

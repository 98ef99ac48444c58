"""What higher apps tell of a message's obligation, on the page that explains the message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import Text
from notifications.models import Reminder
from people.models import User


@dataclass(frozen=True)
class Fact:
    """One line of the explanation; `url` only where the reader may go there."""

    label: Text
    value: Text
    url: str = ""


Explainer = Callable[[Reminder, User], Sequence[Fact]]
"""Called with a reminder and its reader; what the reader may not see is left out of the answer."""

_explainers: dict[str, Explainer] = {}


def register(kind: str, explainer: Explainer) -> None:
    _explainers[kind] = explainer


def explain(reminder: Reminder, *, reader: User) -> Sequence[Fact]:
    """Which obligation, step and rule it came from; nothing of kinds without an explainer."""
    explainer = _explainers.get(reminder.kind)
    return explainer(reminder, reader) if explainer else []

"""Two at once, again and again; many more times in `tests/slow`."""

from collections.abc import Callable

import pytest

from tests.scenes import Scene
from tests.workflows.concurrency import OTHERS, PROMISED, play

ROUNDS = dict.fromkeys(PROMISED, 10) | dict.fromkeys(OTHERS, 1)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", ROUNDS, ids=lambda scenario: scenario.__name__)
def test_two_at_once(scenario: Callable[[Scene], None]) -> None:
    play(scenario, ROUNDS[scenario])

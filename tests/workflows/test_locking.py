"""Two at once, ten times each; two hundred times each in `tests/slow`."""

from collections.abc import Callable

import pytest

from tests.scenes import Scene
from tests.workflows.concurrency import SCENARIOS, play

REPETITIONS = 10


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_two_at_once(scenario: Callable[[Scene], None]) -> None:
    play(scenario, REPETITIONS)

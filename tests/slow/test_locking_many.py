"""Two at once, two hundred times each: what happens once in a hundred happens here."""

from collections.abc import Callable

import pytest

from tests.scenes import Scene
from tests.workflows.concurrency import SCENARIOS, play

REPETITIONS = 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_two_at_once_two_hundred_times(scenario: Callable[[Scene], None]) -> None:
    play(scenario, REPETITIONS)

"""Two at once, two hundred times: what happens once in a hundred happens here."""

from collections.abc import Callable

import pytest

from tests.scenes import Scene
from tests.workflows.concurrency import OTHERS, PROMISED, play

ROUNDS = dict.fromkeys(PROMISED, 200) | dict.fromkeys(OTHERS, 40)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", ROUNDS, ids=lambda scenario: scenario.__name__)
def test_two_at_once_many_times(scenario: Callable[[Scene], None]) -> None:
    play(scenario, ROUNDS[scenario])

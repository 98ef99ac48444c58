"""Two at once, again and again; many more times, and more of what may coincide, in `tests/slow`."""

from collections.abc import Callable

import pytest

from tests.scenes import Scene
from tests.workflows.concurrency import PROMISED, every_button_pressed_twice, play

# Each round of the buttons is a race at every step of the path.
ROUNDS = dict.fromkeys(PROMISED, 10) | {every_button_pressed_twice: 2}


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", PROMISED, ids=lambda scenario: scenario.__name__)
def test_two_at_once(scenario: Callable[[Scene], None]) -> None:
    play(scenario, ROUNDS[scenario])

"""Fixtures that stand on the domain; `tests.conftest` loads them."""

from collections.abc import Iterator

import pytest

from tests.memory import remembered
from tests.scenes import Scene


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    """The program with all its people; no case is open yet."""
    with remembered() as scene:
        yield scene

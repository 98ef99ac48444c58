"""Fixtures that stand on the domain; `tests.conftest` loads them."""

import pytest

from tests.scenes import Scene


@pytest.fixture
def scene(db: None) -> Scene:
    """The program with all its people; no case is open yet."""
    return Scene()

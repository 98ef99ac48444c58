from pathlib import Path

import pytest
from django.core.cache import cache

from pytest_django.fixtures import SettingsWrapper

from config import local


def pytest_sessionstart() -> None:
    """One cluster for all workers; each holds it while it lives."""
    local.services().start()


@pytest.fixture(autouse=True)
def clean_surroundings(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()

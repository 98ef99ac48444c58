"""Three rounds of `make chaos`; the command plays fifty."""

import pytest

from tests.processes import python


# Beside the demonstration that other tests kill, the machine would be too full for either.
@pytest.mark.slow
@pytest.mark.xdist_group("demo")
def test_reminders_are_told_once_whatever_dies() -> None:
    done = python("-m", "tests.chaos", timeout=540, ROUNDS="3")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no violations" in done.stdout

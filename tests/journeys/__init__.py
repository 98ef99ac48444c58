import pytest

pytest.register_assert_rewrite("tests.journeys.people", "tests.journeys.deeds")

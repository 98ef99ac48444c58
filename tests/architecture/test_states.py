"""The diagrams in docs/states are what the code says."""

import pytest

from config.local import BASE_DIR
from workflows.flows.states import documents

FOLDER = BASE_DIR / "docs" / "states"
DOCUMENTS = documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_diagram_equals_the_code(name: str) -> None:
    written = (FOLDER / name).read_text()

    assert written == DOCUMENTS[name], "Write them anew with manage.py state_diagrams."


def test_no_diagram_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(DOCUMENTS)

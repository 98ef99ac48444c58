"""What the import contracts of pyproject.toml cannot say, because it is about parts of other packages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import BASE_DIR

ROOMS = (
    "public",
    "reports",
    "workflows",
    "coaching",
    "certification",
    "cases",
    "standards",
    "cities",
    "notifications",
    "people",
    "core",
)
SPEAKS_HTTP = ("django.http", "django.shortcuts", "django.contrib.messages")
KNOWS_NO_HTTP = ("services", "selectors", "rules", "models", "querysets", "transitions")
KNOWS_VIEWFLOW = ("models", "engine", "flows", "migrations")


def modules(room: str, *names: str) -> Iterator[Path]:
    """The module of each name, or all modules of the package of that name."""
    for name in names:
        yield from (BASE_DIR / room).glob(f"{name}.py")
        yield from (BASE_DIR / room / name).rglob("*.py")


def imports(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text()))
    found: set[str] = set()
    for node in tree:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reaches(path: Path, *targets: str) -> bool:
    return any(
        name == target or name.startswith(f"{target}.") for name in imports(path) for target in targets
    )


@pytest.mark.parametrize("room", ROOMS)
def test_what_decides_and_writes_knows_nothing_of_http(room: str) -> None:
    offenders = [path for path in modules(room, *KNOWS_NO_HTTP) if reaches(path, *SPEAKS_HTTP)]

    assert offenders == []


def test_only_the_engine_room_imports_viewflow() -> None:
    allowed = set(modules("workflows", *KNOWS_VIEWFLOW))
    everything = {path for room in ROOMS for path in (BASE_DIR / room).rglob("*.py")}

    assert {path for path in everything if reaches(path, "viewflow")} <= allowed


def test_only_api_modules_import_the_api_framework() -> None:
    allowed = {path for room in ROOMS for path in modules(room, "api")} | {
        BASE_DIR / "config" / "api_router.py"
    }
    everything = {path for room in (*ROOMS, "config") for path in (BASE_DIR / room).rglob("*.py")}

    assert {path for path in everything if reaches(path, "rest_framework")} <= allowed

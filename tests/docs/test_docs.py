"""What the documents name must exist, or readers are sent astray."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from cases.steps import STEPS
from config.local import BASE_DIR

DOCUMENTS = sorted(
    [BASE_DIR / "README.md", BASE_DIR / "CHANGELOG.md"]
    + [path for folder in ("docs", "benchmarks", "data") for path in (BASE_DIR / folder).rglob("*.md")]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
VARIABLE = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
READ = re.compile(r"""(?:env\.(?:text|flag|numbers?|items|required)|environ\.get)\(\s*["']([A-Z_]+)["']""")
OF_THE_SHELL = {"PATH"}
STEP = re.compile(r"^\| `(\w+)` \| (.+?) \| (\w+) \| (\w+) \| (\d+) \|$", re.MULTILINE)


def named(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


def anchor(heading: str) -> str:
    """As the usual renderers make it: lower case, no signs, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {anchor(line.lstrip("# ")) for line in path.read_text().splitlines() if line.startswith("#")}


def code_in(path: Path) -> str:
    return "\n".join(CODE.findall(path.read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_relative_links_resolve(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text()) if "://" not in link]

    broken = []
    for link in links:
        file, _hash, fragment = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))

    unknown = {
        f"{named(document)}: make {target}"
        for document in DOCUMENTS
        for target in TARGET.findall(code_in(document))
        if target not in targets
    }

    assert unknown == set()


def test_every_management_command_named_exists() -> None:
    commands = get_commands()

    unknown = {
        f"{named(document)}: {command}"
        for document in DOCUMENTS
        for command in COMMAND.findall(code_in(document))
        if command not in commands
    }

    assert unknown == set()


def test_operations_name_exactly_the_variables_that_are_read() -> None:
    told = set(VARIABLE.findall((BASE_DIR / "docs" / "operations.md").read_text()))

    read = {name for path in (BASE_DIR / "config").rglob("*.py") for name in READ.findall(path.read_text())}

    assert told == read - OF_THE_SHELL


def test_path_tells_the_steps_and_days_of_the_code() -> None:
    told = STEP.findall((BASE_DIR / "docs" / "path.md").read_text())

    steps = [
        (step.code, str(step.title), step.party.value, step.stage.value, str(step.working_days))
        for step in STEPS.values()
    ]
    assert told == steps


def test_every_decision_record_is_in_the_index_and_dated() -> None:
    folder = BASE_DIR / "docs" / "adr"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")

    listed = LINK.findall((folder / "README.md").read_text())

    assert [path.name for path in records] == listed
    numbers = [path.name[:4] for path in records]
    assert numbers == sorted(set(numbers)), "two records have one number"
    assert all(re.search(r"^Date: \d{4}-\d\d-\d\d$", path.read_text(), re.MULTILINE) for path in records)

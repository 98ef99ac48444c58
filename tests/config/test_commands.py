import os
import re
import subprocess
from pathlib import Path

import pytest

from config import audit
from config.local import BASE_DIR

TARGETS = ("demo", "test", "test-slow", "chaos", "check", "audit", "bench", "assets")
ADDRESS = re.compile(r"https?://|git\+|file://|--(extra-)?index-url|--find-links", re.IGNORECASE)
LOCKS = ("requirements/base.txt", "requirements/dev.txt", "package-lock.json")


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_each_promised_target(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_ci_runs_the_promised_targets() -> None:
    script = (BASE_DIR / ".ci" / "run").read_text()

    assert "make check test test-slow" in script


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_hold_no_address(lock: str) -> None:
    assert not ADDRESS.search((BASE_DIR / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS[:2])
def test_every_requirement_is_pinned_with_a_hash(lock: str) -> None:
    text = (BASE_DIR / lock).read_text().replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert requirements
    for line in requirements:
        assert "==" in line, line
        assert "--hash=sha256:" in line, line


def test_lock_files_hold_everything_the_project_names() -> None:
    pyproject = (BASE_DIR / "pyproject.toml").read_text()
    named = re.findall(r'^  "([a-z0-9._-]+)(?:\[[a-z-]+\])?>=', pyproject, re.MULTILINE)
    locked = (BASE_DIR / "requirements" / "dev.txt").read_text()

    missing = [name for name in named if f"\n{name.replace('.', '-')}==" not in f"\n{locked}"]

    assert len(named) > 30
    assert missing == []


def test_each_dependency_says_what_it_is_for() -> None:
    lines = (BASE_DIR / "pyproject.toml").read_text().splitlines()

    unexplained = [
        line for line in lines if re.match(r'  "[a-z].*[>=]', line) and not re.search(r"  # \w", line)
    ]

    assert unexplained == []


def test_dependency_that_could_not_be_audited_is_a_finding() -> None:
    answer = '{"dependencies": [{"name": "thing", "skip_reason": "not found"}]}'

    assert audit.python_findings("base.txt", answer) == ["thing could not be audited: not found"]


def test_audit_without_an_answer_is_a_finding() -> None:
    assert audit.python_findings("base.txt", "") == [
        "base.txt could not be audited: pip-audit gave no answer."
    ]


def test_audited_dependency_without_vulnerabilities_is_no_finding() -> None:
    answer = '{"dependencies": [{"name": "thing", "version": "1", "vulns": []}]}'

    assert audit.python_findings("base.txt", answer) == []


def test_known_vulnerability_is_a_finding() -> None:
    vulnerability = '{"id": "PYSEC-1", "fix_versions": ["2"]}'
    answer = f'{{"dependencies": [{{"name": "thing", "version": "1", "vulns": [{vulnerability}]}}]}}'

    assert audit.python_findings("base.txt", answer) == ["thing 1: PYSEC-1, fixed in ['2']"]


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ('{"vulnerabilities": {}}', []),
        ('{"vulnerabilities": {"thing": {"severity": "high"}}}', ["thing (npm): high"]),
        ("offline", ["package-lock.json could not be audited: npm gave no answer."]),
    ],
)
def test_audit_reads_what_npm_answers(
    answer: str, finding: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "npm"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert audit.npm_findings() == finding


def test_audit_of_a_missing_file_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "npm"
    program.write_text("#!/bin/sh\necho '{\"vulnerabilities\": {}}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert audit.main([str(tmp_path / "nothing.txt")]) == 1
    assert capsys.readouterr().out.endswith("1 findings.\n")

"""Known vulnerabilities in what is installed; a dependency that could not be looked up fails too."""

import json
import os
import subprocess
import sys
from typing import Any

from config.assets import BASE_DIR, npm


def main(files: list[str]) -> int:
    findings = [line for file in files for line in python_findings(file, pip_audit(file))] + npm_findings()
    for line in sorted(set(findings)):
        print(line)
    print(f"{len(findings)} findings." if findings else "No known vulnerabilities.")
    return 1 if findings else 0


def pip_audit(file: str) -> str:
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner=off",
    ]
    command += ["--format=json", "--requirement", file]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def python_findings(file: str, answer: str) -> list[str]:
    """pip-audit ends well when it could not look at a thing, so its words count, not its exit status."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        return [f"{file} could not be audited: pip-audit gave no answer."]
    if not dependencies:
        return [f"{file} could not be audited: pip-audit saw no dependency in it."]
    return [line for dependency in dependencies for line in _findings_of(dependency)]


def _findings_of(dependency: dict[str, Any]) -> list[str]:
    if "skip_reason" in dependency:
        return [f"{dependency['name']} could not be audited: {dependency['skip_reason']}"]
    return [
        f"{dependency['name']} {dependency['version']}: {found['id']}, fixed in {found['fix_versions']}"
        for found in dependency["vulns"]
    ]


def npm_findings() -> list[str]:
    command = npm()
    path = os.pathsep.join([os.path.dirname(command[0]), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [*command, "audit", "--package-lock-only", "--json"],
        cwd=BASE_DIR,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        vulnerabilities: dict[str, Any] = json.loads(done.stdout)["vulnerabilities"]
    except (ValueError, KeyError):
        return ["package-lock.json could not be audited: npm gave no answer."]
    return [f"{name} (npm): {found['severity']}" for name, found in vulnerabilities.items()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

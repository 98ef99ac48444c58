"""Runs this project's own commands in processes of their own, with nothing of the tests' environment."""

import os
import subprocess
import sys
from pathlib import Path

from config.local import BASE_DIR

KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "TMPDIR")


def environment(**values: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE_")}
    return kept | values


def python(*arguments: str, timeout: float = 60, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=environment(**values),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def spawn(*arguments: str, log: Path, **values: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE_DIR,
            env=environment(**values),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

"""The whole demo on a port and a database of its own, and what may befall its processes."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
import pytest
import redis

from config.embedded.server import free_port
from tests.processes import python, spawn

# One demonstration lives through all of it, so one worker does.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

CONCERNED = "cases_workitem"


class Demo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder.parent / "demo.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = spawn(
            "-m",
            "config.demo",
            log=self.log,
            MILEPOST_LOCAL=str(self.folder),
            PORT=str(self.port),
            DEMO_CASES="8",
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return python("manage.py", *arguments, timeout=120, MILEPOST_LOCAL=str(self.folder))

    def read(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except (urllib.error.URLError, OSError) as failure:
            return 0, str(failure)

    def ready(self) -> bool:
        return self.read("/readyz")[0] == 200

    def server(self, name: str) -> psutil.Process:
        return psutil.Process(json.loads((self.folder / f"{name}.json").read_text())["pid"])

    def child(self, word: str) -> psutil.Process:
        assert self.process
        return next(
            child
            for child in psutil.Process(self.process.pid).children()
            if word in " ".join(child.cmdline())
        )

    def everything(self) -> list[psutil.Process]:
        assert self.process
        keeper = psutil.Process(self.process.pid)
        return [keeper, *keeper.children(recursive=True)]

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        if self.process and not self.ended():
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    # Not pytest's own folder: each new run of pytest closes it to everyone but its owner.
    with TemporaryDirectory(prefix="milepost-") as folder:
        demo = Demo(Path(folder) / "local")
        demo.start()
        try:
            eventually(lambda: demo.ready() or demo.ended(), seconds=240)
            assert not demo.ended(), demo.log.read_text()
            yield demo
        finally:
            demo.stop()


def eventually(holds: Callable[[], Any], *, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := holds():
            return answer
        time.sleep(0.2)
    return pytest.fail(f"{holds} did not hold within {seconds} seconds")


def connect(demo: Demo) -> psycopg.Connection:
    postgres = json.loads((demo.folder / "postgres.json").read_text())
    return psycopg.connect(
        host="127.0.0.1",
        port=postgres["port"],
        password=postgres["password"],
        user="postgres",
        dbname="milepost",
        autocommit=True,
    )


def waiting_for(table: str, demo: Demo) -> list[int]:
    query = "SELECT pid FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    with connect(demo) as connection:
        return [pid for (pid,) in connection.execute(query, [table])]


def no_case_is_stuck(demo: Demo) -> bool:
    done = demo.manage("check_flows")
    assert done.returncode == 0, done.stdout + done.stderr
    return True


def test_first_city_is_certified_before_anything_happens(demo: Demo) -> None:
    done = demo.manage("journey", "--city", "paterson-nj", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stage"] == "certified"


def test_worker_killed_in_the_middle_of_a_task_is_replaced(demo: Demo) -> None:
    before = demo.child("worker")
    with connect(demo) as blocker, blocker.transaction():
        blocker.execute(f"LOCK TABLE {CONCERNED} IN ACCESS EXCLUSIVE MODE")
        sent = demo.manage(
            "shell", "-c", "from config import celery_app as a; a.send_task('workflows.sweep')"
        )
        assert sent.returncode == 0, sent.stderr
        eventually(lambda: waiting_for(CONCERNED, demo), seconds=30)

        for process in [before, *before.children(recursive=True)]:
            process.kill()
        psutil.wait_procs([before], timeout=10)

    eventually(lambda: demo.child("worker").pid != before.pid, seconds=30)
    eventually(demo.ready, seconds=90)
    assert no_case_is_stuck(demo)


def test_wiped_broker_costs_nothing_but_time(demo: Demo) -> None:
    valkey = json.loads((demo.folder / "valkey.json").read_text())
    with redis.Redis(port=valkey["port"], password=valkey["password"]) as client:
        client.flushall()

    eventually(demo.ready, seconds=90)
    assert no_case_is_stuck(demo)


def test_killed_broker_comes_back(demo: Demo) -> None:
    before = demo.server("valkey")
    before.kill()

    eventually(lambda: not before.is_running() and demo.ready(), seconds=90)
    assert no_case_is_stuck(demo)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["restarted", "killed"])
def test_database_that_ends_under_the_site_comes_back(demo: Demo, how: signal.Signals) -> None:
    before = demo.server("postgres")
    before.send_signal(how)

    eventually(lambda: not before.is_running() and demo.ready(), seconds=60)
    assert demo.read("/accounts/login/")[0] == 200
    assert no_case_is_stuck(demo)


def test_everything_killed_at_once_starts_again_within_half_a_minute(demo: Demo) -> None:
    for process in demo.everything():
        os.kill(process.pid, signal.SIGKILL)
    assert demo.process
    demo.process.wait(10)
    began = time.monotonic()

    demo.start()

    eventually(lambda: demo.read("/healthz")[0] == 200, seconds=30)
    assert time.monotonic() - began < 30
    eventually(demo.ready, seconds=90)
    assert no_case_is_stuck(demo)


def test_second_city_is_certified_after_all_that(demo: Demo) -> None:
    done = demo.manage("journey", "--city", "newark-nj", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stage"] == "certified"
    assert no_case_is_stuck(demo)

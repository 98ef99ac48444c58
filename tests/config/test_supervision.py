import http.server
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import supervision
from config.supervision import Supervisor, alone

FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]
AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"]


class EnoughSeen(Exception):
    pass


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Supervisor]:
    keeper = Supervisor(tmp_path / "processes")
    yield keeper
    keeper.clear_leftovers()


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def stop_when(holds: Callable[[], bool]) -> Callable[[], None]:
    deadline = time.monotonic() + 20

    def look() -> None:
        if holds():
            raise EnoughSeen
        assert time.monotonic() < deadline

    return look


def test_children_end_with_their_keeper(keeper: Supervisor) -> None:
    with keeper.running({"one": FOREVER, "two": FOREVER}):
        children = [psutil.Process(child.pid) for child in keeper.children.values()]

        assert all(child.is_running() for child in children)

    assert not any(child.is_running() for child in children)
    assert not keeper.record.exists()


def test_child_that_died_is_started_again(keeper: Supervisor) -> None:
    with keeper.running({"one": FOREVER}):
        before = keeper.children["one"].pid
        os.kill(before, signal.SIGKILL)

        with pytest.raises(EnoughSeen):
            keeper.watch(each_second=stop_when(lambda: keeper.children["one"].pid != before))


def test_child_that_does_not_listen_is_ended_all_the_same(
    keeper: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "FAREWELL", [(signal.SIGTERM, 0.5), (signal.SIGKILL, 5.0)])

    with keeper.running({"one": STUBBORN}):
        child = psutil.Process(keeper.children["one"].pid)
        time.sleep(0.3)

    assert not child.is_running()


def test_children_of_a_keeper_that_was_killed_are_cleared_away(tmp_path: Path) -> None:
    record = tmp_path / "processes"
    killed = Supervisor(record)
    killed.commands = {"one": FOREVER}
    killed._launch("one")
    child = killed.children["one"]

    Supervisor(record).clear_leftovers()

    child.wait(5)
    assert not record.exists()


def test_strangers_with_a_number_from_the_record_are_spared(tmp_path: Path) -> None:
    record = tmp_path / "processes"
    tomorrow = time.time() + 24 * 3600
    record.write_text(f'{{"{os.getsid(0)}": {tomorrow}}}')

    Supervisor(record).clear_leftovers()

    assert psutil.Process().is_running()


def test_keeper_waits_for_an_answer(keeper: Supervisor, address: str) -> None:
    with keeper.running({"one": FOREVER}):
        keeper.wait_for(address)


def test_child_that_ends_at_once_is_told(keeper: Supervisor) -> None:
    with (
        pytest.raises(ImproperlyConfigured, match="The one process ended at once"),
        keeper.running({"one": AT_ONCE}),
    ):
        keeper.wait_for("http://127.0.0.1:9/")


def test_silence_is_told(keeper: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "START_SECONDS", 0.3)

    with pytest.raises(ImproperlyConfigured, match="Nothing answered"), keeper.running({"one": FOREVER}):
        keeper.wait_for("http://127.0.0.1:9/")


def test_trouble_with_the_services_is_told_and_tried_again(
    keeper: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    attempts = iter([ImproperlyConfigured("The port is gone."), EnoughSeen()])

    def fail() -> None:
        raise next(attempts)

    with pytest.raises(EnoughSeen):
        keeper.watch(each_second=fail)

    assert capsys.readouterr().out == "The port is gone. Trying again.\n"


def test_only_one_keeper_at_a_time(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "lock", "never said"),
        pytest.raises(ImproperlyConfigured, match="Somebody is here"),
        alone(tmp_path / "lock", "Somebody is here."),
    ):
        pytest.fail("two keepers")

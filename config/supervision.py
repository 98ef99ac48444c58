"""Child processes that come back when they die, and go when their keeper goes."""

import fcntl
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.core.exceptions import ImproperlyConfigured

from config.embedded import process

START_SECONDS = 60
FAREWELL = [(signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0)]


@contextmanager
def alone(lock: Path, otherwise: str) -> Iterator[None]:
    """One keeper at a time; the kernel lets go of the lock however the keeper ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ImproperlyConfigured(otherwise) from None
    finally:
        os.close(descriptor)


class Supervisor:
    def __init__(self, record: Path) -> None:
        self.record = record
        self.commands: dict[str, list[str]] = {}
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def clear_leftovers(self) -> None:
        """Stop what a keeper that was killed left running."""
        if not self.record.exists():
            return
        sessions = {int(pid): created for pid, created in json.loads(self.record.read_text()).items()}
        process.stop(_members(sessions), FAREWELL)
        self.record.unlink()

    @contextmanager
    def running(self, commands: dict[str, list[str]]) -> Iterator[None]:
        self.commands = commands
        try:
            for name in commands:
                self._launch(name)
            yield
        finally:
            self._stop()

    def watch(self, *, each_second: Callable[[], object]) -> None:
        """Until interrupted."""
        while True:
            time.sleep(1)
            self._attempt(each_second)
            for name, child in list(self.children.items()):
                if child.poll() is not None:
                    print(f"The {name} process ended ({child.returncode}) and is started again.", flush=True)
                    self._launch(name)

    def wait_for(self, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            if dead:
                raise ImproperlyConfigured(f"The {dead[0]} process ended at once: see its message above.")
            if _answers(url):
                return
            time.sleep(0.1)
        raise ImproperlyConfigured(f"Nothing answered at {url} within {START_SECONDS} seconds.")

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            action()
        except (ImproperlyConfigured, OSError) as reason:
            print(f"{reason} Trying again.", flush=True)

    def _launch(self, name: str) -> None:
        self.children[name] = subprocess.Popen(
            self.commands[name], stdin=subprocess.DEVNULL, start_new_session=True
        )
        created = {child.pid: _created(child.pid) for child in self.children.values()}
        self.record.write_text(json.dumps(created))

    def _stop(self) -> None:
        pids = [child.pid for child in self.children.values() if child.poll() is None]
        process.stop([psutil.Process(pid) for pid in pids], FAREWELL)
        for child in self.children.values():
            child.wait()
        self.clear_leftovers()


def _members(sessions: dict[int, float]) -> list[psutil.Process]:
    return [found for found in psutil.process_iter() if _belongs(found, sessions)]


def _belongs(candidate: psutil.Process, sessions: dict[int, float]) -> bool:
    """Each child leads a session of its own, so its children can be told from strangers."""
    try:
        created = sessions.get(os.getsid(candidate.pid))
        return created is not None and candidate.create_time() >= created - process.CLOCK_TOLERANCE
    except (psutil.Error, OSError):
        return False


def _created(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return time.time()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 -- an address of our own
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False

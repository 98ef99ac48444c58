"""What the two embedded servers have in common: a folder, a port, a password, a process."""

import json
import os
import secrets
import signal
import socket
import time
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import SystemRandom
from typing import ClassVar

import psutil
from django.core.exceptions import ImproperlyConfigured

from config.embedded import process

LOG_LIMIT = 10_000_000
BELOW_EPHEMERAL = range(20_000, 32_000)


@dataclass(frozen=True)
class State:
    """What is remembered of a server between processes."""

    port: int
    password: str
    pid: int = 0
    created: float = 0.0


class Server(ABC):
    name: ClassVar[str]
    program: ClassVar[str]
    patience: ClassVar[float] = 60.0
    farewell: ClassVar[list[tuple[signal.Signals, float]]]

    def __init__(self, root: Path) -> None:
        self.folder = root / self.name
        self.log = root / f"{self.name}.log"
        self.path = root / f"{self.name}.json"
        self._state: State | None = None

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make the folder fit for a start."""

    @abstractmethod
    def answers(self) -> bool: ...

    @property
    def state(self) -> State:
        return self._state or self.reserve()

    @property
    def port(self) -> int:
        return self.state.port

    @property
    def password(self) -> str:
        return self.state.password

    def reserve(self) -> State:
        """Settle port and password, so that settings can be written down before the server runs."""
        known = self._load()
        if known and (self.process() or is_free(known.port)):
            return known
        password = known.password if known else secrets.token_urlsafe(24)
        return self._save(State(free_port(), password))

    def process(self) -> psutil.Process | None:
        state = self._state or self._load()
        return process.find(state.pid, state.created, self.program) if state else None

    def start(self) -> None:
        """Adopt the server if it runs and answers; else clear away what is left of it and start anew."""
        self._load()
        if self.process() and self._wait():
            return
        self.stop()
        self.reserve()
        self._trim_log()
        self.prepare()
        pid, created = process.launch(self.command(), self.log)
        self._save(replace(self.state, pid=pid, created=created))
        if not self._wait():
            raise ImproperlyConfigured(f"The embedded {self.name} did not start: see {self.log}.")

    def stop(self) -> None:
        running = self.process()
        process.stop([running] if running else [], self.farewell)
        rest = process.leftovers(self.program, self.folder)
        process.stop(rest, [(signal.SIGQUIT, 3), (signal.SIGKILL, 5)])

    def _wait(self) -> bool:
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if not self.process():
                return False
            time.sleep(0.05)
        return False

    def _load(self) -> State | None:
        if self.path.exists():
            self._state = State(**json.loads(self.path.read_text()))
        return self._state

    def _save(self, state: State) -> State:
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(state)))
        draft.replace(self.path)
        self._state = state
        return state

    def _trim_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.unlink()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that outgoing connections of other programs will not take in the meantime."""
    return next(port for port in iter(lambda: SystemRandom().choice(BELOW_EPHEMERAL), 0) if is_free(port))

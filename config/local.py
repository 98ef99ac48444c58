"""Embedded services: started once, shared by every process that needs them, stopped with the last one.

Whoever uses them holds a shared lock on a file, which the kernel drops when the process ends in
whatever way. The one that leaves and finds no other holder stops the servers.
"""

import atexit
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from config.embedded.postgres import DATABASE, USER, Postgres
from config.embedded.server import Server
from config.embedded.valkey import Valkey

BASE_DIR = Path(__file__).resolve().parent.parent


class InUse(Exception):
    def __init__(self) -> None:
        super().__init__("Another process uses the embedded services: stop it first.")


class Services:
    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root
        self.postgres = Postgres(root, durable=durable)
        self.valkey = Valkey(root)
        self._lease: int | None = None
        self._leased_by = 0
        self._threads = threading.Lock()

    @property
    def servers(self) -> tuple[Server, ...]:
        return (self.postgres, self.valkey)

    def reserve(self) -> "Services":
        """Settle ports and passwords without starting anything."""
        with self._alone():
            for server in self.servers:
                server.reserve()
        return self

    def start(self) -> "Services":
        """Have both servers answer; cheap to call when they run already."""
        with self._threads:
            if not self._ours or not all(server.process() for server in self.servers):
                self._start()
        return self

    def release(self) -> None:
        """Let go; stop the servers if nobody else holds them."""
        if not self._ours:
            return
        with self._alone():
            self._drop_lease()
            try:
                with self._only_holder():
                    self._stop()
            except InUse:
                return

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Hold everyone off while the folders are worked on; raises InUse when the servers serve someone."""
        with self._alone(), self._only_holder():
            self._stop()
            yield

    @property
    def _ours(self) -> bool:
        return self._lease is not None and self._leased_by == os.getpid()

    def _start(self) -> None:
        with self._alone():
            self._take_lease()
            for server in self.servers:
                server.start()

    def _stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _only_holder(self) -> Iterator[None]:
        descriptor = self._open_lease()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise InUse from None
        finally:
            os.close(descriptor)

    def _take_lease(self) -> None:
        if self._ours:
            return
        # A forked child lets go of its copy of the parent's lease without ending it.
        self._drop_lease()
        self._lease, self._leased_by = self._open_lease(), os.getpid()
        fcntl.flock(self._lease, fcntl.LOCK_SH)
        atexit.register(self.release)

    def _drop_lease(self) -> None:
        if self._lease is not None:
            os.close(self._lease)
        self._lease = None

    def _open_lease(self) -> int:
        return os.open(self.root / "lease.lock", os.O_RDWR | os.O_CREAT, 0o600)


def root() -> Path:
    return Path(os.environ.get("MILEPOST_LOCAL", BASE_DIR / ".local")).resolve()


@cache
def services() -> Services:
    """The services of this checkout; those of the tests live under .local/test and may forget."""
    return Services(root(), durable=os.environ.get("MILEPOST_DURABLE", "1") == "1")


def database() -> dict[str, object]:
    """The settings of a database that starts when it is first connected to."""
    postgres = services().reserve().postgres
    return {
        "ENGINE": "config.embedded.backend",
        "NAME": DATABASE,
        "USER": USER,
        "PASSWORD": postgres.password,
        "HOST": "127.0.0.1",
        "PORT": str(postgres.port),
        "OPTIONS": {},
    }


def broker_url() -> str:
    return f"{services().reserve().valkey.url}/{os.environ.get('MILEPOST_BROKER_DATABASE', '0')}"


def wanted() -> bool:
    """False where the environment names servers of its own for both."""
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def ensure() -> None:
    if wanted():
        services().start()

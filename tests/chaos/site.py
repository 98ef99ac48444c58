"""The processes of an installation and the servers under them, all of their own and gone afterwards."""

import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.demo import Demo
from config.embedded.postgres import DATABASE, USER
from config.embedded.server import free_port
from config.local import Services
from tests.chaos.mailserver import Mailbox
from tests.processes import spawn

BEATS = ("beat-1", "beat-2")
WORKERS = ("worker-1", "worker-2", "worker-3")
MAIL_SERVER = "mail-server"
PATIENCE_SECONDS = 30


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services = Services(folder / "local", durable=False)
        self.mailbox = Mailbox(folder / "mail")
        self.mail_port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.starts: Counter[str] = Counter()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Both servers answer, and this process sees what the others will see."""
        self.services.start()
        try:
            os.environ.update(self.environment())
            yield
        finally:
            self.services.release()

    @contextmanager
    def running(self) -> Iterator[None]:
        try:
            for name in (MAIL_SERVER, *WORKERS, *BEATS):
                self.launch(name)
            self._wait_for_mail_server()
            yield
        finally:
            self._stop()

    def environment(self) -> dict[str, str]:
        """As in production, with addresses: what is down stays down until somebody starts it again."""
        postgres, valkey = self.services.postgres, self.services.valkey
        return {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": f"postgresql://{USER}:{postgres.password}@127.0.0.1:{postgres.port}/{DATABASE}",
            "REDIS_URL": f"{valkey.url}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "SECRET_KEY": "only-for-chaos-" + "x" * 50,
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": "http://127.0.0.1",
            "DEBUG": "0",
            "LOG_LEVEL": "WARNING",
            "MILEPOST_LOCAL": str(self.services.root),
        }

    def launch(self, name: str) -> None:
        self.starts[name] += 1
        log = self.folder / f"{name}.{self.starts[name]}.log"
        self.processes[name] = spawn(*self._command(name), log=log, **self.environment())

    def kill(self, name: str) -> None:
        """The process with all its children, which share its group, in the middle of what they do."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def revive(self) -> list[str]:
        """Start again what ended by itself, as a process manager would; returns what did."""
        ended = [name for name, process in self.processes.items() if process.poll() is not None]
        for name in ended:
            self.launch(name)
        return ended

    def _command(self, name: str) -> list[str]:
        if name == MAIL_SERVER:
            return ["-m", "tests.chaos.mailserver", str(self.mailbox.folder), str(self.mail_port)]
        commands = Demo(self.folder, 0).commands()
        if name in BEATS:
            return [*commands["beat"][1:], "--schedule", str(self.folder / name)]
        return [*commands["worker"][1:], "--concurrency", "1", "--hostname", f"{name}@%h"]

    def _wait_for_mail_server(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.mail_port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("The mail server did not start.")

    def _stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for name, process in self.processes.items():
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill(name)

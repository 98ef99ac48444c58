"""The migrated, empty database that every worker's own is a copy of; kept from run to run.

The migrations are walked once for each set of them, not by every process of every run.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.core.management import call_command
from django.db import connection

from config import local
from config.local import BASE_DIR

STARTS_WITH = "template_"


def _name() -> str:
    """Another one as soon as a migration, or a library that may bring its own, is another."""
    told = sha256()
    for path in sorted([*BASE_DIR.glob("*/migrations/*.py"), *BASE_DIR.glob("requirements/*.txt")]):
        told.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return STARTS_WITH + told.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    with (local.root() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(name: str) -> None:
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def ready() -> str:
    """The template's name; it is built where it is missing, and those of other migrations are dropped."""
    name, building = _name(), f"{STARTS_WITH}in_the_making"
    with _alone(), local.services().reserve().postgres.connect("postgres") as server:
        known = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [STARTS_WITH]
        )
        there = {found for (found,) in known}
        for other in there - {name}:
            server.execute(f'DROP DATABASE "{other}" WITH (FORCE)')
        if name not in there:
            server.execute(f'CREATE DATABASE "{building}"')
            _migrate(building)
            server.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name

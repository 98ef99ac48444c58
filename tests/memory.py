"""A walk is walked once in a process and remembered: the rows of every table, the files, the scene itself.

To walk a case to its certificate takes some two thousand queries, to put its rows back fifty. A walk is
remembered only from a state that is known in full: the empty database, or an earlier moment after which
nothing was written. Whatever a test writes itself, or sets on the scene, makes it a walk of its own.
"""

import pickle
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from tests.scenes import Scene

# Django fills these itself after every flush.
KEPT = {"django_content_type", "auth_permission", "django_site"}
# A walk begun anew goes by way of these, so that walks to different steps share what they have in common.
BY_WAY_OF = {
    "assign_assessors": "self_assess",
    "review": "assign_assessors",
    "reconcile": "review",
    "release_report": "reconcile",
    "choose_path": "release_report",
    "plan_coaching": "choose_path",
    "respond": "plan_coaching",
    "assign_coach": "respond",
    "kick_off": "assign_coach",
    "work": "kick_off",
    "close": "work",
    "feedback": "close",
    "reassess": "plan_coaching",
    "open_packet": "choose_path",
    "vote": "open_packet",
    "announce": "vote",
    "certified": "announce",
}
WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


@dataclass(frozen=True)
class Moment:
    """The whole world at one point of a walk."""

    rows: str
    files: dict[str, bytes]
    scene: bytes


MOMENTS: dict[Hashable, Moment] = {}


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed} - KEPT)


def _counts() -> tuple[int, ...]:
    counts = [f'(SELECT count(*) FROM "{table}")' for table in _tables()]  # noqa: S608 -- Django's own table names
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(counts))
        return tuple(cursor.fetchone())


def _read_rows() -> str:
    """The statements that put every row back, as one script; written by the database in one answer."""
    rows = [
        f"SELECT '{table}' AS name, string_agg(quote_literal(one::text), ',') AS rows FROM \"{table}\" one"  # noqa: S608 -- Django's own table names
        for table in _tables()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(rows))
        filled = [(table, content) for table, content in cursor.fetchall() if content]
    inserts = [
        f'INSERT INTO "{table}" SELECT * FROM unnest(ARRAY[{content}]::"{table}"[]);'  # noqa: S608 -- quoted above
        for table, content in filled
    ]
    # No triggers: the rows were sound when they were read, and a published standard takes no more parts.
    return "\n".join(
        ["SET session_replication_role = replica;", *inserts, "SET session_replication_role = DEFAULT;"]
    )


def _write_rows(script: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(script)


def _read_files() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _write_files(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = Path(settings.MEDIA_ROOT) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class Memory:
    """Says whether the database is still as a remembered moment left it, and brings back later ones."""

    def __init__(self) -> None:
        self.is_known = not any(_counts())
        self.key: Hashable = ()
        self.start = transaction.savepoint() if connection.in_atomic_block else None
        self.counted: tuple[int, ...] = ()
        self.is_moving = False

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """An execute wrapper of Django's: a write that is no part of a walk makes the state unknown."""
        if not self.is_moving and sql.lstrip().upper().startswith(WRITES):
            self.is_known = False
        return execute(sql, params, many, context)

    def is_fresh(self) -> bool:
        """Nothing was written since; outside a transaction others may have, on connections of their own."""
        return self.is_known and (self.start is not None or not self.counted or self.counted == _counts())

    @contextmanager
    def moving(self) -> Iterator[None]:
        self.is_moving = True
        try:
            yield
        finally:
            self.is_moving = False

    def keep(self, key: Hashable, scene: "RememberedScene") -> None:
        MOMENTS[key] = Moment(_read_rows(), _read_files(), pickle.dumps(scene.state()))
        self._is_at(key)

    def bring_back(self, key: Hashable) -> dict[str, Any]:
        """The scene's state at that moment; the database and the files are as they were then."""
        moment = MOMENTS[key]
        if self.start is not None:
            transaction.savepoint_rollback(self.start)
        else:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in _tables()))
        _write_rows(moment.rows)
        _write_files(moment.files)
        self._is_at(key)
        return pickle.loads(moment.scene)  # noqa: S301 -- written by this process

    def _is_at(self, key: Hashable) -> None:
        self.key = key
        self.counted = () if self.start is not None else _counts()


class RememberedScene(Scene):
    """A scene whose walks cost little the second time."""

    memory: Memory

    def state(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "memory"}

    def walk_to(self, step: str, *, until: Any = None) -> list[Any]:
        if until is not None or not self.memory.is_fresh():
            return super().walk_to(step, until=until)
        if step in BY_WAY_OF and not hasattr(self, "case"):
            self.walk_to(BY_WAY_OF[step])
        self._come_to(step, partial(super().walk_to, step))
        return self.open_items(step)

    def do_step(self, step: str) -> None:
        if self.memory.is_fresh():
            self._come_to(("do", step), partial(super().do_step, step))
        else:
            super().do_step(step)

    def arrange(self, build: Callable[[Scene], None]) -> None:
        if self.memory.is_fresh():
            self._come_to((build.__module__, build.__qualname__), partial(build, self))
        else:
            build(self)

    def _come_to(self, what: Hashable, way: Callable[[], Any]) -> None:
        if self.memory.is_moving:  # a part of a longer way, which is remembered as a whole
            way()
            return
        key = (self.memory.key, what, pickle.dumps(self.state()))
        with self.memory.moving():
            if key in MOMENTS:
                vars(self).update(self.memory.bring_back(key))
            else:
                way()
                self.memory.keep(key, self)


@contextmanager
def remembered(**settings_of_scene: Any) -> Iterator[Scene]:
    """The program with all its people; no case is open yet."""
    memory = Memory()
    key = ("scene", *sorted(settings_of_scene.items()))
    with connection.execute_wrapper(memory.watch):
        with memory.moving():
            if memory.is_known and key in MOMENTS:
                scene = RememberedScene.__new__(RememberedScene)
                vars(scene).update(memory.bring_back(key))
            else:
                scene = RememberedScene(**settings_of_scene)
                scene.memory = memory
                if memory.is_known:
                    memory.keep(key, scene)
        scene.memory = memory
        yield scene

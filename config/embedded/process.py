"""What can be said about, and done to, a server process that may be nobody's child any more."""

import os
import pwd
import signal
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

CLOCK_TOLERANCE = 2.0
_children: dict[int, subprocess.Popen[bytes]] = {}


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run servers as: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def identity() -> dict[str, Any]:
    user = unprivileged()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def give_away(folder: Path) -> None:
    """Let the unprivileged user own a folder and walk to it; nothing to do for an ordinary user."""
    user = unprivileged()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        open_the_way(folder)


def open_the_way(path: Path) -> None:
    """Let others pass through, but not list, the folders above."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def launch(command: list[str], log: Path) -> tuple[int, float]:
    """Start a server in a session of its own, so that Ctrl-C in a terminal does not reach it."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            start_new_session=True,
            **identity(),
        )
    _children[child.pid] = child
    return child.pid, psutil.Process(child.pid).create_time()


def find(pid: int, created: float, name: str) -> psutil.Process | None:
    """The living process of that number, unless the number has gone to another program since."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            reap(pid)
            return None
        same = process.name() == name and abs(process.create_time() - created) < CLOCK_TOLERANCE
    except psutil.Error:
        return None
    return process if same else None


def leftovers(name: str, folder: Path) -> list[psutil.Process]:
    """Processes of that program still at work in the folder, whoever started them."""
    return [process for process in psutil.process_iter(["name"]) if _works_in(process, name, folder)]


def _works_in(process: psutil.Process, name: str, folder: Path) -> bool:
    try:
        return process.info["name"] == name and process.cwd() == str(folder)
    except psutil.Error:
        return False


def stop(processes: Iterable[psutil.Process], signals: Iterable[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn, waiting so many seconds after it, until none is left."""
    alive = list(processes)
    for number, patience in signals:
        for process in alive:
            _signal(process, number)
        _, alive = psutil.wait_procs(alive, timeout=patience)
        for pid in list(_children):
            reap(pid)
        if not alive:
            return


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def reap(pid: int) -> None:
    child = _children.get(pid)
    if child and child.poll() is not None:
        del _children[pid]

"""A mail server in a process of its own: every mail that it takes is a file, written before it answers."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from itertools import count
from pathlib import Path

from tests.notifications.receiver import Receiver, receiving

# As long as a mail server may well take to answer: the time in which a killed worker has sent unknowingly.
ANSWER_SECONDS = 0.05
REFUSING = "refusing"


@dataclass
class Keeper(Receiver):
    folder: Path = Path()
    numbers: Iterator[int] = field(default_factory=count)

    def take(self, content: bytes) -> str:
        self.refuse = (self.folder / REFUSING).exists()
        answer = super().take(content)
        if not self.refuse:
            (self.folder / f"{next(self.numbers):05}.eml").write_bytes(content)
            time.sleep(ANSWER_SECONDS)
        return answer


class Mailbox:
    """What the server took, seen from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def __len__(self) -> int:
        return sum(1 for _path in self.folder.glob("*.eml"))

    def taken(self) -> dict[str, list[float]]:
        """The moments at which each Message-ID was taken."""
        found: dict[str, list[float]] = {}
        for path in sorted(self.folder.glob("*.eml")):
            name = str(message_from_bytes(path.read_bytes())["Message-ID"])
            found.setdefault(name, []).append(path.stat().st_mtime)
        return found

    @contextmanager
    def refusing(self) -> Iterator[None]:
        flag = self.folder / REFUSING
        flag.touch()
        yield
        flag.unlink()


def main(folder: str, port: str) -> None:
    with receiving(Keeper(folder=Path(folder)), int(port)):
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])

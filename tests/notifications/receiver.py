"""A mail server of our own on loopback, that keeps what it takes and can refuse or kill.

The usual library for this (aiosmtpd) brings a top-level package `public`, which is a room of this house.
"""

import os
import signal
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class Receiver:
    """`unknown` are addresses that nobody has.

    `kill_before` and `kill_after` are processes to end before or after a mail is taken, once.
    """

    mails: list[Message] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuse: bool = False
    unknown: set[str] = field(default_factory=set)
    kill_before: int | None = None
    kill_after: int | None = None
    port: int = 0

    def take(self, content: bytes) -> str:
        if self.kill_before:
            os.kill(self.kill_before, signal.SIGKILL)
            self.kill_before = None
            return "451 not taken"
        if self.refuse:
            return "451 later, please"
        self.raw.append(content)
        self.mails.append(message_from_bytes(content))
        if self.kill_after:
            os.kill(self.kill_after, signal.SIGKILL)
            self.kill_after = None
        return "250 taken"

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]


class _Session(socketserver.StreamRequestHandler):
    """The part of SMTP that a sending client needs."""

    receiver: Receiver

    def handle(self) -> None:
        try:
            self._converse()
        except ConnectionError:
            return

    def _converse(self) -> None:
        self._say("220 receiver")
        while line := self.rfile.readline():
            verb = line.decode("ascii", "replace").strip().upper()
            if verb == "QUIT":
                return self._say("221 bye")
            if verb == "DATA":
                self._say("354 go on")
                self._say(self.receiver.take(self._content()))
            elif verb.startswith("RCPT") and any(one.upper() in verb for one in self.receiver.unknown):
                self._say("550 nobody here has this address")
            else:
                self._say("250 fine")
        return None

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def receiving(receiver: Receiver | None = None, port: int = 0) -> Iterator[Receiver]:
    receiver = receiver or Receiver()
    session = type("Session", (_Session,), {"receiver": receiver})
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), session) as server:
        server.daemon_threads = True
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()

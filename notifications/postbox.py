"""The mailbox to which mails that can't be delivered come back, by IMAP over TLS."""

import imaplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from notifications.bounces import LONGEST

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Postbox:
    """Whatever is unread and not flagged waits for us; nothing is ever deleted."""

    connection: imaplib.IMAP4

    def waiting(self, *, most: int) -> Iterator[tuple[str, bytes]]:
        """The oldest messages, each with its number. Reading one leaves it as it is."""
        (numbers,) = self._ask("SEARCH", "UNSEEN", "UNFLAGGED") or [b""]
        for number in (numbers or b"").decode().split()[:most]:
            answer = self._ask("FETCH", number, f"(BODY.PEEK[]<0.{LONGEST}>)")
            for content in (part[1] for part in answer if isinstance(part, tuple)):
                yield number, content

    def mark_read(self, number: str) -> None:
        self._ask("STORE", number, "+FLAGS.SILENT", r"(\Seen)")

    def flag(self, number: str) -> None:
        """For a person to look at; it stays unread."""
        self._ask("STORE", number, "+FLAGS.SILENT", r"(\Flagged)")

    def _ask(self, *command: str) -> list[Any]:
        return _good(self.connection.uid(*command))


@contextmanager
def opened(mailbox: Mapping[str, Any]) -> Iterator[Postbox]:
    """As `environment.mailbox` describes it. Raises OSError or imaplib's errors when it does not open."""
    context = ssl.create_default_context()
    host, port = mailbox["host"], mailbox["port"]
    connection: imaplib.IMAP4
    if mailbox["starttls"]:
        connection = imaplib.IMAP4(host, port, timeout=PATIENCE_SECONDS)
    else:
        connection = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=PATIENCE_SECONDS)
    with connection:
        if mailbox["starttls"]:
            connection.starttls(context)
        connection.login(mailbox["user"], mailbox["password"])
        _good(connection.select(f'"{mailbox["folder"]}"'))
        yield Postbox(connection)


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    state, found = answer
    if state != "OK":
        raise imaplib.IMAP4.error(str(found))
    return found

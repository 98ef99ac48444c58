"""What mail servers write when a mail could not be brought to its reader (RFC 3464 in RFC 3462's report).

It only reads; whether a report is about a mail of ours is asked elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

from notifications.naming import OURS

LONGEST = 1024 * 1024
SHOWN = 250
STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
# What Milepost never asks for, and so only comes by itself.
BULK = {"auto_reply", "bulk", "junk", "list"}
MAIL_SERVERS = ("mailer-daemon@", "postmaster@")


class Fate(StrEnum):
    """What became of a mail: not yet there, lost, or refused for good by where it should go."""

    DELAYED = "delayed"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True)
class Return:
    """What a report says of one mail and one reader; `recipients` are that reader's addresses, lower case."""

    message_id: str
    recipients: frozenset[str]
    fate: Fate
    problem: str


class NotAReport(Exception):
    """A message from which nothing about a mail can be read."""


def returns_in(content: bytes) -> list[Return]:
    """Everything that a message reports; none for a report that all went well, and for automatic replies.

    Raises NotAReport for what a person has to look at.
    """
    try:
        return _read(message_from_bytes(content[:LONGEST]))
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        # The parser of the standard library meets every broken message in the world, and some break it.
        raise NotAReport(type(error).__name__) from error


def _read(mail: Message) -> list[Return]:
    report = next(_parts(mail, "message/delivery-status"), None)
    if report is not None:
        return list(_told_by(report, _name_of_original(mail)))
    if mail["X-Failed-Recipients"]:
        return _told_by_exim(mail)
    if _is_automatic(mail):
        return []
    raise NotAReport(mail.get_content_type())


def _parts(mail: Message, *kinds: str) -> Iterator[Message]:
    """The report's own parts; what is inside the mail that came back is not looked at."""
    if mail.get_content_type() == "multipart/report":
        yield from (part for part in _inside(mail) if part.get_content_type() in kinds)


def _inside(mail: Message) -> list[Message]:
    inside = mail.get_payload()
    return [part for part in inside if isinstance(part, Message)] if isinstance(inside, list) else []


def _name_of_original(mail: Message) -> str:
    for part in _parts(mail, "message/rfc822", "text/rfc822-headers"):
        original = _inside(part) or [message_from_bytes(_text_of(part))]
        if named := OURS.search(str(original[0]["Message-ID"])):
            return named[0]
    return ""


def _text_of(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _told_by(report: Message, name: str) -> Iterator[Return]:
    for block in _inside(report):
        recipients = {_address(block[field]) for field in ("Final-Recipient", "Original-Recipient")}
        fate = _fate_of(block)
        if fate is not None and recipients - {""}:
            problem = _plain(f"{fate}: {block['Diagnostic-Code'] or block['Status'] or ''}")
            yield Return(name, frozenset(recipients - {""}), fate, problem)


def _fate_of(block: Message) -> Fate | None:
    action = str(block["Action"] or "").strip().lower()
    if action == "delayed":
        return Fate.DELAYED
    if action != "failed":
        return None
    status = STATUS.search(f"{block['Status']} {block['Diagnostic-Code']}")
    return Fate.REFUSED if status and status[1] == "5" else Fate.LOST


def _address(field: object) -> str:
    """From `rfc822; somebody@example.com`."""
    return str(field or "").rpartition(";")[2].strip("<> \t\r\n").lower()


def _plain(words: str) -> str:
    """On one line, without what can't be seen."""
    return "".join(char for char in " ".join(words.split()) if char.isprintable())[:SHOWN]


def _told_by_exim(mail: Message) -> list[Return]:
    """Its own form, from before the standard: the reader in a header, the mail that came back as text."""
    named = OURS.search(_words_of(mail))
    if named is None:
        return []
    addresses = str(mail["X-Failed-Recipients"]).split(",")
    problem = _plain(f"{Fate.REFUSED}: {mail['Subject']}")
    return [Return(named[0], frozenset({_address(one)}), Fate.REFUSED, problem) for one in addresses]


def _words_of(mail: Message) -> str:
    texts = (part for part in mail.walk() if part.get_content_maintype() == "text")
    return "\n".join(_text_of(part).decode("ascii", "replace") for part in texts)


def _is_automatic(mail: Message) -> bool:
    """Such as the answer of somebody on vacation. What a mail server wrote in words is not that."""
    if any(name in str(mail["From"]).lower() for name in MAIL_SERVERS):
        return False
    submitted = str(mail["Auto-Submitted"] or "no").strip().lower()
    return submitted != "no" or str(mail["Precedence"]).strip().lower() in BULK

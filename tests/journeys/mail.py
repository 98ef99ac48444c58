"""The mails of a journey, read from the folder in which the demonstration keeps them."""

import re
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path

from django.utils import timezone

from notifications.services import deliver_due, send_due_reminders

BETWEEN_MAILS = re.compile(r"^-{79}$", re.MULTILINE)
LINK = re.compile(r"https?://\S+")


@dataclass
class MailFolder:
    """Delivers as the worker does, then reads the files."""

    path: Path

    def to(self, address: str) -> list[str]:
        """The texts that an address was sent, oldest first."""
        send_due_reminders(now=timezone.now())
        deliver_due(now=timezone.now())
        files = sorted(self.path.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        mails = [
            message_from_string(part) for file in files for part in BETWEEN_MAILS.split(file.read_text())
        ]
        return [_text(mail) for mail in mails if mail["To"] == address]

    def link_to(self, address: str) -> str:
        """The link in the newest mail to an address."""
        return LINK.findall(self.to(address)[-1])[0]


def _text(mail: Message) -> str:
    part = next(one for one in mail.walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error
from django.utils import timezone

from notifications.bounces import LONGEST
from notifications.services import Reading, receive_bounce


class Command(BaseCommand):
    help = (
        "Reads one message that came back from standard input, as a mail server pipes it. Exits with 65 when"
        " it is no report, and with 75 when it should be sent again later, as mail servers understand."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        content = sys.stdin.buffer.read(LONGEST)
        try:
            reading = receive_bounce(content=content, now=timezone.now())
        except Error as error:
            self.stderr.write(f"Try again later: {type(error).__name__}.")
            sys.exit(os.EX_TEMPFAIL)
        if reading == Reading.UNREADABLE:
            self.stderr.write("This message is no report about a mail. A person should read it.")
            sys.exit(os.EX_DATAERR)
        self.stdout.write(reading.value)

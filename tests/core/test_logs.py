"""What the log keeps of an address: enough to find the request, too little to use the link."""

import logging
import secrets
from io import StringIO
from logging.config import DictConfigurator
from uuid import uuid4

from django.conf import settings


def logged(message: str, *args: object) -> str:
    """What the site's own formatter writes."""
    formatter = DictConfigurator(settings.LOGGING).configure_formatter(
        settings.LOGGING["formatters"]["lines"]
    )
    handler = logging.StreamHandler(out := StringIO())
    handler.setFormatter(formatter)
    handler.emit(logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, None))
    return out.getvalue()


def test_log_leaves_tokens_out_and_keeps_ids() -> None:
    token, case = secrets.token_urlsafe(32), str(uuid4())

    line = logged("Bad Request: %s and %s", f"/sign/{token}/", f"/cases/{case}/")

    assert token not in line
    assert "/sign/…/" in line or r"/sign/\u2026/" in line
    assert case in line

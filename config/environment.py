"""Reads what the environment says, in words that settings can use."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SPEAKS_FOR_ITSELF = ("SECRET_KEY", "DATABASE_URL", "DEBUG", "ALLOWED_HOSTS")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    value = text(name).lower() or "0"
    if value not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, and is {value!r}.")
    return value in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    value = text(name)
    if value and not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, and is {value!r}.")
    return int(value or default)


def items(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def numbers(name: str, default: tuple[int, ...]) -> list[int]:
    """Whole numbers, the smallest first."""
    parts = items(name)
    if not all(part.isdigit() for part in parts):
        raise ImproperlyConfigured(
            f"{name} must be whole numbers with commas between, and is {text(name)!r}."
        )
    return sorted({int(part) for part in parts} or default)


def required(name: str, purpose: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: it holds {purpose}. Set it, or set DEBUG=1 on a development machine."
        )
    return value


def adopt_demo(path: Path) -> None:
    """Commands typed beside a demo run as part of it, unless the caller's environment speaks for itself."""
    if any(name in os.environ for name in SPEAKS_FOR_ITSELF) or not path.exists():
        return
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// - Milepost needs PostgreSQL.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def email(url: str) -> dict[str, Any]:
    """The EMAIL_* settings an address stands for: smtp, smtp+tls, smtps, file, console or memory."""
    parts = urlsplit(url)
    backends = {"file": "filebased", "console": "console", "memory": "locmem"}
    if parts.scheme in backends:
        backend = f"django.core.mail.backends.{backends[parts.scheme]}.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"}:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtp+tls://, smtps:// or file:///.")
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }


def mailbox(url: str) -> dict[str, Any] | None:
    """The mailbox an address stands for, read over TLS: imaps, or imap+tls for STARTTLS."""
    if not url:
        return None
    parts = urlsplit(url)
    ports = {"imaps": 993, "imap+tls": 143}
    if parts.scheme not in ports or not (parts.hostname and parts.username):
        raise ImproperlyConfigured("BOUNCE_URL must look like imaps://user:password@host/INBOX.")
    return {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
        "folder": unquote(parts.path.strip("/")) or "INBOX",
        "starttls": parts.scheme == "imap+tls",
    }


def storage(url: str) -> str:
    """The folder that holds uploaded files."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise ImproperlyConfigured("STORAGE_URL must begin with file:/// and name a folder.")
    return unquote(parts.path)

"""Fills a demo's database, once for each state of the data files and migrations."""

import hashlib
import io
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from config.local import BASE_DIR

LOADS = (
    ("load_standard", "data/standards/wwc-v3.yaml"),
    ("import_cities", "data/us_municipalities.csv"),
    ("import_partners", "data/partners.csv"),
    ("import_certificates", "data/certified_cities.csv"),
    ("import_figures", "data/program_counts.csv"),
)
SOURCES = ("data/**/*", "*/migrations/*.py", "*/management/commands/*.py", "workflows/demo/*.py")


@dataclass(frozen=True)
class SignIns:
    password: str
    accounts: dict[str, str]
    api_keys: dict[str, str]


def load(root: Path, *, base_url: str) -> SignIns:
    """Migrate, load and seed what is missing or changed; demo.json says how to sign in."""
    django.setup()
    report, stamp = root / "demo.json", root / "demo.loaded"
    known = json.loads(report.read_text()) if report.exists() else {}
    wanted = f"{fingerprint()} {_cluster()}"
    if known and stamp.exists() and stamp.read_text() == wanted:
        sign_ins = SignIns(known["password"], known["accounts"], known["api_keys"])
    else:
        # In hexadecimal: one that began with a dash would be taken for an option.
        password = known.get("password") or secrets.token_hex(8)
        sign_ins = SignIns(password, _load_all(password), _api_keys(known.get("api_keys", {})))
    _write(report, {"base_url": base_url} | asdict(sign_ins))
    stamp.write_text(wanted)
    return sign_ins


def let_go() -> None:
    """The keeper has no more business with the database."""
    connection.close()


def sources() -> list[Path]:
    """What decides over the content of a new demo."""
    return sorted(path for pattern in SOURCES for path in BASE_DIR.glob(pattern) if path.is_file())


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()


def _cluster() -> str:
    """Which database cluster this is: one that was made anew holds nothing of what was loaded before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return str(cursor.fetchone()[0])


def _load_all(password: str) -> dict[str, str]:
    print("Preparing the database.", flush=True)
    call("migrate", verbosity=0)
    for command, file in LOADS:
        print(f"  {command} {file}", flush=True)
        call(command, str(BASE_DIR / file))
    print("  seed_demo (a minute or so)", flush=True)
    answer = _seed(password, os.environ.get("DEMO_CASES", ""))
    accounts: dict[str, str] = json.loads(answer.splitlines()[-1])["accounts"]
    return accounts


def _seed(password: str, number: str) -> str:
    """The people, then the cases in two processes side by side; last whatever is missing still."""
    if number:
        return call("seed_demo", "--json", password=password, cases=int(number))
    call("seed_demo", password=password, cases=0)
    with _helper("manage.py", "seed_demo", "--password", password, "--share", "second"):
        call("seed_demo", password=password, share="first")
    return call("seed_demo", "--json", password=password)


@contextmanager
def _helper(*command: str) -> Iterator[None]:
    """Another process meanwhile; nothing is lost when it fails."""
    process = subprocess.Popen([sys.executable, *command], cwd=BASE_DIR, stdout=subprocess.DEVNULL)
    try:
        yield
        process.wait()
    finally:
        process.terminate()
        process.wait()


def _api_keys(known: dict[str, str]) -> dict[str, str]:
    """A key for each partner. One that still works is kept, for the database has only its hash."""
    from people.enums import OrganizationKind, Scope
    from people.keys import issue_key, key_behind
    from people.models import Organization
    from people.services import system_user

    keys = {slug: token for slug, token in known.items() if key_behind(token)}
    by, now = system_user(), timezone.now()
    for partner in Organization.objects.filter(kind=OrganizationKind.PARTNER).exclude(slug__in=keys):
        _key, keys[partner.slug] = issue_key(
            organization=partner, name="Demonstration", scopes=list(Scope), by=by, now=now
        )
    return keys


def call(command: str, *arguments: str, **options: object) -> str:
    output = io.StringIO()
    try:
        call_command(command, *arguments, stdout=output, **options)
    except CommandError as reason:
        raise ImproperlyConfigured(f"{command}: {reason}") from reason
    return output.getvalue()


def _write(path: Path, content: dict[str, object]) -> None:
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=2) + "\n")
    draft.replace(path)

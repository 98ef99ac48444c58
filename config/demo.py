"""Serves the whole site on this machine: the services, the data, web, worker and beat, until Ctrl-C."""

import os
import secrets
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import demo_data, local
from config.embedded.server import is_free
from config.supervision import Supervisor, alone

PYTHON = sys.executable
# Only JSON is accepted as a message, which is what Celery's warning about root is about.
AS_ROOT = ["-W", "ignore:You're running the worker with superuser privileges"]
# Here a visitor walks the path from its beginning.
WITHOUT_A_CASE = {"paterson-nj", "newark-nj"}
WIPED = ("postgres", "postgres.json", "valkey", "valkey.json", "media", "mail", "demo.json", "demo.loaded")


@dataclass(frozen=True)
class Demo:
    root: Path
    port: int

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment_file(self) -> Path:
        return self.root / "demo.env"

    def commands(self) -> dict[str, list[str]]:
        gunicorn = ["gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--no-control-socket"]
        gunicorn += ["--workers", "2", "--threads", "4", "--timeout", "60", "--log-level", "warning"]
        celery = ["celery", "--app", "config", "--quiet"]
        worker = [
            "worker",
            "--concurrency",
            "2",
            "--loglevel",
            "warning",
            "--without-gossip",
            "--without-mingle",
        ]
        beat = ["beat", "--loglevel", "warning", "--pidfile="]
        return {
            "web": [PYTHON, "-m", *gunicorn],
            "worker": [PYTHON, *AS_ROOT, "-m", *celery, *worker],
            "beat": [PYTHON, "-m", *celery, *beat],
        }


def main() -> None:
    demo = Demo(local.root(), int(os.environ.get("PORT", "8000")))
    # Both by name: a shell's background job is started with Ctrl-C switched off.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        with alone(demo.root / "demo.lock", f"This demo runs already: see {demo.root / 'demo.json'}."):
            run(demo, fresh=os.environ.get("FRESH", "") not in {"", "0"})
    except KeyboardInterrupt:
        print("\nStopped.")
    except (ImproperlyConfigured, local.InUse) as reason:
        sys.exit(f"The demo cannot start. {reason}")


def run(demo: Demo, *, fresh: bool) -> None:
    supervisor = Supervisor(demo.root / "demo.processes")
    supervisor.clear_leftovers()
    if not is_free(demo.port):
        raise ImproperlyConfigured(
            f"Port {demo.port} is taken by another program: stop it, or choose another port with PORT=8001."
        )
    if fresh:
        wipe(demo)
    prepare_environment(demo)
    local.ensure()
    sign_ins = demo_data.load(demo.root, base_url=demo.base_url)
    demo_data.let_go()
    with supervisor.running(demo.commands()):
        announce(demo, sign_ins, supervisor)
        supervisor.watch(each_second=local.ensure)


def wipe(demo: Demo) -> None:
    with local.services().stopped():
        for name in WIPED:
            path = demo.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def prepare_environment(demo: Demo) -> None:
    """What the demo's processes see, and what commands typed beside it are to see too."""
    known = _read(demo.environment_file)
    values = {
        "MILEPOST_DEMO": "1",
        "SECRET_KEY": known.get("SECRET_KEY") or secrets.token_urlsafe(50),
        "BASE_URL": demo.base_url,
    }
    demo.environment_file.touch(mode=0o600)
    demo.environment_file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    os.environ.update(values | {"DEBUG": "0", "DJANGO_SETTINGS_MODULE": "config.settings"})
    for name in ("ALLOWED_HOSTS", "EMAIL_URL", "STORAGE_URL"):
        os.environ.pop(name, None)


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line)


def announce(demo: Demo, sign_ins: demo_data.SignIns, supervisor: Supervisor) -> None:
    supervisor.wait_for(f"{demo.base_url}/healthz")
    print(f"\nMilepost runs at {demo.base_url}/ - stop it with Ctrl-C.")
    print(f"Sign in at {demo.base_url}/accounts/login/ with the password {sign_ins.password} as")
    for name, email in _worth_naming(sign_ins.accounts).items():
        print(f"  {name:<34} {email}")
    print(f"and as lead@ or contributor@ of any city with a case: see {demo.root / 'demo.json'}.")
    print(f"E-mail is kept in {demo.root / 'mail'}.", flush=True)


def _worth_naming(accounts: dict[str, str]) -> dict[str, str]:
    """Everyone but the people of the cities that have a case already; only cities have contributors."""
    cities = {name.removesuffix("_contributor") for name in accounts if name.endswith("_contributor")}
    left_out = {f"{city}_{role}" for city in cities - WITHOUT_A_CASE for role in ("lead", "contributor")}
    return {name: email for name, email in accounts.items() if name not in left_out}


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

import http.server
import json
import os
import socket
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import demo_data, probe
from config.demo import Demo, _worth_naming, prepare_environment
from config.embedded.server import free_port
from config.supervision import alone
from people.keys import key_behind
from tests.processes import python


@pytest.fixture
def untouched_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "MILEPOST_DEMO",
        "SECRET_KEY",
        "BASE_URL",
        "DEBUG",
        "EMAIL_URL",
        "ALLOWED_HOSTS",
        "STORAGE_URL",
    ):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def test_demo_keeps_its_secret_and_follows_its_port(tmp_path: Path, untouched_environment: None) -> None:
    prepare_environment(Demo(tmp_path, 8000))
    first = (tmp_path / "demo.env").read_text()

    prepare_environment(Demo(tmp_path, 8001))
    second = (tmp_path / "demo.env").read_text()

    assert second == first.replace(":8000", ":8001")
    assert "MILEPOST_DEMO=1" in second
    assert (tmp_path / "demo.env").stat().st_mode & 0o077 == 0


def test_demo_runs_web_worker_and_beat(tmp_path: Path) -> None:
    commands = Demo(tmp_path, 8123).commands()

    assert set(commands) == {"web", "worker", "beat"}
    assert "127.0.0.1:8123" in commands["web"]


def test_fingerprint_covers_facts_migrations_and_loaders() -> None:
    covered = {str(path.relative_to(demo_data.BASE_DIR)) for path in demo_data.sources()}

    assert {"data/partners.csv", "people/migrations/0001_initial.py"} <= covered
    assert "cities/management/commands/import_cities.py" in covered


def test_every_file_to_load_is_there() -> None:
    for _, file in demo_data.LOADS:
        assert (demo_data.BASE_DIR / file).exists()


def test_refusal_of_a_loader_is_passed_on_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="load_standard"):
        demo_data.call("load_standard", "/nowhere.yaml")


@pytest.mark.slow
@pytest.mark.django_db
def test_demo_file_says_how_to_sign_in_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_CASES", "1")
    first = demo_data.load(tmp_path, base_url="http://127.0.0.1:8000")
    again = demo_data.load(tmp_path, base_url="http://127.0.0.1:8001")
    report = json.loads((tmp_path / "demo.json").read_text())

    assert again == first
    assert report["base_url"] == "http://127.0.0.1:8001"
    assert report["api_keys"] == first.api_keys
    govex = key_behind(report["api_keys"]["govex"])
    assert govex is not None
    assert govex.organization.slug == "govex"
    assert demo_data._api_keys(first.api_keys | {"gpl": "lost"}).keys() == first.api_keys.keys()
    assert report["accounts"]["director"] == "director@program.example"
    assert report["accounts"]["trenton-nj_lead"] == "lead@trenton-nj.example"
    named = _worth_naming(report["accounts"])
    assert {"director", "govex_coach1", "paterson-nj_lead"} <= named.keys()
    assert "trenton-nj_lead" not in named


@pytest.mark.parametrize(("status", "verdict"), [(200, 0), (503, 1)])
def test_probe_asks_under_the_name_of_the_site(
    status: int, verdict: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts: list[str | None] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request).start()
        monkeypatch.setenv("PORT", str(server.server_port))
        monkeypatch.setenv("ALLOWED_HOSTS", ".milepost.example,other.example")

        assert probe.main("/healthz") == verdict

    assert hosts == ["milepost.example"]


def test_demo_leaves_a_taken_port_to_its_owner(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as owner:
        port = owner.getsockname()[1]

        done = python("-m", "config.demo", MILEPOST_LOCAL=str(tmp_path), PORT=str(port))

    assert done.returncode == 1
    assert done.stderr.startswith(f"The demo cannot start. Port {port} is taken by another program:")
    assert done.stderr.count("\n") == 1


def test_second_demo_of_a_checkout_is_refused(tmp_path: Path) -> None:
    with alone(tmp_path / "demo.lock", "never said"):
        done = python("-m", "config.demo", MILEPOST_LOCAL=str(tmp_path), PORT=str(free_port()))

    assert done.returncode == 1
    assert done.stderr.startswith("The demo cannot start. This demo runs already")

"""The container files cannot be run on every machine, so they are compared with the project word by word."""

import re
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands
from ruamel.yaml import YAML

from config.local import BASE_DIR

READS = re.compile(r'env\.(?:text|flag|number|items|required)\(\s*"([A-Z_]+)"')
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = YAML(typ="safe").load(BASE_DIR / "docker-compose.yml")
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
PROMISED = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "EMAIL_URL",
    "STORAGE_URL",
    "SENTRY_DSN",
    "TIME_ZONE",
}


def variables_of_settings() -> set[str]:
    return set(READS.findall((BASE_DIR / "config" / "settings.py").read_text()))


def instructions(word: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")]


def commands() -> list[list[str]]:
    """Every command line of both files that runs something of this project."""
    runs = [shlex.split(part) for run in instructions("RUN") for part in re.split(r"&&", run)]
    starts = [YAML(typ="safe").load(start) for start in instructions("CMD")]
    services = [service["command"] for service in OURS.values() if "command" in service]
    checks = [service["healthcheck"]["test"] for service in OURS.values() if "healthcheck" in service]
    unwrapped = [test[1:] if test[0] == "CMD" else shlex.split(test[1]) for test in checks]
    return [*runs, *starts, *services, *unwrapped]


def own_commands() -> list[list[str]]:
    stripped = [[word for word in line if not re.match(r"[A-Z_]+=", word)] for line in commands()]
    return [line for line in stripped if line and line[0] in {"python", "celery", "gunicorn"}]


def test_settings_read_every_promised_variable() -> None:
    assert variables_of_settings() >= PROMISED


@pytest.mark.parametrize("service", OURS)
def test_service_sets_only_variables_that_settings_read(service: str) -> None:
    given = set(OURS[service]["environment"])

    assert given <= variables_of_settings()
    assert given >= {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"}


def test_image_sets_only_variables_that_settings_or_python_read() -> None:
    given = {word.split("=")[0] for line in instructions("ENV") for word in shlex.split(line)}

    assert given - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"} <= variables_of_settings()


def test_services_are_the_production_shape() -> None:
    assert set(COMPOSE["services"]) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    assert "container_name" not in COMPOSE["services"]["worker"], "a named container cannot be multiplied"
    assert "ports" not in COMPOSE["services"]["worker"]
    for name in set(COMPOSE["services"]) - {"migrate"}:
        assert "healthcheck" in COMPOSE["services"][name], name


def test_services_wait_only_for_services_that_exist() -> None:
    for service in COMPOSE["services"].values():
        for name, condition in service.get("depends_on", {}).items():
            checked = "healthcheck" in COMPOSE["services"][name]

            assert checked or condition["condition"] == "service_completed_successfully"


def test_named_volumes_are_declared() -> None:
    used = {
        mount.split(":")[0]
        for service in COMPOSE["services"].values()
        for mount in service.get("volumes", [])
    }

    assert used == set(COMPOSE["volumes"])


def test_uploads_land_on_the_volume() -> None:
    mounts = dict(mount.split(":") for mount in OURS["web"]["volumes"])

    assert OURS["web"]["environment"]["STORAGE_URL"] == f"file://{mounts['media']}"
    assert instructions("VOLUME") == [mounts["media"]]


def test_every_command_of_ours_exists() -> None:
    lines = own_commands()

    assert len(lines) >= 6
    for line in lines:
        if line[1] == "manage.py":
            assert line[2] in get_commands(), line
        elif line[1] == "-m":
            assert find_spec(line[2]), line
        else:
            assert (Path(sys.executable).parent / line[0]).exists(), line


def test_celery_and_web_server_are_pointed_at_modules_that_exist() -> None:
    targets = [line[line.index("--app") + 1] for line in own_commands() if line[0] == "celery"]
    targets += [line[1] for line in own_commands() if line[0] == "gunicorn"]

    assert len(targets) == 4
    assert all(find_spec(target) for target in targets)


def test_every_copied_path_exists() -> None:
    for line in instructions("COPY"):
        words = [word for word in line.split() if not word.startswith("--")]
        if "--from=" in line:
            continue
        for source in words[:-1]:
            assert (BASE_DIR / source).exists(), line


def test_web_port_is_the_same_in_both_files() -> None:
    (port,) = instructions("EXPOSE")

    assert OURS["web"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"0.0.0.0:{port}" in instructions("CMD")[0]


def test_image_does_not_run_as_root() -> None:
    assert instructions("USER") == ["milepost"]

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment as env
from tests.processes import python

PRODUCTION = {
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEF",
    "DATABASE_URL": "postgresql://milepost@database/milepost",
    "REDIS_URL": "redis://broker:6379/0",
    "ALLOWED_HOSTS": "milepost.example",
}


def last_line(output: str) -> str:
    return output.strip().splitlines()[-1]


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_without_a_needed_value_stops_with_one_sentence(name: str, tmp_path: Path) -> None:
    values = PRODUCTION | {"DEBUG": "0", "MILEPOST_LOCAL": str(tmp_path)}
    del values[name]

    done = python("manage.py", "check", **values)

    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"{name} is not set: ")


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    done = python(
        "manage.py", "check", "--deploy", "--fail-level=WARNING", **PRODUCTION, MILEPOST_LOCAL=str(tmp_path)
    )

    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir()), "production reserves nothing on this machine"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "sqlite:///x.db", "DATABASE_URL must begin with postgresql://"),
        ("EMAIL_URL", "pigeon://loft", "EMAIL_URL must begin with"),
        ("BOUNCE_URL", "imap://reader@mail.example", "BOUNCE_URL must look like"),
        ("STORAGE_URL", "bucket://x", "STORAGE_URL must begin with file:///"),
        ("BASE_URL", "milepost.example", "BASE_URL must begin with https:// or http://."),
        ("DEBUG", "perhaps", "DEBUG must be 1 or 0"),
        ("TRUSTED_PROXIES", "some", "TRUSTED_PROXIES must be a whole number"),
    ],
)
def test_value_that_makes_no_sense_stops_with_one_sentence(
    name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    done = python("manage.py", "check", **(PRODUCTION | {name: value, "MILEPOST_LOCAL": str(tmp_path)}))

    assert done.returncode != 0
    assert last_line(done.stderr).startswith(sentence)


def test_commands_beside_a_demo_run_as_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*env.SPEAKS_FOR_ITSELF, "MILEPOST_DEMO"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "demo.env").write_text("MILEPOST_DEMO=1\nSECRET_KEY=a=b\n")

    env.adopt_demo(tmp_path / "demo.env")

    assert env.flag("MILEPOST_DEMO")
    assert env.text("SECRET_KEY") == "a=b"


def test_environment_that_speaks_for_itself_is_not_part_of_a_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.delenv("MILEPOST_DEMO", raising=False)
    (tmp_path / "demo.env").write_text("MILEPOST_DEMO=1\n")

    env.adopt_demo(tmp_path / "demo.env")

    assert not env.flag("MILEPOST_DEMO")


def test_database_address_is_read_with_its_escapes_and_options() -> None:
    read = env.database("postgresql://me:p%40ss@host:5433/name?sslmode=require")

    assert read["USER"] == "me"
    assert read["PASSWORD"] == "p@ss"
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("host", "5433", "name")
    assert read["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://me:secret@mail.example", 587, True, False),
        ("smtps://mail.example:4650", 4650, False, True),
    ],
)
def test_mail_address_says_how_the_line_is_protected(url: str, port: int, *, tls: bool, ssl: bool) -> None:
    read = env.email(url)

    assert read["EMAIL_HOST"] == "mail.example"
    assert (read["EMAIL_PORT"], read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (port, tls, ssl)


def test_mail_can_be_kept_in_files() -> None:
    read = env.email("file:///var/mail/milepost")

    assert read["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert read["EMAIL_FILE_PATH"] == "/var/mail/milepost"


def test_needed_value_that_is_blank_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "  ")

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        env.required("SECRET_KEY", "the key")

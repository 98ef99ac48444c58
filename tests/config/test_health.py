import socket
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.embedded.server import free_port
from notifications.models import Delivery, Notice, Reminder
from reports import health, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything_up() -> None:
    for name in health.PULSES:
        health.record_pulse(name)


@pytest.fixture
def broker_down(settings: Settings) -> None:
    point_cache_at(settings, free_port())


def point_cache_at(settings: Settings, port: int) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/0"}}


def test_healthz_says_only_that_the_process_lives(client: Client, broker_down: None) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_names_each_part(client: Client, everything_up: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "up", "broker": "up", "worker": "up", "beat": "up", "outbox": "up"}
    assert "no-store" in response["Cache-Control"]


def test_readyz_fails_when_the_broker_is_down(client: Client, everything_up: None, broker_down: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "database": "up",
        "broker": "down",
        "worker": "down",
        "beat": "down",
        "outbox": "up",
    }


@pytest.mark.parametrize("silent", health.PULSES)
def test_readyz_fails_when_worker_or_beat_fall_silent(
    client: Client, everything_up: None, silent: str
) -> None:
    cache.set(f"pulse:{silent}", time.time() - health.SILENCE_SECONDS - 1)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert [name for name, state in response.json().items() if state == "down"] == [silent]


def test_readyz_does_not_wait_for_a_part_that_hangs(
    client: Client, everything_up: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        point_cache_at(settings, silent.getsockname()[1])
        began = time.monotonic()

        response = client.get("/readyz")

    assert time.monotonic() - began < 1.5
    assert response.status_code == 503
    assert response.json()["broker"] == "down"


def test_heartbeat_through_worker_and_beat_is_what_readyz_reads(client: Client) -> None:
    tasks.heartbeat.apply()
    tasks.record_beat()

    assert client.get("/readyz").status_code == 200


def test_health_pages_ask_nobody_to_sign_in_and_set_no_cookie(client: Client, everything_up: None) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.get(path)

        assert response.status_code == 200
        assert not response.cookies


@pytest.mark.django_db(transaction=True)
def test_readyz_fails_when_mail_or_reminders_wait_too_long() -> None:
    long_ago = timezone.now() - timedelta(minutes=11)
    row = Reminder.objects.create(
        kind="test", obligation=uuid4(), step="+1", planned_at=long_ago + timedelta(minutes=2)
    )
    assert health.parts()["outbox"]

    Reminder.objects.filter(pk=row.pk).update(planned_at=long_ago)
    assert not health.parts()["outbox"]

    row.delete()
    notice = Notice.objects.create(address="new@city.example", kind="test", subject="S", created_at=long_ago)
    Delivery.objects.create(notice=notice, channel="email", next_attempt_at=long_ago)
    assert not health.parts()["outbox"]

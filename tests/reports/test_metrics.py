import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from config.embedded.server import free_port
from reports import health
from reports.services import record_sweep
from reports.views.metrics import FORWARDED
from tests.config.test_health import point_cache_at
from tests.scenes import Scene

TOKEN = "a-token-of-the-monitor"


def value_of(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not in\n{text}"
    return float(found.group(1))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_metrics_answer_this_machine(client: Client, db: None, address: str) -> None:
    response = client.get("/metrics", REMOTE_ADDR=address)

    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "", "nonsense"])
def test_metrics_do_not_exist_for_others(client: Client, db: None, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", FORWARDED)
def test_metrics_take_no_request_through_a_proxy_for_this_machine(
    client: Client, db: None, header: str
) -> None:
    response = client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={header: "192.0.2.7"})

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 404),
        ("Bearer ", 404),
        (f"Basic {TOKEN}", 404),
        (TOKEN, 404),
    ],
)
def test_metrics_answer_whoever_has_the_token(
    client: Client, db: None, settings: Settings, given: str, status: int
) -> None:
    settings.METRICS_TOKEN = TOKEN

    response = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": given})

    assert response.status_code == status


def test_metrics_without_a_token_set_take_none(client: Client, db: None) -> None:
    response = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer "})

    assert response.status_code == 404


def test_metrics_are_no_page_for_the_program(client: Client, scene: Scene) -> None:
    assert scene.sign_in(client, scene.director).get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404


def test_metrics_count_cases_and_what_is_owed(client: Client, scene: Scene) -> None:
    scene.walk_to("confirm")

    text = client.get("/metrics").content.decode()

    assert value_of(text, 'milepost_cases{stage="application"}') == 1
    assert value_of(text, 'milepost_cases{stage="certified"}') == 0
    assert value_of(text, 'milepost_open_work{party="program"}') == 1
    assert value_of(text, 'milepost_overdue_work{party="program"}') == 1
    assert value_of(text, 'milepost_open_work{party="city"}') == 0


def test_metrics_tell_of_parts_sweeps_and_what_goes_out(client: Client, scene: Scene) -> None:
    for name in health.PULSES:
        health.record_pulse(name)
    record_sweep(
        sweep="some.sweep", began_at=scene.now, took=timedelta(seconds=2), found={}, problem="Broken"
    )

    text = client.get("/metrics").content.decode()

    for part in ("database", "broker", "worker", "beat"):
        assert value_of(text, f'milepost_part_up{{part="{part}"}}') == 1
    for part in health.PULSES:
        assert 0 <= value_of(text, f'milepost_pulse_age_seconds{{part="{part}"}}') < 60
    assert value_of(text, 'milepost_sweep_duration_seconds{sweep="some.sweep"}') == 2
    assert value_of(text, 'milepost_sweep_failed{sweep="some.sweep"}') == 1
    assert value_of(text, "milepost_outbox_queued") >= 0
    assert value_of(text, "milepost_outbox_age_seconds") >= 0
    assert value_of(text, "milepost_queue_length") >= 0


def test_metrics_answer_while_the_broker_is_down(client: Client, db: None, settings: Settings) -> None:
    port = free_port()
    point_cache_at(settings, port)
    settings.BROKER_URL = f"redis://127.0.0.1:{port}/0"

    text = client.get("/metrics").content.decode()

    assert value_of(text, 'milepost_part_up{part="broker"}') == 0
    assert "milepost_queue_length" not in text
    assert "milepost_pulse_age_seconds{" not in text

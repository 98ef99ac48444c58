import pytest
from django.conf import settings
from kombu.exceptions import OperationalError

from config import celery_app
from config.embedded.server import free_port


def test_messages_are_json_only() -> None:
    assert celery_app.conf.accept_content == ["json"]
    assert celery_app.conf.task_serializer == "json"


def test_task_is_given_back_when_its_worker_is_lost() -> None:
    assert celery_app.conf.task_acks_late
    assert celery_app.conf.task_reject_on_worker_lost
    assert celery_app.conf.worker_prefetch_multiplier == 1


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_scheduled_task_exists_and_goes_stale_before_the_next(name: str) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    celery_app.loader.import_default_modules()

    assert entry["task"] in celery_app.tasks
    assert entry["options"]["expires"] < entry["schedule"]


@pytest.mark.slow
def test_task_sent_without_a_broker_is_refused_soon() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"

    with celery_app.connection_for_write(url) as connection, pytest.raises(OperationalError):
        celery_app.send_task("reports.heartbeat", connection=connection, retry=False)

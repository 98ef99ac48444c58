import logging
from datetime import timedelta

import pytest
import structlog
from celery import shared_task
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from reports import health
from reports.models import SweepRun
from reports.services import KEPT, record_sweep
from tests.scenes import Scene
from workflows.tasks import sweep

PAGE = "/reports/operations/"


@shared_task(name="tests.reports.broken")
def broken() -> None:
    raise LookupError("Something is missing.")


def test_sweep_leaves_a_row_of_what_it_found(scene: Scene) -> None:
    scene.walk_to("confirm")

    sweep.apply()

    run = SweepRun.objects.get()
    assert (run.sweep, run.problem) == ("workflows.sweep", "")
    assert run.found == {"published": 0, "expired": 0, "overdue": 1, "absences": 0}
    assert timedelta() < run.took < timedelta(minutes=1)
    assert timezone.now() - run.began_at < timedelta(minutes=5)


def test_failed_sweep_leaves_a_row_that_says_so(db: None, settings: Settings) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"broken": {"task": "tests.reports.broken", "schedule": 60.0}}

    broken.apply()

    assert SweepRun.objects.get().problem == "LookupError"


def test_heartbeat_and_other_tasks_leave_no_row(db: None) -> None:
    broken.apply()

    assert not SweepRun.objects.exists()


def test_runs_of_a_sweep_are_kept_for_a_week(db: None) -> None:
    now = timezone.now()
    for name, began_at in (("one", now - KEPT * 2), ("two", now - KEPT * 2), ("one", now)):
        record_sweep(sweep=name, began_at=began_at, took=timedelta(seconds=1), found=None)

    assert list(SweepRun.objects.values_list("sweep", flat=True)) == ["one", "two"]


def test_page_shows_parts_sweeps_late_work_and_versions(client: Client, scene: Scene) -> None:
    health.record_pulse("worker")
    scene.walk_to("confirm")
    sweep.apply()

    page = scene.sign_in(client, scene.manager).get(PAGE).content.decode()

    assert "second ago" in page or "seconds ago" in page
    assert "workflows.sweep" in page
    assert "overdue 1" in page
    assert 'href="/cases/?only=overdue&amp;waiting_on=program">1<' in page
    for name in ("Python", "PostgreSQL", "django-viewflow"):
        assert f"<dt>{name}</dt>" in page


def test_page_of_a_site_that_just_started(client: Client, scene: Scene) -> None:
    page = scene.sign_in(client, scene.director).get(PAGE).content.decode()

    assert "No sweep has run yet." in page
    assert "mp-tag--late" in page


@pytest.mark.parametrize("page", ["/cases/{case}/", "/cases/{case}/people/", "/work/{item}/"])
def test_log_lines_name_request_and_case(
    client: Client, scene: Scene, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    item = scene.one("confirm")
    caplog.set_level(logging.INFO, logger="django_structlog")

    scene.sign_in(client, scene.manager).get(page.format(case=scene.case.pk, item=item.pk))

    (line,) = [record.msg for record in caplog.records if "request_finished" in str(record.msg)]
    assert line["case_id"] == str(scene.case.pk)
    assert line["request_id"]
    structlog.contextvars.clear_contextvars()


def test_log_lines_name_no_case_that_the_reader_may_not_see(
    client: Client, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.open_case()
    caplog.set_level(logging.INFO, logger="django_structlog")

    scene.sign_in(client, scene.other_lead).get(f"/cases/{scene.case.pk}/")

    (line,) = [record.msg for record in caplog.records if "request_finished" in str(record.msg)]
    assert "case_id" not in line

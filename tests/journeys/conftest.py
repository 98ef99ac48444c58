from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from config import environment
from tests.journeys.mail import MailFolder
from tests.journeys.people import Cast, Looks
from tests.memory import remembered
from tests.scenes import Scene


@pytest.fixture(autouse=True)
def assets_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers keep the page assets, as WhiteNoise tells them to; a live server tells them nothing."""
    serve = StaticFilesHandler.serve

    def serve_to_keep(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    monkeypatch.setattr(StaticFilesHandler, "serve", serve_to_keep)


YESTERDAY = timezone.now() - timedelta(days=1)


@pytest.fixture
def scene(live_server: LiveServer, transactional_db: None) -> Iterator[Scene]:
    """The program with all its people; yesterday, so that what they do now comes after."""
    with remembered(now=YESTERDAY) as scene:
        yield scene


@pytest.fixture(scope="session")
def looks(axe_script: str) -> Looks:
    """A page that one journey has looked at need not be looked at by the next."""
    return Looks(axe_script)


@pytest.fixture
def cast(browser: Browser, live_server: LiveServer, looks: Looks) -> Iterator[Cast]:
    cast = Cast(browser, live_server.url, looks)
    yield cast
    cast.leave()


@pytest.fixture
def mails(settings: Settings, live_server: LiveServer, tmp_path: Path) -> MailFolder:
    """What the demonstration's own delivery writes into its folder."""
    for name, value in environment.email(f"file://{tmp_path / 'mail'}").items():
        setattr(settings, name, value)
    settings.BASE_URL = live_server.url
    return MailFolder(tmp_path / "mail")

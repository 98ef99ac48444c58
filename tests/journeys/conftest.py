from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from people.models import User
from tests.journeys.people import PASSWORD, Cast, Looks
from tests.scenes import Scene


@pytest.fixture
def scene(live_server: LiveServer, transactional_db: None) -> Scene:
    """The program with all its people, who can sign in by password."""
    scene = Scene(now=timezone.now() - timedelta(days=1))
    User.objects.filter(password="!").update(password=make_password(PASSWORD))
    return scene


@pytest.fixture(scope="session")
def looks(axe_script: str) -> Looks:
    """A page that one journey has looked at need not be looked at by the next."""
    return Looks(axe_script)


@pytest.fixture
def cast(browser: Browser, live_server: LiveServer, looks: Looks) -> Iterator[Cast]:
    cast = Cast(browser, live_server.url, looks)
    yield cast
    cast.leave()

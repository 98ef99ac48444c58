from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from people.models import User
from tests.journeys.people import PASSWORD, Cast, Looks
from tests.scenes import Scene


@pytest.fixture
def scene(live_server: LiveServer, transactional_db: None) -> Scene:
    """The program with all its people, who can sign in by password."""
    scene = Scene()
    User.objects.filter(password="!").update(password=make_password(PASSWORD))
    return scene


@pytest.fixture
def cast(browser: Browser, live_server: LiveServer, axe_script: str) -> Iterator[Cast]:
    cast = Cast(browser, live_server.url, Looks(axe_script))
    yield cast
    cast.leave()

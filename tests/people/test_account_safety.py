"""Taking over an account takes more than an unlocked screen, and guessing more than patience."""

import pytest
from allauth.account import app_settings
from allauth.usersessions.models import UserSession
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import User
from tests.scenes import Scene

PASSWORD = "a long enough secret"
LOGIN = "/accounts/login/"


@pytest.fixture
def person(scene: Scene) -> User:
    scene.lead.set_password(PASSWORD)
    scene.lead.save()
    return scene.lead


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": email, "password": password}).status_code


def test_change_of_password_takes_the_old_one(client: Client, person: User):
    Scene.sign_in(client, person)
    new = {"password1": "another long secret", "password2": "another long secret"}

    client.post("/accounts/password/change/", new | {"oldpassword": "wrong"})

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_change_of_address_asks_for_the_password_again(client: Client, person: User):
    Scene.sign_in(client, person)

    answer = client.post("/accounts/email/", {"email": "thief@else.example", "action_add": ""})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not person.emailaddress_set.filter(email="thief@else.example").exists()


def test_sign_in_is_slowed(client: Client, person: User, settings: Settings):
    del settings.ACCOUNT_RATE_LIMITS
    assert "login_failed" in app_settings.RATE_LIMITS

    tries = [sign_in(client, person.email, "wrong") for _n in range(7)]

    assert 429 not in tries
    assert sign_in(client, person.email) != 302


def test_sessions_are_listed_and_ended(person: User):
    here, there = Client(), Client(headers={"user-agent": "Another browser"})
    assert [sign_in(here, person.email), sign_in(there, person.email)] == [302, 302]

    mobile = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
    )
    third = Client(headers={"user-agent": mobile})
    sign_in(third, person.email)
    page = here.get("/accounts/sessions/").content.decode()
    assert "Safari on iPhone" in page
    assert "Mozilla" not in page
    here.post("/sessions/end/", {"session": UserSession.objects.get(user_agent=mobile).pk})
    assert third.get("/desk/")["Location"].startswith(LOGIN)
    assert UserSession.objects.filter(user=person).count() == 2

    assert "Another browser" in here.get("/accounts/sessions/").content.decode()
    here.post("/accounts/sessions/")

    assert UserSession.objects.filter(user=person).count() == 1
    assert there.get("/desk/")["Location"].startswith(LOGIN)
    assert here.get("/desk/").status_code == 200


def test_session_of_somebody_else_is_not_ended(person: User, scene: Scene):
    here = Client()
    sign_in(here, person.email)
    thief = Scene.sign_in(Client(), scene.contributor)

    for number in (UserSession.objects.get(user=person).pk, "x", "9" * 30, ""):
        thief.post("/sessions/end/", {"session": number})

    assert UserSession.objects.filter(user=person).count() == 1

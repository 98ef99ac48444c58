"""Whoever decides over cities sets a second factor up before anything else."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import User
from people.roles import ROLES_WITH_SECOND_FACTOR
from tests.scenes import Scene

SET_UP = "/accounts/2fa/totp/activate/"
OBLIGED = {"manager", "director", "assessor", "reconciler", "other_assessor", "member"}


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def give_factor(person: User) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")


def led_to_set_up(client: Client, address: str = "/desk/") -> bool:
    return client.get(address).get("Location") == SET_UP


def test_second_factor_is_asked_of_exactly_these_people(client: Client, scene: Scene):
    able = {name: person for name, person in scene.everyone.items() if person.is_active}

    led = {name for name, person in able.items() if led_to_set_up(scene.sign_in(client, person))}

    assert led == OBLIGED


@pytest.mark.parametrize("address", ["/cases/", "/accounts/email/", "/accounts/2fa/", "/notices/"])
def test_second_factor_comes_before_every_other_page(client: Client, scene: Scene, address: str):
    scene.sign_in(client, scene.manager)

    assert led_to_set_up(client, address)


def test_second_factor_can_be_set_up_and_left_for_later(client: Client, scene: Scene):
    scene.manager.set_password("a long enough secret")
    scene.manager.save()
    scene.sign_in(client, scene.manager)

    assert client.get(SET_UP)["Location"].startswith("/accounts/reauthenticate/")
    assert client.get("/accounts/reauthenticate/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/"


def test_second_factor_opens_the_way(client: Client, scene: Scene):
    give_factor(scene.manager)
    scene.sign_in(client, scene.manager)

    assert client.get("/desk/").status_code == 200


def test_second_factor_is_refused_to_a_program_as_a_problem(client: Client, scene: Scene):
    scene.sign_in(client, scene.manager)

    answer = client.get("/desk/", headers={"accept": "application/json"})

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_second_factor_leaves_strangers_pages_alone(client: Client, scene: Scene):
    scene.sign_in(client, scene.manager)

    assert client.get("/").status_code == 200


def test_second_factor_is_not_asked_in_the_demonstration(client: Client, scene: Scene, settings: Settings):
    settings.SECOND_FACTOR_REQUIRED = False
    scene.sign_in(client, scene.manager)

    assert client.get("/desk/").status_code == 200


def test_second_factor_goes_with_these_roles():
    assert {str(role) for role in ROLES_WITH_SECOND_FACTOR} == {
        "program_manager",
        "program_director",
        "assessor",
        "committee_member",
    }

"""The pages by which a person keeps their own account, each looked at."""

import pytest

from tests.cast import PASSWORD
from tests.journeys.mail import MailFolder
from tests.journeys.people import Cast, Visitor
from tests.people.test_signin_pages import six_digits
from tests.scenes import Scene

pytestmark = pytest.mark.journey
NEW = "another long secret"


def of_my_own(visitor: Visitor, name: str) -> None:
    visitor.unfold(visitor.person.name)
    visitor.follow(name)


@pytest.mark.slow
def test_account_pages_of_a_person(cast: Cast, scene: Scene):
    visitor = cast.enter(scene.lead)
    visitor.sign_in()
    for name in ("E-mail address", "Password", "Sessions"):
        of_my_own(visitor, name)
    of_my_own(visitor, "Second factor")
    visitor.follow("Activate")
    visitor.fill("Password", PASSWORD)
    visitor.press("Confirm")
    visitor.fill("Authenticator code", six_digits(visitor.page.locator("code").inner_text()))
    visitor.press("Turn on the second factor")
    visitor.follow("Generate new codes")
    of_my_own(visitor, "Second factor")
    visitor.follow("Deactivate")
    visitor.unfold(visitor.person.name)
    visitor.press("Sign out")

    visitor.follow("Sign in")
    visitor.fill("E-mail address", visitor.person.email)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in")
    assert "authenticator code" in visitor.text


@pytest.mark.slow
def test_forgotten_password_is_replaced(cast: Cast, scene: Scene, mails: MailFolder):
    visitor = cast.enter(scene.lead)
    visitor.open("/accounts/login/")

    visitor.follow("Forgot your password?")
    visitor.fill("Email", visitor.person.email)
    visitor.press("Reset My Password")
    visitor.open(mails.link_to(visitor.person.email))
    visitor.write(visitor.page.get_by_label("New Password").first, NEW)
    visitor.fill("New Password (again)", NEW)
    visitor.press("Change Password")

    assert "Your password is changed" in visitor.text

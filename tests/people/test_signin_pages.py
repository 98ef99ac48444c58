import base64
import hmac
import re
import time
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from people.enums import OrganizationKind, Role
from people.models import Affiliation, Organization, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


@pytest.fixture
def person() -> User:
    office = Organization.objects.create(kind=OrganizationKind.PROGRAM, name="Program office", slug="program")
    user = User.objects.create(email="ana@program.example", name="Ana <b>Ruiz</b>")
    user.set_password(PASSWORD)
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    Affiliation.objects.create(
        person=user, organization=office, role=Role.PROGRAM_MANAGER, since=date(2020, 1, 1)
    )
    return user


@pytest.fixture
def signed_in(client: Client, person: User) -> Client:
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def six_digits(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    moment = int(time.time()) // 30
    digest = hmac.digest(base64.b32decode(secret), moment.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def text_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_signin_takes_the_address_in_any_case(client: Client, person: User):
    answer = client.post("/accounts/login/", {"login": person.email.upper(), "password": PASSWORD})

    assert answer["Location"] == "/desk/"


def test_signin_with_a_wrong_password_says_so_and_keeps_the_address(client: Client, person: User):
    html = client.post("/accounts/login/", {"login": person.email, "password": "wrong"}).content.decode()

    assert 'role="alert"' in html
    assert f'value="{person.email}"' in html


def test_signin_page_offers_no_signup(client: Client):
    html = text_of(client, "/accounts/login/")

    assert "signup" not in html
    assert "Accounts are made by invitation" in html


def test_signup_is_closed(client: Client):
    assert "Nobody signs up here" in text_of(client, "/accounts/signup/")


def test_header_names_person_role_and_organization(signed_in: Client):
    html = text_of(signed_in, "/accounts/password/change/")

    assert "Ana &lt;b&gt;Ruiz&lt;/b&gt;" in html
    assert "Program manager · Program office" in html
    assert "<b>Ruiz" not in html


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/accounts/2fa/",
        "/accounts/reauthenticate/",
    ],
)
def test_account_page_wears_our_frame(signed_in: Client, address: str):
    html = text_of(signed_in, address)

    assert 'class="mp-header"' in html
    assert html.count("<h1>") == 1


def test_signing_out_takes_a_post(signed_in: Client):
    assert "Sign Out" in text_of(signed_in, "/accounts/logout/")

    assert signed_in.post("/accounts/logout/")["Location"] == "/"


def test_forgotten_password_is_replaced_by_mail(client: Client, person: User):
    client.post("/accounts/password/reset/", {"email": person.email})
    (letter,) = mail.outbox
    link = re.search(r"https?://[^/]+(/\S+)", letter.body).group(1)

    form = client.get(link, follow=True)
    assert b'name="password1"' in form.content
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "another long secret", "password2": "another long secret"})

    assert letter.subject == "Choose a new password for Milepost"
    assert "example.com" not in letter.body
    person.refresh_from_db()
    assert person.check_password("another long secret")


def test_unknown_address_gets_a_letter_without_a_signup_link(client: Client):
    client.post("/accounts/password/reset/", {"email": "nobody@city.example"})

    (letter,) = mail.outbox
    assert "There is no account with this address." in letter.body
    assert "signup" not in letter.body


def test_second_factor_is_set_up_and_then_asked_for(signed_in: Client, person: User):
    assert "Enter your password" in text_of(signed_in, "/accounts/2fa/totp/activate/")
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = text_of(signed_in, "/accounts/2fa/totp/activate/")
    secret = re.search(r"<code>(\w+)</code>", page).group(1)
    assert "<svg" in page
    assert "data:" not in page

    code = six_digits(secret)
    signed_in.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert "unused" in text_of(signed_in, "/accounts/2fa/recovery-codes/").lower()
    assert "Deactivate" in text_of(signed_in, "/accounts/2fa/totp/deactivate/")

    fresh = Client()
    answer = fresh.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    assert b'name="code"' in answer.content

import pytest
from django.conf import settings
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.views import defaults

NASTY = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("status", "next_step"), [(400, "correct it"), (403, "ask the program office"), (409, "Somebody else")]
)
def test_error_page_says_what_happened_and_what_to_do(status, next_step):
    context = {"status": status, "title": "Not now", "detail": NASTY, "errors": {"on": ["Too late."]}}

    html = render_to_string("errors/error.html", context | {"back_url": "/cases/"})

    assert f"Error {status}" in html
    assert "<h1>Not now</h1>" in html
    assert "&lt;script&gt;" in html
    assert NASTY not in html
    assert "<li>Too late.</li>" in html
    assert next_step in html
    assert 'href="/cases/"' in html


def test_missing_page_does_not_tell_what_was_looked_for(rf: RequestFactory):
    response = defaults.page_not_found(rf.get("/cases/secret/"), Http404(NASTY))

    assert response.status_code == 404
    assert b"This page does not exist" in response.content
    assert b"secret" not in response.content
    assert b"alert(1)" not in response.content


@pytest.mark.parametrize(("view", "status"), [(defaults.bad_request, 400), (defaults.permission_denied, 403)])
def test_djangos_own_refusals_wear_our_frame(rf: RequestFactory, view, status):
    response = view(rf.get("/"), Exception("inner words"))

    assert response.status_code == status
    assert b"mp-header" in response.content
    assert b"inner words" not in response.content


def test_broken_page_needs_nothing_but_itself(rf: RequestFactory):
    response = defaults.server_error(rf.get("/"))

    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


def test_expired_form_says_what_to_do(client):
    strict = type(client)(enforce_csrf_checks=True)

    response = strict.post(settings.LOGIN_URL and "/accounts/login/", {"login": "a@b.example"})

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_too_many_attempts_say_what_to_do():
    assert "Wait a few minutes" in render_to_string("429.html")

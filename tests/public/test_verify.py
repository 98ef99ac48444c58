from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.cities.factories import make_city
from tests.public.strangers import TODAY, YEAR, certify, revoke, words
from tests.scenes import make_standard

pytestmark = pytest.mark.django_db


def test_valid_certificate_is_confirmed(client: Client):
    certificate = certify(make_city(), make_standard(), "gold")

    text = words(client, f"/verify/{certificate.number.lower()}/")

    assert "Valid: this certificate is real" in text
    assert "City Paterson, NJ Level Gold Announced on" in text
    assert 'href="/cities/paterson-nj/"' in client.get(f"/verify/{certificate.number}/").content.decode()


def test_expired_certificate_is_said_to_be_expired(client: Client):
    certificate = certify(make_city(), make_standard(), on=TODAY() - 3 * YEAR)

    html = client.get(f"/verify/{certificate.number}/").content.decode()

    assert "Expired: this certificate is real, and has run out" in html
    assert "Valid:" not in html
    assert 'href="/cities/paterson-nj/"' not in html


def test_revoked_certificate_is_said_to_be_revoked(client: Client):
    certificate = certify(make_city(), make_standard())
    revoke(certificate, datetime(2025, 5, 11, 15, tzinfo=UTC))

    text = words(client, f"/verify/{certificate.number}/")

    assert "Revoked: this certificate does not count any more" in text
    assert "withdrawn on Sun, May 11, 2025" in text
    assert "Valid:" not in text
    assert "A secret reason" not in text


def test_certificate_with_a_newer_one_points_to_it(client: Client):
    city, standard = make_city(), make_standard()
    older = certify(city, standard, "silver", on=TODAY() - YEAR)
    newer = certify(city, standard, "gold")

    old, new = words(client, f"/verify/{older.number}/"), words(client, f"/verify/{newer.number}/")

    assert "Replaced: this certificate is real" in old
    assert f"What counts today is {newer.number}: Gold" in old
    assert "Valid: this certificate is real" in new


@pytest.mark.parametrize("number", ["MP-2025-0009", "x", "%00", "a b", "%3Cscript%3E", "ß" * 300])
def test_unknown_number_is_no_certificate(client: Client, number: str):
    assert "There is no such certificate" in words(client, f"/verify/{number}/", status=404)


def test_certificate_that_is_not_announced_does_not_exist(client: Client):
    certificate = certify(make_city(), make_standard(), on=TODAY() + timedelta(days=2))

    waiting, unknown = client.get(f"/verify/{certificate.number}/"), client.get("/verify/MP-1999-0001/")

    assert (waiting.status_code, waiting.content) == (404, unknown.content)


def test_verification_takes_four_queries(client: Client, django_assert_num_queries):
    certificate = certify(make_city(), make_standard())

    with django_assert_num_queries(4):
        client.get(f"/verify/{certificate.number}/")

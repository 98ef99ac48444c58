"""Asking for a page as somebody, and for rows by hand."""

from django.db import connection
from django.test import Client

from benchmarks.meter import Meter
from people.models import User


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def page(client: Client, address: str) -> Meter:
    meter = Meter(steps=1)
    with meter.running():
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return meter


def by_hand(*statements: str) -> Meter:
    meter = Meter(steps=1)
    with meter.running(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
    return meter

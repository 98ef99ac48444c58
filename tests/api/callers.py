"""How tests call the API: as a person with their session, or as a system with a key."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from people.keys import issue_key
from people.models import ApiKey, Organization, User
from people.services import system_user
from tests.cast import Cast

CITIES = "/api/v1/cities/"


def make_key(organization: Organization, *scopes: str) -> tuple[ApiKey, str]:
    return issue_key(
        organization=organization,
        name="Tracker",
        scopes=scopes or ["read"],
        by=system_user(),
        now=timezone.now(),
    )


def with_key(organization: Organization, *scopes: str) -> Client:
    """A client of a system of the organization."""
    return Client(headers={"authorization": f"Bearer {make_key(organization, *scopes)[1]}"})


def as_person(person: User) -> Client:
    return Cast.sign_in(Client(), person)


def status_of(client: Client, slug: str = "paterson-nj") -> dict[str, Any]:
    response = client.get(f"{CITIES}{slug}/")
    assert response.status_code == 200, response.content
    return response.json()


def moment(value: datetime) -> str:
    """As the API writes a moment."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def slugs(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{CITIES}{query}")
    assert response.status_code == 200, response.content
    return sorted(row["city"]["slug"] for row in response.json()["results"])

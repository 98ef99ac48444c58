"""How somebody from outside comes to ask for a city, as the tests need it."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from cases.models import WorkItem
from cities.models import City
from notifications.models import Notice
from people.models import User
from workflows import services
from workflows.models import Claim

ADDRESS = "ada@paterson.example"
PASSWORD = "a long enough secret"
NEW = {"name": "Ada New", "password": PASSWORD, "job": "Chief data officer"}


def apply_link(address: str = ADDRESS, now: datetime | None = None) -> str:
    """Ask for a link; its address within the site."""
    services.send_apply_link(address=address, now=now or timezone.now())
    return Notice.objects.filter(kind="workflows.applying", address=address.lower()).latest("created_at").url


def token_of(link: str) -> str:
    return link.strip("/").split("/")[-1]


def make_claim(
    city: City | None,
    address: str = ADDRESS,
    *,
    by: User | None = None,
    now: datetime | None = None,
    **given: Any,
) -> Claim:
    """Somebody new, or somebody with an account, has asked to speak for a city."""
    at = now or timezone.now()
    values = {"job": NEW["job"]} if by else dict(NEW)
    token = token_of(apply_link(address, at))
    return services.claim_city(token=token, by=by, city=city, now=at, **(values | given))


def item_of(claim: Claim) -> WorkItem:
    return WorkItem.objects.get(subject=claim.pk)

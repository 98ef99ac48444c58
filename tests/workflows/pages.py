"""What the tests of several pages share."""

from django.test import Client
from django.urls import reverse

from cases.models import WorkItem
from coaching.models import Engagement
from people.models import User
from tests.scenes import Scene

SESSION = {
    "deed": "log",
    "kind": "training",
    "held_on": "2025-04-01",
    "minutes": "90",
    "participants": "Budget office",
    "notes": "We mapped the data.",
}


def statuses(scene: Scene, client: Client, url: str, *names: str) -> dict[str, int]:
    """What each of these people get at an address."""
    return {name: scene.sign_in(client, scene.everyone[name]).get(url).status_code for name in names}


def page_for(scene: Scene, client: Client, person: User, url: str) -> str:
    return scene.sign_in(client, person).get(url).content.decode()


def tab(scene: Scene, name: str = "case-decision") -> str:
    """A page of the case."""
    return reverse(f"workflows:{name}", args=[scene.case.pk])


def page_of(engagement: Engagement) -> str:
    return reverse("workflows:engagement-detail", args=[engagement.pk])


def first_partners(scene: Scene, step: str) -> WorkItem:
    """Walk until the first partner's engagement is at the step."""
    item = scene.one(step)
    assert scene.partner_of(item) is scene.partner
    return item

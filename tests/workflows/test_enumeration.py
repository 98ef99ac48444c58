"""Nobody learns by asking whether a person, a city, an invitation or a link is known."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Notice
from people.enums import Role
from people.models import Invitation
from people.services import revoke_invitation
from tests.claims import NEW, apply_link, make_claim
from tests.scenes import Scene, make_cities
from workflows import services
from workflows.services.claims import MAILS_A_DAY, VALID_FOR

# What differs because it was asked for: the form's token, addresses and names that were typed or made up.
TYPED = re.compile(
    r"\b\w{64}\b|[\w.-]+@[\w.-]+|Paterson|Town \d|paterson-nj|nowhere-xx"
    r"|[0-9a-f]{8}-[0-9a-f-]{27}"
)
CLOCKS_AND_COUNTS = {"Expires", "Last-Modified", "Content-Length"}
UNKNOWN = "nobody@else.example"
Answers = Iterator[HttpResponseBase]


def told(answer: Any) -> dict[str, Any]:
    """Everything that an asker could compare."""
    headers = dict(answer.headers) | dict.fromkeys(answer.headers.keys() & CLOCKS_AND_COUNTS)
    body = TYPED.sub("…", answer.content.decode())
    return {"status": answer.status_code, "headers": headers, "cookies": sorted(answer.cookies), "body": body}


def addresses(scene: Scene) -> list[str]:
    """Of everybody an address may belong to, and of nobody."""
    invite(scene, "invited@new.example")
    claimant = make_claim(scene.city).address
    return [
        UNKNOWN,
        scene.lead.email,
        scene.manager.email,
        scene.deactivated.email,
        "invited@new.example",
        claimant,
    ]


def invite(scene: Scene, address: str) -> Invitation:
    return services.invite_by_mail(
        organization=scene.city.organization,
        role=Role.CITY_CONTRIBUTOR,
        address=address,
        until=None,
        by=scene.lead,
        now=timezone.now(),
    )


def sign_in(scene: Scene) -> Answers:
    for address in addresses(scene):
        yield Client().post("/accounts/login/", {"login": address, "password": "wrong"})


def reset(scene: Scene) -> Answers:
    for address in addresses(scene):
        yield Client().post("/accounts/password/reset/", {"email": address})


def reset_page(scene: Scene) -> Answers:
    for address in addresses(scene):
        yield Client().post("/accounts/password/reset/", {"email": address}, follow=True)


def apply(scene: Scene) -> Answers:
    tired = "tired@x.example"
    for _n in range(MAILS_A_DAY):
        apply_link(tired)
    for address in [*addresses(scene), tired]:
        yield Client().post("/apply/", {"address": address})


def apply_page(scene: Scene) -> Answers:
    for address in addresses(scene):
        yield Client().post("/apply/", {"address": address}, follow=True)


# Whoever finds a link that somebody else has just used.
ANOTHER = NEW | {"password": "of somebody else entirely"}


def dead_invitations(scene: Scene) -> list[str]:
    """Links that never were, were used, taken back, or have run out."""
    links = []
    for name in ("used", "revoked", "expired"):
        invitation = invite(scene, f"{name}@new.example")
        links.append(Notice.objects.get(address=invitation.address).url)
        if name == "used":
            Client().post(links[-1], NEW)
        if name == "revoked":
            revoke_invitation(invitation=invitation, by=scene.lead, now=timezone.now())
        if name == "expired":
            Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    assert Invitation.objects.filter(accepted_at__isnull=False).count() == 1
    return ["/invitations/never-was/", *links]


def invitation(scene: Scene) -> Answers:
    for link in dead_invitations(scene):
        yield Client().get(link)


def invitation_used(scene: Scene) -> Answers:
    for link in dead_invitations(scene):
        yield Client().post(link, ANOTHER)


def dead_apply_links() -> list[str]:
    used, expired = apply_link(), apply_link("late@x.example", timezone.now() - VALID_FOR)
    assert Client().post(f"{used}?city=paterson-nj", NEW).status_code == 302
    return ["/apply/never-was/", used, expired]


def link_to_apply(scene: Scene) -> Answers:
    for link in dead_apply_links():
        yield Client().get(link)


def link_to_apply_used(scene: Scene) -> Answers:
    for link in dead_apply_links():
        yield Client().post(f"{link}?city=paterson-nj", ANOTHER)


def city_claimed(scene: Scene) -> Answers:
    """A city with a lead and an open case, and one that nobody has heard of here."""
    for slug in ("paterson-nj", make_cities(1)[0].slug):
        link = apply_link(f"{slug}@x.example")
        yield Client().post(f"{link}?city={slug}", NEW)


def desk_after(scene: Scene) -> Answers:
    for slug in ("paterson-nj", make_cities(1)[0].slug):
        link = apply_link(f"{slug}@x.example")
        yield Client().post(f"{link}?city={slug}", NEW, follow=True)


def public_city(scene: Scene) -> Answers:
    for slug in ("paterson-nj", "nowhere-xx"):
        yield Client().get(f"/cities/{slug}/")


def badge(scene: Scene) -> Answers:
    for slug in ("paterson-nj", "nowhere-xx"):
        yield Client().get(f"/cities/{slug}/badge.svg")


def city_by_api(scene: Scene) -> Answers:
    client = scene.sign_in(Client(), scene.other_lead)
    for slug in ("paterson-nj", "nowhere-xx"):
        yield client.get(f"/api/v1/cities/{slug}/")


def case_of_another_city(scene: Scene) -> Answers:
    client = scene.sign_in(Client(), scene.other_lead)
    for pk in (scene.case.pk, uuid4()):
        yield client.get(f"/cases/{pk}/")


def work_of_another_city(scene: Scene) -> Answers:
    client = scene.sign_in(Client(), scene.other_lead)
    for pk in (scene.item("apply").pk, uuid4()):
        yield client.get(f"/work/{pk}/")


ASKED: list[Callable[[Scene], Answers]] = [
    sign_in,
    reset,
    reset_page,
    apply,
    apply_page,
    invitation,
    invitation_used,
    link_to_apply,
    link_to_apply_used,
    city_claimed,
    desk_after,
    public_city,
    badge,
    city_by_api,
    case_of_another_city,
    work_of_another_city,
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.__name__)
def test_answer_is_the_same_for_what_is_known_and_what_is_not(
    scene: Scene, asked: Callable[[Scene], Answers]
):
    scene.open_case()

    first, *others = map(told, asked(scene))

    assert others
    for answer in others:
        assert answer == first


def test_applying_takes_the_same_work_for_everybody(scene: Scene):
    """The same statements, so the same class of time."""
    scene.open_case()
    known = addresses(scene)
    Client().post("/apply/", {"address": "warm@x.example"})

    counts = []
    for address in known:
        with CaptureQueriesContext(connection) as asked:
            Client().post("/apply/", {"address": address})
        counts.append([re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in asked])

    assert counts[0]
    assert all(statements == counts[0] for statements in counts)


def test_reset_writes_to_everybody_who_asks(scene: Scene, mailoutbox: list[Any]):
    for address in (scene.lead.email, UNKNOWN):
        Client().post("/accounts/password/reset/", {"email": address})

    assert [mail.to for mail in mailoutbox] == [[scene.lead.email], [UNKNOWN]]

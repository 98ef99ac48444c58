"""API keys: told once, kept as a hash, refused when revoked, named in the audit trail."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from coaching.models import Engagement
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound
from core.models import AuditEvent
from people.keys import create_key, key_behind, note_use, revoke_key
from people.models import Affiliation, ApiKey, User
from people.permissions import Permission
from tests.api.callers import CITIES, as_person, make_key, with_key
from tests.scenes import Scene

PAGE = "/partner/keys/"


def call(token: str) -> Any:
    return Client(headers={"authorization": f"Bearer {token}"}).get(CITIES)


def test_key_is_kept_as_a_hash_and_acts_as_a_user_of_its_own(scene: Scene) -> None:
    key, token = create_key(
        organization=scene.partner.organization,
        name=" Tracker ",
        scopes=["read"],
        by=scene.partner.lead,
        now=scene.now,
    )

    stored = ApiKey.objects.values().get(pk=key.pk)
    assert token.startswith(f"{key.prefix}_")
    assert len(token) > 50
    assert token not in str(stored)
    assert (key.user.kind, key.user.name) == ("service", "First partner · Tracker")
    assert [held.role for held in key.user.affiliations.all()] == ["partner_system"]
    assert not key.user.has_usable_password()
    assert authenticate(email=key.user.email, password="") is None
    event = AuditEvent.objects.get(action="people.key_created")
    assert event.new == {"organization": "first-partner", "key": key.prefix, "scopes": ["read"]}
    assert str(key) == f"{key.prefix} · First partner"


def test_key_opens_the_api_and_its_last_use_is_kept_to_the_minute(scene: Scene) -> None:
    key, token = make_key(scene.partner.organization)

    assert call(token).status_code == 200

    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    note_use(key, now=first + timedelta(seconds=59))
    key.refresh_from_db()
    assert key.last_used_at == first
    note_use(key, now=first + timedelta(seconds=60))
    key.refresh_from_db()
    assert key.last_used_at == first + timedelta(seconds=60)


def test_revoked_key_is_refused_at_once(scene: Scene) -> None:
    key, token = make_key(scene.partner.organization)
    assert call(token).status_code == 200

    revoke_key(key=key, by=scene.partner.lead, now=scene.now)

    response = call(token)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="milepost"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 401
    assert AuditEvent.objects.filter(action="people.key_revoked", new={"key": key.prefix}).count() == 1
    revoke_key(key=key, by=scene.manager, now=scene.now)
    assert AuditEvent.objects.filter(action="people.key_revoked").count() == 1


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Bearer \xff\x00", "Bearer a b", "bearer x"]
)
def test_wrong_keys_are_refused_alike(scene: Scene, header: str) -> None:
    response = Client(headers={"authorization": header}).get(CITIES)

    assert response.status_code == 401
    assert response.json()["detail"] == "The key is unknown or revoked."


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Token x"])
def test_other_ways_to_sign_in_count_as_none(scene: Scene, header: str) -> None:
    response = Client(headers={"authorization": header}).get(CITIES)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="milepost"'


def test_key_of_a_deactivated_user_or_an_ended_membership_is_refused(scene: Scene) -> None:
    key, token = make_key(scene.partner.organization)
    other, other_token = make_key(scene.partner.organization)

    User.objects.filter(pk=key.user_id).update(is_active=False)
    today = timezone.localdate()
    Affiliation.objects.filter(person=other.user).update(until=today, since=today - timedelta(days=2))

    assert (call(token).status_code, call(other_token).status_code) == (401, 401)


def test_keys_never_read_what_was_noted_of_the_coaching(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("close")
    coaching, _token = make_key(scene.partner.organization)
    city, _token = make_key(scene.city.organization)

    for user in (coaching.user, city.user):
        assert Engagement.objects.visible_to(user).exists()
        assert not Engagement.objects.readable_by(user).exists()
        assert not user.has_perm(Permission.VIEW_COACHING, scene.engagement())
    assert Engagement.objects.readable_by(scene.partner.lead).exists()


def test_key_without_the_scope_is_refused(scene: Scene) -> None:
    key, token = make_key(scene.partner.organization)
    ApiKey.objects.filter(pk=key.pk).update(scopes=[])

    response = call(token)

    assert response.status_code == 403
    assert "scope" in response.json()["detail"]


def test_audit_trail_names_the_key(scene: Scene) -> None:
    key, token = make_key(scene.partner.organization)
    used = key_behind(token)
    assert used is not None

    event = audit.record("people.key_created", by=used.user, target=key, now=scene.now)
    person = audit.record("people.key_created", by=scene.manager, target=key, now=scene.now)

    assert (event.key, person.key) == (key.prefix, "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": " "}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["admin"]}, "scopes")],
)
def test_key_that_makes_no_sense_is_refused(scene: Scene, changes: dict[str, Any], field: str) -> None:
    values = {"organization": scene.partner.organization, "name": "Tracker", "scopes": ["read"]} | changes

    with pytest.raises(InvalidInput) as refused:
        create_key(**values, by=scene.partner.lead, now=scene.now)

    assert list(refused.value.errors) == [field]


def test_keys_are_made_and_revoked_by_those_who_keep_them(scene: Scene) -> None:
    key, _token = make_key(scene.partner.organization)
    given = {"organization": scene.partner.organization, "name": "Tracker", "scopes": ["read"]}

    for person in (scene.partner.coach, scene.other_partner.lead, scene.lead, scene.assessor):
        with pytest.raises(NotAllowed):
            create_key(**given, by=person, now=scene.now)
        with pytest.raises(NotFound):
            revoke_key(key=key, by=person, now=scene.now)
    assert not ApiKey.objects.visible_to(None).exists()


def test_command_prints_a_key_once(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_key", "first-partner", "--scopes", "read")

    assert call(capsys.readouterr().out.strip()).status_code == 200


@pytest.mark.parametrize(
    ("slug", "said"), [("nowhere", "no organization"), ("program", "partners and cities")]
)
def test_command_says_what_is_wrong(scene: Scene, slug: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("create_api_key", slug)


def test_page_shows_the_key_once(scene: Scene) -> None:
    client = as_person(scene.partner.lead)
    given = {"organization": "first-partner", "name": "Tracker", "scopes": ["read"]}

    made = client.post(PAGE, given)

    token = made.context["token"]
    assert made.status_code == 200
    assert token in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    assert call(token).status_code == 200
    again = client.get(PAGE).content.decode()
    assert token not in again
    assert ApiKey.objects.get().prefix in again


def test_page_revokes(scene: Scene) -> None:
    key, token = make_key(scene.partner.organization)
    client = as_person(scene.partner.lead)
    url = f"{PAGE}{key.pk}/revoke/"

    assert client.get(url).headers["Location"] == PAGE
    assert call(token).status_code == 200
    response = client.post(url, follow=True)

    assert "Revoked" in response.content.decode()
    assert call(token).status_code == 401


def test_page_says_what_is_missing(scene: Scene) -> None:
    response = as_person(scene.manager).post(PAGE, {"organization": "program", "name": ""})

    assert response.status_code == 400
    assert sorted(response.context["form"].errors) == ["name", "organization", "scopes"]


def test_page_is_for_those_who_keep_keys(scene: Scene) -> None:
    key, _token = make_key(scene.partner.organization)
    found = {
        name: (
            as_person(person).get(PAGE).status_code,
            as_person(person).post(f"{PAGE}{key.pk}/revoke/").status_code,
        )
        for name, person in scene.everyone.items()
        if person.is_active
    }

    keepers = {"lead", "other_lead", "partner_lead", "other_partner_lead", "manager", "director"}
    assert {name for name, (page, _revoke) in found.items() if page == 200} == keepers
    revokers = {"partner_lead", "manager", "director"}
    assert {name for name, (_page, revoke) in found.items() if revoke == 302} == revokers
    assert {code for codes in found.values() for code in codes} == {200, 302, 404}


def test_city_keeps_keys_of_its_own(scene: Scene) -> None:
    scene.open_case()
    scene.open_case(scene.other_city, by=scene.manager)

    rows = with_key(scene.city.organization).get(CITIES).json()["results"]

    assert [row["city"]["slug"] for row in rows] == ["paterson-nj"]

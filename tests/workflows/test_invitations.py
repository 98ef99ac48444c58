"""Asking people in: who may, what the link does, and what it tells those for whom it is not meant."""

from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from cases.models import WorkItem
from core.errors import InvalidInput, NotAllowed
from notifications.models import Notice
from people.enums import Role
from people.models import Affiliation, Invitation, Organization, User
from people.services import accept_invitation
from people.services.invitations import InvitationGone
from tests.scenes import Scene, make_person
from workflows import services

ADDRESS = "ada@new.example"
PASSWORD = "a long enough secret"
NEW = {"name": "Ada New", "password": PASSWORD}


def invite(scene: Scene, by: User | None = None, **given: object) -> Invitation:
    values = {
        "organization": scene.city.organization,
        "role": Role.CITY_CONTRIBUTOR,
        "address": ADDRESS,
        "until": None,
        "by": scene.fresh(by or scene.lead),
        "now": timezone.now(),
    }
    return services.invite_by_mail(**(values | given))


def link() -> str:
    return Notice.objects.filter(kind="people.invited").latest("created_at").url


def token() -> str:
    return link().strip("/").split("/")[-1]


def who_may_invite(scene: Scene, organization: Organization, role: Role, until: date | None) -> set[str]:
    able = set()
    for name, person in scene.everyone.items():
        try:
            with transaction.atomic():
                address = f"{name.replace('_', '-')}@new.example"
                invite(scene, person, organization=organization, role=role, address=address, until=until)
        except (NotAllowed, InvalidInput):
            continue
        able.add(name)
    return able


@pytest.mark.parametrize(
    ("where", "role", "able"),
    [
        ("city", Role.CITY_CONTRIBUTOR, {"lead", "manager", "director"}),
        ("city", Role.CITY_LEAD, {"manager", "director"}),
        ("city", Role.COACH, set()),
        ("partner", Role.COACH, {"partner_lead", "manager", "director"}),
        ("partner", Role.PARTNER_LEAD, {"partner_lead", "manager", "director"}),
        ("partner", Role.ASSESSOR, {"manager", "director"}),
        ("office", Role.ASSESSOR, {"manager", "director"}),
        ("office", Role.COMMITTEE_MEMBER, {"manager", "director"}),
        ("office", Role.PROGRAM_MANAGER, {"manager", "director"}),
        ("office", Role.PROGRAM_DIRECTOR, {"director"}),
    ],
)
def test_invitation_is_made_by_exactly_these_people(scene: Scene, where: str, role: Role, able: set[str]):
    places = {
        "city": scene.city.organization,
        "partner": scene.partner.organization,
        "office": scene.office,
    }
    until = timezone.localdate() + timedelta(days=700) if role == Role.COMMITTEE_MEMBER else None

    assert who_may_invite(scene, places[where], role, until) == able


def test_invitation_lets_a_new_person_in(client: Client, scene: Scene):
    invite(scene)

    assert b'name="password"' in client.get(link()).content
    answer = client.post(link(), NEW)

    person = User.objects.get(email=ADDRESS)
    assert answer["Location"] == "/desk/"
    assert person.check_password(PASSWORD)
    assert person.emailaddress_set.get().verified
    assert person.organizations_as(Role.CITY_CONTRIBUTOR) == {scene.city.organization.pk}
    assert client.get("/desk/").status_code == 200
    assert Client().post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD}).status_code == 302


def test_second_click_on_an_invitation_is_answered_like_the_first(scene: Scene):
    invite(scene)
    address = link()
    assert Client().post(address, NEW).status_code == 302

    again = Client()
    answer = again.post(address, NEW)

    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert again.get("/desk/").status_code == 200
    assert Client().post(address, NEW | {"password": "another long secret"}).status_code == 404
    assert Client().get(address).status_code == 404
    assert Affiliation.objects.filter(person__email=ADDRESS).count() == 1


def test_invitation_asks_for_a_good_password(client: Client, scene: Scene):
    invite(scene)

    answer = client.post(link(), NEW | {"password": "password12"})

    assert answer.status_code == 400
    assert b"too common" in answer.content
    assert not User.objects.filter(email=ADDRESS).exists()


def test_invitation_with_a_term_ends_with_it(client: Client, scene: Scene):
    term = timezone.localdate() + timedelta(days=700)
    invite(scene, scene.manager, organization=scene.office, role=Role.COMMITTEE_MEMBER, until=term)

    client.post(link(), NEW)

    assert Affiliation.objects.get(person__email=ADDRESS).until == term


@pytest.mark.parametrize(
    ("role", "days"), [(Role.COMMITTEE_MEMBER, None), (Role.COMMITTEE_MEMBER, -1), (Role.ASSESSOR, 5)]
)
def test_invitation_has_a_term_exactly_for_the_committee(scene: Scene, role: Role, days: int | None):
    until = None if days is None else timezone.localdate() + timedelta(days=days)

    with pytest.raises(InvalidInput) as refusal:
        invite(scene, scene.manager, organization=scene.office, role=role, until=until)

    assert set(refusal.value.errors) == {"until"}


def test_invitation_of_somebody_known_asks_for_sign_in(client: Client, scene: Scene):
    invite(scene, address=scene.other_lead.email)

    page = client.get(link())
    assert b"Sign in and accept" in page.content
    assert b'name="password"' not in page.content
    assert client.post(link(), NEW).status_code == 400

    scene.sign_in(client, scene.other_lead)
    assert client.post(link())["Location"] == "/desk/"
    assert scene.city.organization.pk in scene.fresh(scene.other_lead).organizations_as(Role.CITY_CONTRIBUTOR)


def test_invitation_tells_the_wrong_person_so(client: Client, scene: Scene):
    invite(scene)
    scene.sign_in(client, scene.other_lead)

    page = client.get(link())

    assert b"was sent to another address" in page.content
    assert client.post(link()).status_code == 403
    assert not Affiliation.objects.filter(
        person=scene.other_lead, organization=scene.city.organization
    ).exists()


def test_invitation_sent_again_ends_the_earlier_link(client: Client, scene: Scene):
    invitation = invite(scene)
    earlier = link()
    scene.sign_in(client, scene.lead)

    client.post(f"/people/invitations/{invitation.pk}/resend/")

    assert Client().get(earlier).status_code == 404
    assert Client().get(link()).status_code == 200


def test_invitation_that_is_answered_is_neither_renewed_nor_revoked(client: Client, scene: Scene):
    invitation = invite(scene)
    Client().post(link(), NEW)
    scene.sign_in(client, scene.lead)

    assert client.post(f"/people/invitations/{invitation.pk}/resend/").status_code == 409
    assert client.post(f"/people/invitations/{invitation.pk}/revoke/").status_code == 409


def test_invitation_of_another_organization_does_not_exist(client: Client, scene: Scene):
    invitation = invite(scene)

    for person in (scene.other_lead, scene.partner.lead, scene.contributor):
        scene.sign_in(client, person)
        assert client.post(f"/people/invitations/{invitation.pk}/revoke/").status_code == 404
        assert ADDRESS not in client.get("/people/invitations/").content.decode()


def test_invitation_is_open_once_for_an_address_and_a_role(scene: Scene):
    first = invite(scene)

    with pytest.raises(InvalidInput) as refusal:
        invite(scene, address=ADDRESS.upper())
    assert set(refusal.value.errors) == {"address"}
    twin = Invitation.objects.get(pk=first.pk)
    twin.pk, twin.token_hash = uuid4(), "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)

    Invitation.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    assert invite(scene).pk != first.pk


def test_invitation_of_a_member_in_the_same_role_is_refused(scene: Scene):
    with pytest.raises(InvalidInput):
        invite(scene, address=scene.contributor.email)


def test_invitation_keeps_no_token(scene: Scene):
    invitation = invite(scene)

    assert token() not in str(Invitation.objects.filter(pk=invitation.pk).values().get())


@pytest.mark.django_db(transaction=True)
def test_invitation_used_twice_at_once_admits_one():
    scene = Scene()
    invite(scene)
    used, start = token(), Barrier(2)
    outcomes: list[str] = []

    def accept() -> None:
        start.wait()
        try:
            accept_invitation(token=used, by=None, now=timezone.now(), **NEW)
            outcomes.append("in")
        except InvitationGone:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [Thread(target=accept) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["gone", "in"]
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_invite_page_of_a_lead_is_for_their_own_organization(client: Client, scene: Scene):
    scene.sign_in(client, scene.partner.lead)

    page = client.get("/people/invite/").content.decode()
    assert "First partner" in page
    assert "Assessor" not in page
    assert client.get("/people/invite/?organization=other-partner").status_code == 404

    client.post("/people/invite/", {"address": ADDRESS, "role": "coach"})
    assert Invitation.objects.get().organization == scene.partner.organization


def test_invite_page_of_the_program_finds_the_organization(client: Client, scene: Scene):
    scene.sign_in(client, scene.manager)

    assert "?organization=paterson-nj" in client.get("/people/invite/?q=pater").content.decode()
    answer = client.post(
        "/people/invite/?organization=paterson-nj", {"address": ADDRESS, "role": "city_lead"}
    )

    assert answer["Location"] == "/people/invitations/"
    assert ADDRESS in client.get("/people/invitations/").content.decode()


def test_invite_page_keeps_what_was_typed(client: Client, scene: Scene):
    scene.sign_in(client, scene.lead)

    page = client.post("/people/invite/", {"address": "no address", "role": "city_contributor"})

    assert page.status_code == 400
    assert b'value="no address"' in page.content


def test_people_are_listed_for_their_own_organization_only(client: Client, scene: Scene):
    scene.sign_in(client, scene.contributor)

    page = client.get("/people/").content.decode()

    assert scene.lead.email in page
    assert scene.other_lead.email not in page
    assert "/people/invite/" not in page


def test_people_of_every_organization_are_found_by_the_program(client: Client, scene: Scene):
    scene.sign_in(client, scene.manager)

    found = client.get("/people/?q=newark").content.decode()

    assert scene.other_lead.email in found
    assert scene.lead.email not in found


def test_nobody_both_judges_cities_and_works_for_one(scene: Scene):
    for person in (scene.assessor, scene.manager, scene.committee[0]):
        with pytest.raises(InvalidInput) as told:
            invite(scene, address=person.email)
        assert told.value.errors == {
            "address": ["This address can't be invited here. Ask the program office."]
        }
    with pytest.raises(InvalidInput) as told:
        invite(scene, scene.director, organization=scene.office, role=Role.ASSESSOR, address=scene.lead.email)
    assert "City lead of Paterson" in told.value.errors["address"][0]

    invite(scene, address=scene.partner.coach.email)


def test_invitation_does_not_outrun_a_role_that_opposes_it(scene: Scene, client: Client):
    invite(scene)
    person = make_person("Newcomer", scene.office, Role.ASSESSOR)
    Invitation.objects.update(address=person.email)
    scene.sign_in(client, person)

    assert client.post(link()).status_code == 409
    assert not Affiliation.objects.filter(person=person, role=Role.CITY_CONTRIBUTOR).exists()


def test_invited_lead_takes_up_the_citys_open_step(scene: Scene):
    item = scene.one("apply")
    WorkItem.objects.filter(pk=item.pk).update(owner=None)
    invite(scene, scene.manager, role=Role.CITY_LEAD)

    joined = services.join_by_invitation(token=token(), by=None, now=timezone.now(), **NEW)

    item.refresh_from_db()
    assert item.owner == joined.person


@pytest.mark.parametrize("person", ["contributor", "assessor", "coach"])
def test_page_to_invite_says_whose_it_is(scene: Scene, client: Client, person: str):
    scene.sign_in(client, scene.everyone[person])

    assert client.get("/people/invite/").status_code == 403

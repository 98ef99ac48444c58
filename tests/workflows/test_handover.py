"""People come and go: roles changed and ended, accounts closed, and what they owed handed over."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from cases.models import Participation, WorkItem
from core.errors import InvalidInput, NotAllowed
from core.models import AuditEvent
from notifications.models import Notice
from people.enums import Role
from people.models import Affiliation, User
from tests.scenes import Scene
from workflows import services
from workflows.services.membership import LastLead


def membership(person: User) -> Affiliation:
    return Affiliation.objects.get(person=person)


def page_of(person: User) -> str:
    held = membership(person)
    return f"/people/of/{held.organization.slug}/{held.role}/{person.email}/"


def end(scene: Scene, person: User, *, by: User, successor: User | None = None) -> Affiliation:
    return services.end_membership(
        affiliation=membership(person), successor=successor, by=scene.fresh(by), now=timezone.now()
    )


def test_membership_is_ended_by_exactly_these_people(scene: Scene):
    ends = set()
    for name, person in scene.everyone.items():
        row = membership(scene.contributor)
        try:
            end(scene, scene.contributor, by=person)
        except NotAllowed:
            continue
        ends.add(name)
        Affiliation.objects.filter(pk=row.pk).update(until=None)

    assert ends == {"lead", "manager", "director"}


def test_membership_ended_takes_the_rights_today_and_stays_on_record(scene: Scene):
    ended = end(scene, scene.contributor, by=scene.lead)

    assert ended.until is not None
    assert not scene.fresh(scene.contributor).active_affiliations
    assert AuditEvent.objects.filter(action="people.affiliation_ended").count() == 1


def test_membership_of_the_only_lead_is_ended_by_the_program_only(scene: Scene):
    with pytest.raises(LastLead):
        end(scene, scene.partner.lead, by=scene.partner.lead)
    with pytest.raises(LastLead):
        end(scene, scene.lead, by=scene.lead)

    assert end(scene, scene.lead, by=scene.manager).until is not None


def test_membership_of_a_director_is_ended_by_a_director_only(scene: Scene):
    with pytest.raises(NotAllowed):
        end(scene, scene.director, by=scene.manager)


def test_work_goes_to_the_colleague_or_back_to_the_city(scene: Scene):
    item = scene.one("apply")
    assert item.owner == scene.lead
    services.change_role(
        affiliation=membership(scene.contributor),
        role=Role.CITY_LEAD,
        successor=None,
        by=scene.fresh(scene.lead),
        now=timezone.now(),
    )

    end(scene, scene.lead, by=scene.lead, successor=scene.contributor)

    item.refresh_from_db()
    assert item.owner == scene.contributor
    assert AuditEvent.objects.filter(action="cases.work_handed_over", dossier=scene.case.pk).count() == 1


def test_work_without_a_successor_is_on_the_organizations_desk(scene: Scene):
    item = scene.one("apply")

    end(scene, scene.lead, by=scene.manager)

    item.refresh_from_db()
    assert item.owner is None


def test_successor_belongs_to_the_organization(scene: Scene):
    with pytest.raises(InvalidInput) as refusal:
        end(scene, scene.contributor, by=scene.lead, successor=scene.other_lead)

    assert set(refusal.value.errors) == {"successor"}


def test_engagements_of_a_coach_go_to_another_coach(scene: Scene):
    scene.engagements = 1
    item = scene.one("work")
    coach, other = scene.partner.coach, scene.partner.second_coach
    with pytest.raises(InvalidInput):
        end(scene, coach, by=scene.partner.lead)
    with pytest.raises(InvalidInput):
        end(scene, coach, by=scene.partner.lead, successor=scene.partner.lead)

    end(scene, coach, by=scene.partner.lead, successor=other)

    item.refresh_from_db()
    engagement = scene.engagement()
    engagement.refresh_from_db()
    assert item.owner == engagement.coach == other
    running = Participation.objects.filter(case=scene.case, until__isnull=True)
    assert running.filter(person=other).exists()
    assert not running.filter(person=coach).exists()
    services.finish_work_and_route(work_item_id=item.pk, by=scene.fresh(other), now=timezone.now())


def test_reviews_stay_and_the_program_is_told(scene: Scene):
    items = scene.walk_to("review")
    assessor = items[0].owner

    end(scene, assessor, by=scene.manager)

    assert WorkItem.objects.get(pk=items[0].pk).owner == assessor
    told = set(Notice.objects.filter(kind="people.membership_ended").values_list("person__email", flat=True))
    assert told == {scene.manager.email, scene.director.email}


def test_role_is_changed_only_to_one_that_the_lead_may_give(scene: Scene):
    for role in (Role.COACH, Role.CITY_CONTRIBUTOR):
        with pytest.raises(InvalidInput):
            services.change_role(
                affiliation=membership(scene.contributor),
                role=role,
                successor=None,
                by=scene.fresh(scene.lead),
                now=timezone.now(),
            )


def test_account_closed_ends_sessions_and_gives_work_back(client: Client, scene: Scene):
    item = scene.one("apply")
    scene.lead.set_password("a long enough secret")
    scene.lead.save()
    client.post("/accounts/login/", {"login": scene.lead.email, "password": "a long enough secret"})
    assert UserSession.objects.filter(user=scene.lead).exists()
    program = scene.sign_in(Client(), scene.manager)

    answer = program.post(page_of(scene.lead), {"deed": "close"})

    assert answer["Location"] == "/people/"
    item.refresh_from_db()
    assert item.owner is None
    assert not UserSession.objects.filter(user=scene.lead).exists()
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")
    assert membership(scene.lead).until is None

    program.post(page_of(scene.lead), {"deed": "open"})
    assert scene.fresh(scene.lead).is_active


def test_account_of_a_coach_is_closed_at_once_and_the_partner_told(scene: Scene):
    scene.engagements = 1
    scene.one("work")

    services.close_account(person=scene.partner.coach, by=scene.manager, now=timezone.now())

    told = set(Notice.objects.filter(kind="people.membership_ended").values_list("person__email", flat=True))
    assert told == {scene.partner.lead.email, scene.manager.email, scene.director.email}
    end(scene, scene.partner.coach, by=scene.partner.lead, successor=scene.partner.second_coach)


def test_account_is_closed_by_the_program_only_and_nobody_their_own(scene: Scene):
    for by in (scene.lead, scene.partner.lead, scene.contributor):
        with pytest.raises(NotAllowed):
            services.close_account(person=scene.contributor, by=by, now=timezone.now())
    for person in (scene.manager, scene.director):
        with pytest.raises(NotAllowed):
            services.close_account(person=person, by=scene.manager, now=timezone.now())


def test_membership_page_shows_what_is_owed_and_changes_it(client: Client, scene: Scene):
    scene.engagements = 1
    scene.one("work")
    scene.sign_in(client, scene.partner.lead)
    address = page_of(scene.partner.coach)

    page = client.get(address).content.decode()
    assert "Paterson" in page
    assert "Deactivate" not in page
    assert client.post(address, {"deed": "end"}).status_code == 400
    answer = client.post(address, {"deed": "end", "successor": scene.partner.second_coach.pk})

    assert answer["Location"] == "/people/"
    assert membership(scene.partner.coach).until is not None


@pytest.mark.parametrize(("person", "status"), [("contributor", 403), ("other_lead", 404), ("coach", 404)])
def test_membership_page_is_for_leads_and_program(client: Client, scene: Scene, person: str, status: int):
    scene.sign_in(client, scene.everyone[person])

    assert client.get(page_of(scene.lead)).status_code == status


def test_membership_page_asks_what_to_change(client: Client, scene: Scene):
    scene.sign_in(client, scene.lead)

    assert client.post(page_of(scene.contributor), {"deed": "x"}).status_code == 400

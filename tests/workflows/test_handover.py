"""People come and go: roles changed and ended, accounts closed, and what they owed handed over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from cases.enums import ParticipationRole
from cases.models import Participation, WorkItem
from cases.services import cover_item
from certification.models import Review
from coaching.enums import NoteAudience
from coaching.services import write_note
from core.errors import InvalidInput, NotAllowed
from core.models import AuditEvent
from notifications.models import Notice
from people.enums import Role
from people.models import Absence, Affiliation, User
from tests.cast import make_person
from tests.coaching.actions import agree
from tests.scenes import Scene
from workflows import services
from workflows.forms.desk import CaseFilter
from workflows.models import CityStatus
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


def test_changes_of_leads_are_told_to_the_person_and_the_program(scene: Scene):
    services.change_role(
        affiliation=membership(scene.contributor),
        role=Role.CITY_LEAD,
        successor=None,
        by=scene.fresh(scene.lead),
        now=timezone.now(),
    )

    end(scene, scene.lead, by=scene.contributor)

    told = Notice.objects.filter(kind="people.membership_changed").order_by("created_at")
    assert [(one.person, one.subject) for one in told] == [
        (scene.contributor, "You are now City lead of Paterson"),
        (scene.lead, "You are no longer City lead of Paterson"),
    ]
    heard = Notice.objects.filter(kind="people.city_lead_made")
    page = f"/people/of/{scene.city.slug}/city_lead/{scene.contributor.email}/"
    assert {(one.person, one.url) for one in heard} == {(scene.manager, page), (scene.director, page)}


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


def test_coach_leaves_the_engagements_to_the_partner_without_a_successor(client: Client, scene: Scene):
    scene.engagements = 1
    item = scene.one("work")
    agree(scene, owner=scene.partner.coach)

    end(scene, scene.partner.coach, by=scene.partner.lead)

    item.refresh_from_db()
    assert item.owner is None
    assert scene.engagement().coach is None
    assert not WorkItem.objects.open().filter(owner=scene.partner.coach).exists()
    notice = Notice.objects.get(kind="people.membership_ended", person=scene.partner.lead)
    assert "Name a coach" in scene.sign_in(client, scene.partner.lead).get(notice.url).content.decode()


def test_one_page_lists_everything_that_somebody_owes_but_no_private_note(client: Client, scene: Scene):
    scene.engagements = 1
    scene.one("work")
    coach, other, now = scene.partner.coach, scene.partner.second_coach, timezone.now()
    agree(scene, owner=coach)
    engagement = scene.engagement()
    for audience in NoteAudience:
        write_note(
            engagement_id=engagement.pk,
            audience=audience,
            text=f"Only for {audience}",
            key=uuid4(),
            by=coach,
            now=now,
        )
    today = timezone.localdate()
    days = {"begins_on": today, "ends_on": today + timedelta(days=3), "note": ""}
    services.set_absence(person=other, substitute=coach, by=other, now=now, **days)
    held = WorkItem.objects.create(
        kind="action_item",
        step="action_item",
        case=scene.case,
        party="partner",
        organization=scene.partner.organization,
        owner=coach,
        topic="The list of the second coach",
        opened_at=now,
        due_at=now,
    )
    cover = cover_item(item=held, absence=Absence.objects.get(), holder=coach, by=scene.system, now=now)

    page = scene.sign_in(client, scene.partner.lead).get(page_of(coach)).content.decode()

    owed = ("Coaches", "Action item", "Stands in for Second coach", "Holds for Second coach")
    assert [words for words in owed if words not in page] == []
    assert "Only for" not in page

    end(scene, coach, by=scene.partner.lead, successor=other)

    cover.refresh_from_db()
    held.refresh_from_db()
    assert cover.ended_at is not None
    assert held.owner == scene.engagement().coach == other
    assert not Absence.objects.filter(until__gt=timezone.now()).exists()
    assert Notice.objects.filter(kind="people.substitute_changed", person=other).exists()
    told = Notice.objects.exclude(text="").values_list("text", flat=True)
    assert not [text for text in told if "Only for" in text]


def test_successor_stands_in_where_the_one_who_left_did(scene: Scene):
    third = make_person("Third coach", scene.partner.organization, Role.COACH)
    today = timezone.localdate()
    services.set_absence(
        person=scene.partner.second_coach,
        substitute=scene.partner.coach,
        begins_on=today,
        ends_on=today,
        note="",
        by=scene.partner.second_coach,
        now=timezone.now(),
    )

    end(scene, scene.partner.coach, by=scene.partner.lead, successor=third)

    absence = Absence.objects.get()
    assert (absence.substitute, absence.ended_at) == (third, None)
    Affiliation.objects.create(
        person=third,
        organization=scene.partner.organization,
        role=Role.PARTNER_LEAD,
        since=timezone.localdate(),
    )
    services.end_membership(
        affiliation=third.affiliations.get(role=Role.PARTNER_LEAD),
        successor=None,
        by=scene.manager,
        now=timezone.now(),
    )
    assert Absence.objects.get().substitute == third
    services.close_account(person=scene.partner.second_coach, by=scene.manager, now=timezone.now())
    absence.refresh_from_db()
    assert absence.ended_at is not None


def test_reviews_wait_until_the_program_names_another_assessor(client: Client, scene: Scene):
    items = scene.walk_to("review")
    item = next(one for one in items if one.owner == scene.reconciler)
    scene.sign_in(client, scene.manager)

    end(scene, scene.reconciler, by=scene.manager)

    item.refresh_from_db()
    assert item.owner is None
    told = set(Notice.objects.filter(kind="people.membership_ended").values_list("person__email", flat=True))
    assert told == {scene.manager.email, scene.director.email}
    address = f"/cases/{scene.case.pk}/assessor/"
    chosen = {"leaving": scene.reconciler.pk, "successor": scene.assessor.pk}
    client.post(address, chosen)
    assert WorkItem.objects.get(pk=item.pk).owner is None
    assert "Name another assessor" in client.get(f"/cases/{scene.case.pk}/people/").content.decode()
    client.post(address, chosen | {"successor": scene.other_assessor.pk})
    assert WorkItem.objects.get(pk=item.pk).owner == scene.other_assessor
    assert running_parts(scene, ParticipationRole.ASSESSOR) == {scene.assessor, scene.other_assessor}
    assert Notice.objects.filter(person=scene.other_assessor, kind="people.work_taken_over").count() == 1
    scene.reconciler = scene.other_assessor
    scene.one("release_report")


def running_parts(scene: Scene, role: ParticipationRole) -> set[User | None]:
    parts = Participation.objects.filter(case=scene.case, role=role, until__isnull=True, person__isnull=False)
    return {part.person for part in parts}


def test_review_goes_to_an_assessor_without_conflict_and_its_draft_counts_no_more(scene: Scene):
    item = next(one for one in scene.walk_to("review") if one.owner == scene.assessor)
    review = Review.objects.get(pk=item.subject)
    response = review.assessment.responses.first()
    services.keep_finding(
        review_id=review.pk,
        response_id=response.pk,
        outcome="not_met",
        comment="Nothing is shown.",
        by=scene.assessor,
        now=timezone.now(),
    )
    for wrong in (scene.reconciler, scene.committee[0], scene.manager):
        with pytest.raises(InvalidInput):
            end(scene, scene.assessor, by=scene.manager, successor=wrong)

    end(scene, scene.assessor, by=scene.manager, successor=scene.other_assessor)

    item.refresh_from_db()
    review.refresh_from_db()
    assert item.owner == review.assessor == scene.other_assessor
    assert not review.findings.current().exists()


def test_cases_of_a_manager_go_to_somebody_of_the_program_only(scene: Scene):
    scene.start_at("assign_assessors")
    item = scene.one("assign_assessors")
    for wrong in (scene.committee[0], scene.assessor, scene.lead):
        with pytest.raises(InvalidInput):
            end(scene, scene.manager, by=scene.director, successor=wrong)

    end(scene, scene.manager, by=scene.director, successor=scene.director)

    item.refresh_from_db()
    assert item.owner == scene.director
    assert running_parts(scene, ParticipationRole.MANAGER) == {scene.director}
    notice = Notice.objects.get(kind="people.work_taken_over")
    assert notice.person == scene.director
    assert "Paterson: Assign two assessors" in notice.text
    assert "Paterson: manager of the case" in notice.text


def test_case_without_a_manager_is_listed_and_taken_over(client: Client, scene: Scene):
    scene.start_at("assign_assessors")
    end(scene, scene.manager, by=scene.director)
    assert running_parts(scene, ParticipationRole.MANAGER) == set()
    scene.sign_in(client, scene.director)
    people = f"/cases/{scene.case.pk}/people/"

    assert "Paterson" in client.get("/cases/", {"manager": "nobody"}).content.decode()
    assert "Nobody manages this case" in client.get(people).content.decode()
    client.post(f"/cases/{scene.case.pk}/manage/")

    assert running_parts(scene, ParticipationRole.MANAGER) == {scene.director}
    assert scene.one("assign_assessors").owner == scene.director
    assert "Nobody manages this case" not in client.get(people).content.decode()
    rows = CaseFilter({"manager": "nobody"}, reader=scene.director).narrow(CityStatus.objects.all())
    assert not rows.exists()


def test_manager_who_becomes_director_keeps_the_cases(scene: Scene):
    scene.start_at("assign_assessors")

    services.change_role(
        affiliation=membership(scene.manager),
        role=Role.PROGRAM_DIRECTOR,
        successor=None,
        by=scene.fresh(scene.director),
        now=timezone.now(),
    )

    assert running_parts(scene, ParticipationRole.MANAGER) == {scene.manager}
    assert scene.one("assign_assessors").owner == scene.manager


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


def test_account_of_a_coach_is_closed_at_once_and_the_partner_names_another(client: Client, scene: Scene):
    scene.engagements = 1
    scene.one("work")

    services.close_account(person=scene.partner.coach, by=scene.manager, now=timezone.now())

    assert not WorkItem.objects.open().filter(owner=scene.partner.coach).exists()
    told = set(Notice.objects.filter(kind="people.membership_ended").values_list("person__email", flat=True))
    assert told == {scene.partner.lead.email, scene.manager.email, scene.director.email}
    notice = Notice.objects.get(kind="people.membership_ended", person=scene.partner.lead)
    scene.sign_in(client, scene.partner.lead)
    item = scene.one("work")
    assert client.get(item.get_absolute_url())["Location"] == notice.url
    assert "Name a coach" in client.get(notice.url).content.decode()
    assert client.post(notice.url, {"deed": "coach", "coach": scene.lead.pk}).status_code == 400
    answer = client.post(notice.url, {"deed": "coach", "coach": scene.partner.second_coach.pk})
    assert answer["Location"] == notice.url
    assert scene.engagement().coach == scene.one("work").owner == scene.partner.second_coach
    assert client.post(notice.url, {"deed": "coach", "coach": scene.partner.lead.pk}).status_code == 400
    scene.sign_in(client, scene.partner.second_coach)
    assert client.post(notice.url, {"deed": "coach", "coach": scene.partner.coach.pk}).status_code == 403


def test_account_is_closed_with_a_successor_for_each_membership(client: Client, scene: Scene):
    scene.engagements = 1
    item = scene.one("work")
    held = membership(scene.partner.coach)
    scene.sign_in(client, scene.manager)

    client.post(
        page_of(scene.partner.coach),
        {"deed": "close", f"successor_{held.pk}": scene.partner.second_coach.pk},
    )

    item.refresh_from_db()
    assert not scene.fresh(scene.partner.coach).is_active
    assert item.owner == scene.engagement().coach == scene.partner.second_coach
    assert not Notice.objects.filter(kind="people.membership_ended").exists()


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
    assert client.post(address, {"deed": "end", "successor": scene.partner.lead.pk}).status_code == 400
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

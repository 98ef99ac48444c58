"""Criteria given to contributors: who may, what they write, how it ends, and who learns of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.deadlines import DAYS_BEFORE, calendar_of
from cases.models import WorkItem
from certification.enums import DelegationStatus
from certification.models import Delegation, Response
from certification.services import save_answer
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from notifications.models import Delivery, Notice, Reminder
from notifications.services import send_due_reminders
from people.enums import Role
from people.models import Affiliation, Invitation, User
from people.permissions import Permission
from standards.models import PracticeArea
from tests.cast import make_person
from tests.scenes import Scene
from tests.workflows.pages import statuses, tab
from workflows import services
from workflows.ball import ball_of
from workflows.flows.checks import disagreements
from workflows.selectors import open_work_for
from workflows.services.delegation import TOLD, Part


@pytest.fixture
def writing(scene: Scene) -> Scene:
    """The city answers its self-assessment."""
    scene.one("self_assess")
    return scene


def area(scene: Scene, code: str) -> Part:
    return Part(area=PracticeArea.objects.get(standard=scene.standard, code=code))


def give(scene: Scene, part: Part | None = None, **changes: Any) -> Delegation:
    values = {"person": scene.contributor, "address": "", "by": scene.lead, "now": scene.tick()} | changes
    return services.delegate(case_id=scene.case.pk, part=part or Part("DM1"), **values)


def write(scene: Scene, code: str, by: User, **changes: Any) -> Response:
    response = scene.response(code)
    values = {
        "self_rating": "met",
        "rating_reason": "So it is.",
        "narrative": "We do.",
        "ticked": [],
    } | changes
    now = scene.tick()
    return save_answer(response_id=response.pk, version=response.version, by=by, now=now, **values)


def work(scene: Scene) -> list[WorkItem]:
    return list(WorkItem.objects.open().filter(case=scene.case, step="delegation").order_by("opened_at"))


def told(person: User) -> list[str]:
    notices = Notice.objects.filter(kind=TOLD, person=person).order_by("created_at")
    return list(notices.values_list("subject", flat=True))


def test_delegated_criterion_is_on_the_contributors_desk_and_nobody_elses(writing: Scene) -> None:
    give(writing)

    (item,) = work(writing)
    desks = {name for name, one in writing.everyone.items() if item in open_work_for(writing.fresh(one))}
    seen = {
        name
        for name, one in writing.everyone.items()
        if item in WorkItem.objects.visible_to(writing.fresh(one))
    }
    assert str(item.title) == "Answer for your city: DM1"
    assert desks == {"contributor"}
    assert seen == {"lead", "contributor", "sponsor", "manager", "director"}
    assert told(writing.contributor) == ["For you to answer: DM1, Paterson"]


def test_delegation_falls_due_before_the_step_itself(writing: Scene) -> None:
    step = writing.item("self_assess")
    calendar = calendar_of(writing.city.organization)

    give(writing)
    by_policy = work(writing)[0].due_at
    WorkItem.objects.filter(pk=step.pk).update(due_at=calendar.due_at(writing.now, 8))
    give(writing, Part("DM2"))
    before_the_step = work(writing)[1].due_at

    assert by_policy == calendar.due_at(writing.now, 15)
    assert before_the_step == calendar.due_at(writing.now, 8 - DAYS_BEFORE)


def test_status_and_ball_speak_of_the_step_and_the_engine_agrees(writing: Scene) -> None:
    WorkItem.objects.filter(pk=writing.item("self_assess").pk).update(
        due_at=writing.now + timedelta(days=400)
    )

    give(writing)

    assert (writing.status.waiting_on, writing.status.next_step) == ("city", "self_assess")
    assert writing.status.waiting_on_all == ["city"]
    ball = ball_of(writing.case, user=writing.fresh(writing.contributor))
    assert ball.first is not None
    assert ball.first.step == "self_assess"
    assert ball.mine == work(writing)[0]
    assert list(disagreements(today=writing.today)) == []


def test_contributor_writes_exactly_what_is_delegated(writing: Scene) -> None:
    give(writing, area(writing, "DM"))

    write(writing, "DM1", writing.contributor)
    write(writing, "DM2", writing.contributor)
    with pytest.raises(NotAllowed):
        write(writing, "OD1", writing.contributor)
    write(writing, "DM1", writing.lead, narrative="The lead's words.")

    may = {
        name
        for name, one in writing.everyone.items()
        if writing.fresh(one).has_perm(Permission.EDIT_ANSWERS, writing.response("DM1"))
    }
    assert may == {"lead", "contributor"}
    assert not writing.contributor.has_perm(Permission.SUBMIT_ASSESSMENT, writing.assessment)


def test_only_the_lead_delegates_and_takes_back(writing: Scene) -> None:
    delegation = give(writing)
    may = set()
    for name, person in writing.everyone.items():
        try:
            give(writing, Part("OD1"), by=writing.fresh(person))
        except (NotAllowed, NotFound):
            with pytest.raises((NotAllowed, NotFound)):
                services.take_back_delegation(
                    delegation_id=delegation.pk, by=writing.fresh(person), now=writing.tick()
                )
        else:
            may.add(name)

    assert may == {"lead"}


def test_delegation_goes_to_contributors_of_the_city_only(writing: Scene) -> None:
    for person in (writing.lead, writing.sponsor, writing.other_contributor, writing.partner.coach):
        with pytest.raises(InvalidInput) as refusal:
            give(writing, person=person)
        assert set(refusal.value.errors) == {"person"}

    with pytest.raises(InvalidInput):
        give(writing, person=None)
    with pytest.raises(InvalidInput):
        give(writing, Part("XX9"))
    assert not Delegation.objects.exists()


def test_taken_back_means_no_writing_and_no_work(writing: Scene) -> None:
    delegation = give(writing)
    write(writing, "DM1", writing.contributor)

    services.take_back_delegation(delegation_id=delegation.pk, by=writing.lead, now=writing.tick())

    with pytest.raises(NotAllowed):
        write(writing, "DM1", writing.contributor)
    with pytest.raises(WrongState):
        services.take_back_delegation(delegation_id=delegation.pk, by=writing.lead, now=writing.tick())
    assert writing.response("DM1").narrative == "We do."
    assert work(writing) == []
    assert told(writing.contributor)[-1] == "Nothing more to answer: Paterson"


def test_criterion_lies_with_one_person_at_a_time(writing: Scene) -> None:
    colleague = make_person("Colleague", writing.city.organization, Role.CITY_CONTRIBUTOR)
    whole = give(writing, area(writing, "DM"))
    give(writing, Part("DM1"), person=colleague)
    rest = work(writing)[0].topic

    with pytest.raises(NotAllowed):
        write(writing, "DM1", writing.contributor)
    with pytest.raises(InvalidInput):
        give(writing, Part("DM1"), person=colleague)
    give(writing, Part("DM2"), person=colleague)

    whole.refresh_from_db()
    assert rest == "Data management (DM2)"
    assert whole.status == DelegationStatus.ENDED
    assert {item.owner for item in work(writing)} == {colleague}


def test_done_closes_the_work_tells_the_lead_and_leaves_the_pen(writing: Scene) -> None:
    give(writing)
    (item,) = work(writing)
    with pytest.raises(NotAllowed):
        services.finish_delegation(work_item_id=item.pk, by=writing.lead, now=writing.tick())

    services.finish_delegation(work_item_id=item.pk, by=writing.contributor, now=writing.tick())

    assert work(writing) == []
    assert told(writing.lead) == [f"{writing.contributor.name} is done with DM1"]
    assert told(writing.other_lead) == []
    write(writing, "DM1", writing.contributor)
    with pytest.raises(WrongState):
        services.finish_delegation(work_item_id=item.pk, by=writing.contributor, now=writing.tick())


def test_reminders_follow_the_person_who_owes_it(writing: Scene) -> None:
    colleague = make_person("Colleague", writing.city.organization, Role.CITY_CONTRIBUTOR)
    give(writing)
    (item,) = work(writing)
    held = Affiliation.objects.get(person=writing.contributor)
    services.end_membership(affiliation=held, successor=colleague, by=writing.lead, now=timezone.now())

    send_due_reminders(now=item.due_at - timedelta(hours=1))

    reminded = Notice.objects.filter(obligation=item.pk)
    assert [one.person for one in reminded] == [colleague]
    assert "DM1" in reminded[0].subject
    write(writing, "DM1", writing.fresh(colleague))


def test_delegation_ends_with_the_membership_and_with_the_account(writing: Scene) -> None:
    for end in (
        lambda: services.end_membership(
            affiliation=Affiliation.objects.get(person=writing.contributor, until__isnull=True),
            successor=None,
            by=writing.lead,
            now=timezone.now(),
        ),
        lambda: services.close_account(person=writing.contributor, by=writing.manager, now=timezone.now()),
    ):
        Affiliation.objects.filter(person=writing.contributor).update(until=None)
        delegation = give(writing)
        end()
        delegation.refresh_from_db()
        assert delegation.status == DelegationStatus.ENDED
        assert work(writing) == []
        assert writing.response("DM1").delegation is None
    assert list(disagreements(today=writing.today)) == []


@pytest.mark.parametrize("end", ["submitted", "withdrawn"])
def test_delegation_ends_with_the_round_and_with_the_case(writing: Scene, end: str) -> None:
    delegation = give(writing)
    if end == "submitted":
        writing.self_assess(writing.item("self_assess"))
    else:
        services.withdraw_case(
            case_id=writing.case.pk, reason="An election.", by=writing.lead, now=writing.tick()
        )

    delegation.refresh_from_db()
    assert delegation.status == DelegationStatus.ENDED
    assert work(writing) == []
    assert not Reminder.objects.filter(kind="cases.work_due", state="planned", obligation=delegation.pk)
    with pytest.raises(WrongState):
        give(writing)


def test_who_is_invited_finds_the_delegation_when_they_join(writing: Scene, client: Client) -> None:
    page = tab(writing, "delegations")
    writing.sign_in(client, writing.lead)
    address = "data.office@paterson.example"
    answer = client.post(page, {"what": "area:DM", "person": "", "address": address.upper()})
    waiting = client.get(page).content.decode()
    (delegation,) = Delegation.objects.all()
    assert answer.status_code == 302
    assert (delegation.status, delegation.holder) == (DelegationStatus.INVITED, address)
    assert "Invited" in waiting
    assert address in waiting
    assert work(writing) == []

    mail = Delivery.objects.get(notice__address=address).notice
    client.logout()
    joined = client.post(mail.url, {"name": "Data office", "password": "a sentence nobody knows"})

    delegation.refresh_from_db()
    (item,) = work(writing)
    assert joined.status_code == 302
    assert delegation.status == DelegationStatus.OPEN
    assert item.owner == delegation.person
    assert item.owner.email == address
    assert item.topic == "Data management"
    write(writing, "DM2", item.owner)


def test_invitation_is_used_again_and_revoking_it_ends_what_waits(writing: Scene) -> None:
    give(writing, person=None, address="new@paterson.example")
    give(writing, Part("DM2"), person=None, address="New@paterson.example")
    with pytest.raises(InvalidInput):
        give(writing, Part("DM2"), person=None, address="new@paterson.example")
    known = give(writing, Part("OD1"), person=None, address=writing.contributor.email)
    invitation = Invitation.objects.get(role=Role.CITY_CONTRIBUTOR)

    services.withdraw_invitation(invitation=invitation, by=writing.lead, now=timezone.now())

    assert known.person == writing.contributor
    waiting = Delegation.objects.exclude(pk=known.pk)
    assert {one.status for one in waiting} == {DelegationStatus.ENDED}
    assert writing.response("DM2").delegation is None


def test_pages_of_a_delegation(writing: Scene, client: Client) -> None:
    page, sheet = tab(writing, "delegations"), tab(writing, "assessment")
    writing.sign_in(client, writing.lead)
    wrong = client.post(page, {"what": "DM1"})
    client.post(page, {"what": "DM1", "person": writing.contributor.pk})
    overview = client.get(page).content.decode()
    delegation = Delegation.objects.get()
    seen = statuses(writing, client, page, *writing.everyone)
    writing.sign_in(client, writing.contributor)
    refused = client.post(page, {"what": "DM2", "person": writing.contributor.pk}).status_code
    kept = client.post(reverse("workflows:delegation-end", args=[delegation.pk])).status_code
    mine = client.get(f"{sheet}?show=mine").content.decode()
    own = client.get(work(writing)[0].get_absolute_url()).content.decode()
    writing.sign_in(client, writing.other_lead)
    foreign = client.post(reverse("workflows:delegation-end", args=[delegation.pk])).status_code

    assert wrong.status_code == 400
    assert "Choose a contributor or enter an address" in wrong.content.decode()
    assert writing.contributor.name in overview
    assert {name for name, status in seen.items() if status == 200} == {"lead", "contributor", "sponsor"}
    assert set(seen.values()) == {200, 302, 404}
    assert (refused, kept, foreign) == (403, 403, 404)
    assert "Delegated to" in mine
    assert set(re.findall(r"show=mine&(?:amp;)?criterion=(\w+)", mine)) == {"DM1"}
    assert "One criterion is still open." in own


def test_last_answer_on_the_way_says_that_it_is_done(writing: Scene, client: Client) -> None:
    give(writing, area(writing, "DM"))
    writing.sign_in(client, writing.contributor)
    said = []
    for code in ("DM1", "DM2"):
        address = reverse("workflows:answer", args=[writing.response(code).pk])
        typed = {"version": 0, "narrative": "We do.", "self_rating": "not_met", "action": "next"}
        said.append(client.post(f"{address}?show=mine", typed, follow=True).content.decode())

    assert "has been told" not in said[0]
    assert "criterion=DM2" in said[0]
    assert "Everything delegated to you is answered." in said[1]
    assert work(writing) == []
    assert told(writing.lead) == [f"{writing.contributor.name} is done with Data management"]


def test_sheet_shows_what_is_asked_for(writing: Scene, client: Client) -> None:
    write(writing, "DM1", writing.lead)
    give(writing, area(writing, "OD"))
    writing.sign_in(client, writing.lead)

    def codes(show: str) -> set[str]:
        page = client.get(f"{tab(writing, 'assessment')}?show={show}").content.decode()
        return set(re.findall(r'criterion=(\w+)"[^>]*title=', page))

    assert codes("unanswered") == {"DM2"}
    assert codes("mine") == {"DM1", "DM2"}
    assert codes("nonsense") == {"DM1", "DM2"}


def test_delegations_are_for_the_people_of_the_city(writing: Scene) -> None:
    give(writing)

    seen = {
        name
        for name, one in writing.everyone.items()
        if Delegation.objects.visible_to(writing.fresh(one)).exists()
    }

    assert seen == {"lead", "contributor", "sponsor"}
    assert not Delegation.objects.visible_to(None).exists()
    assert not writing.lead.has_perm(Permission.DELEGATE_CRITERIA)
    assert not AnonymousUser().has_perm("certification.delegate_criteria")

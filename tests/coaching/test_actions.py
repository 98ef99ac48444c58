"""Action items: on whose desk, until when, done, passed on, dropped, and who learns of them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import WorkItem
from coaching.models import ActionItem
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice, Reminder
from people.models import User
from tests.coaching.actions import agree
from tests.scenes import Scene
from tests.workflows.pages import page_for, page_of
from workflows import services
from workflows.models import CityStatus
from workflows.selectors import may_do, open_work_for


@pytest.fixture
def coached(scene: Scene) -> Scene:
    """Both engagements are under way."""
    scene.walk_to("work")
    return scene


def on_desks(scene: Scene, item: WorkItem) -> set[str]:
    return {name for name, person in scene.everyone.items() if may_do(scene.fresh(person), item)}


def address(action: ActionItem) -> str:
    return reverse("workflows:action-item", args=[action.pk])


def address_of_list(scene: Scene) -> str:
    return reverse("workflows:action-items", args=[scene.engagement().pk])


def test_it_is_on_its_owners_desk_alone_and_due_at_the_end_of_their_day(coached: Scene) -> None:
    of_city = agree(coached, owner=coached.contributor, due_on=date(2030, 7, 1))
    of_partner = agree(coached, owner=coached.partner.coach, due_on=date(2030, 7, 1), by=coached.lead)

    assert on_desks(coached, of_city.work_item) == {"contributor"}
    assert on_desks(coached, of_partner.work_item) == {"coach"}
    assert of_city.work_item.due_at == datetime(2030, 7, 1, 21, tzinfo=UTC)
    assert (of_city.work_item.party, of_partner.work_item.party) == ("city", "partner")
    assert str(of_city.work_item.title) == "Action item: List the data sets"
    assert str(of_city) == "List the data sets"
    on_a_saturday = agree(coached, due_on=date(2030, 7, 6))
    assert on_a_saturday.work_item.due_at == datetime(2030, 7, 8, 21, tzinfo=UTC)
    assert Reminder.objects.filter(obligation=of_city.work_item_id).exists()


def test_its_owner_is_told_and_whoever_sets_their_own_is_not(coached: Scene) -> None:
    told = agree(coached, owner=coached.contributor)
    own = agree(coached, owner=coached.partner.coach)

    notice = Notice.objects.get(obligation=told.pk)
    assert notice.person == coached.contributor
    assert notice.subject == "For you to do: List the data sets, Paterson"
    assert notice.url == address(told)
    assert not Notice.objects.filter(obligation=own.pk).exists()


def test_the_step_of_the_path_stays_what_the_case_waits_for(coached: Scene) -> None:
    agree(coached, owner=coached.lead, due_on=coached.today)

    status = CityStatus.objects.get(city=coached.city)
    assert (status.waiting_on, status.next_step) == ("partner", "respond")
    assert set(status.waiting_on_all) == {"partner", "city"}


def test_same_form_sent_twice_is_one_action_item(coached: Scene) -> None:
    key = uuid4()

    first, second = agree(coached, key=key), agree(coached, key=key)

    assert first == second
    assert Notice.objects.filter(obligation=first.pk).count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"due_on": date(2020, 1, 1)}, "due_on"),
    ],
)
def test_bad_input_is_refused_at_its_field(coached: Scene, given: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        agree(coached, **given)

    assert set(refused.value.errors) == {field}


def test_owner_works_for_this_city_or_this_partner_and_the_criterion_is_coached(coached: Scene) -> None:
    foreign = coached.standard.areas.exclude(pk__in=coached.engagement().areas.all()).first()
    assert foreign is not None

    for person in (coached.sponsor, coached.manager, coached.other_partner.coach, coached.other_lead):
        with pytest.raises(InvalidInput) as refused:
            agree(coached, owner=person)
        assert set(refused.value.errors) == {"owner"}
    with pytest.raises(InvalidInput) as refused:
        agree(coached, criterion=foreign.criteria.first())
    assert set(refused.value.errors) == {"criterion"}


def test_partner_and_city_lead_set_them_nobody_else(coached: Scene) -> None:
    agree(coached, by=coached.lead)
    agree(coached, by=coached.partner.lead)

    for person in (coached.contributor, coached.sponsor, coached.manager):
        with pytest.raises(NotAllowed):
            agree(coached, by=person)
    for person in (coached.other_partner.coach, coached.other_lead, coached.assessor):
        with pytest.raises(NotFound):
            agree(coached, by=person)


def test_done_is_off_the_desk_with_what_came_of_it(coached: Scene) -> None:
    action = agree(coached)

    services.finish_action_item(
        action_id=action.pk, outcome=" 41 data sets. ", by=coached.contributor, now=coached.tick()
    )

    action = ActionItem.objects.get()
    assert (action.outcome, action.is_open, action.dropped_at) == ("41 data sets.", False, None)
    assert not open_work_for(coached.fresh(coached.contributor)).exists()
    assert not Reminder.objects.filter(obligation=action.work_item_id, state="planned").exists()
    with pytest.raises(WrongState):
        services.finish_action_item(
            action_id=action.pk, outcome="", by=coached.contributor, now=coached.tick()
        )


def test_passed_on_keeps_its_date_and_changes_the_party(coached: Scene) -> None:
    action = agree(coached, owner=coached.contributor)
    due_at = action.work_item.due_at

    services.pass_on_action_item(
        action_id=action.pk, owner=coached.partner.lead, by=coached.contributor, now=coached.tick()
    )

    item = WorkItem.objects.get(pk=action.work_item_id)
    assert (item.owner, item.party, item.due_at) == (coached.partner.lead, "partner", due_at)
    assert item.organization == coached.partner.organization
    assert Notice.objects.filter(obligation=action.pk, person=coached.partner.lead).exists()


def test_dropping_needs_a_reason_and_whoever_may_set_them(coached: Scene) -> None:
    action = agree(coached)
    drop = {"action_id": action.pk, "now": coached.tick()}

    with pytest.raises(NotAllowed):
        services.drop_action_item(reason="No.", by=coached.fresh(coached.contributor), **drop)
    with pytest.raises(InvalidInput):
        services.drop_action_item(reason=" ", by=coached.lead, **drop)
    services.drop_action_item(reason="Done elsewhere.", by=coached.lead, **drop)

    action = ActionItem.objects.get()
    assert (action.is_open, action.dropped_by, action.outcome) == (False, coached.lead, "Done elsewhere.")
    notice = Notice.objects.filter(obligation=action.pk, person=coached.contributor).first()
    assert notice is not None
    assert "Done elsewhere." in notice.text


def test_open_ones_end_with_the_engagement_and_with_the_case(coached: Scene) -> None:
    action = agree(coached)
    other = agree(coached, owner=coached.partner.coach)
    services.finish_action_item(action_id=other.pk, outcome="", by=coached.partner.coach, now=coached.tick())

    services.withdraw_case(case_id=coached.case.pk, reason="No staff.", by=coached.lead, now=coached.tick())

    ended = ActionItem.objects.get(pk=action.pk)
    assert (ended.is_open, ended.outcome) == (False, "Open when the engagement ended.")
    assert ActionItem.objects.get(pk=other.pk).dropped_at is None
    with pytest.raises(WrongState):
        agree(coached)


def test_another_coach_takes_over_what_the_former_one_agreed_to_do(coached: Scene) -> None:
    of_coach = agree(coached, owner=coached.partner.coach)
    of_lead = agree(coached, owner=coached.partner.lead)

    services.name_coach(
        engagement_id=coached.engagement().pk,
        coach=coached.partner.second_coach,
        by=coached.partner.lead,
        now=coached.tick(),
    )

    assert WorkItem.objects.get(pk=of_coach.work_item_id).owner == coached.partner.second_coach
    assert WorkItem.objects.get(pk=of_lead.work_item_id).owner == coached.partner.lead


def test_its_words_stay_out_of_audit_and_other_partners_case_file(coached: Scene, client: Client) -> None:
    agree(coached, text="Replace the director of works")

    assert not AuditEvent.objects.filter(new__icontains="Replace the director").exists()
    for name in ("case-detail", "case-deadlines", "case-coaching"):
        url = reverse(f"workflows:{name}", args=[coached.case.pk])
        for reader in (coached.other_partner.lead, coached.other_partner.coach, coached.assessor):
            assert "director of works" not in page_for(coached, client, reader, url)
        assert name != "case-deadlines" or "director of works" in page_for(coached, client, coached.lead, url)


def test_pages_lead_from_the_form_to_the_desk_and_to_done(coached: Scene, client: Client) -> None:
    coached.sign_in(client, coached.partner.coach)
    form = {
        "key": str(uuid4()),
        "text": "List the data sets",
        "owner": str(coached.contributor.pk),
        "due_on": "2031-01-15",
        "criterion": "",
    }

    bad = client.post(address_of_list(coached), form | {"owner": ""})
    kept = client.post(address_of_list(coached), form, follow=True)

    assert bad.status_code == 400
    assert "Choose who does it." in bad.content.decode()
    assert 'value="List the data sets"' in bad.content.decode()
    assert "It is on its owner&#x27;s desk." in kept.content.decode()
    action = ActionItem.objects.get()
    assert "List the data sets" in page_for(coached, client, coached.lead, page_of(coached.engagement()))
    coached.sign_in(client, coached.contributor)
    opened = client.get(action.work_item.get_absolute_url(), follow=True)
    assert opened.redirect_chain[-1][0] == address(action)
    assert "Drop it" not in opened.content.decode()
    client.post(address(action), {"deed": "done", "outcome": "41 data sets."})
    assert "41 data sets." in client.get(address(action)).content.decode()


def test_page_passes_on_and_drops_and_keeps_what_was_typed(coached: Scene, client: Client) -> None:
    action = agree(coached)
    coached.sign_in(client, coached.lead)

    nobody = client.post(address(action), {"deed": "pass_on", "owner": ""})
    client.post(address(action), {"deed": "pass_on", "owner": str(coached.lead.pk)})
    empty = client.post(address(action), {"deed": "drop", "outcome": ""})
    dropped = client.post(address(action), {"deed": "drop", "outcome": "Not needed."}, follow=True)

    assert (nobody.status_code, empty.status_code) == (400, 400)
    assert "It is dropped" in dropped.content.decode()
    assert ActionItem.objects.get().dropped_by == coached.lead


def test_list_takes_as_many_queries_for_one_as_for_many(
    coached: Scene, client: Client, django_assert_num_queries: Any
) -> None:
    def owners() -> list[User]:
        return [coached.contributor, coached.partner.coach, coached.lead]

    coached.sign_in(client, coached.sponsor)
    for count in (1, 3, 20):
        while (have := ActionItem.objects.count()) < count:
            agree(coached, owner=owners()[have % 3])
        with django_assert_num_queries(8):
            client.get(address_of_list(coached))

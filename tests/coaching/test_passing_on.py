"""An engagement rests and goes on, and goes over to another coach or partner who accepts it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.errors import ReasonNeeded
from cases.models import Participation, WorkItem
from cases.services import mark_overdue
from coaching.enums import EngagementStatus, NoteAudience, TransferStatus
from coaching.models import Note, Transfer
from coaching.services import write_note
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from notifications.models import Notice
from people.enums import Role
from people.models import Affiliation, User
from tests.coaching.actions import agree, offer_transfer
from tests.scenes import Partner, Scene
from tests.workflows.pages import page_for, page_of
from workflows import services
from workflows.models import CityStatus
from workflows.selectors import may_do
from workflows.services.sweep import mark_overdue_and_publish
from workflows.told import told


def bring_to_work(scene: Scene) -> None:
    """The first partner's engagement is under way, alone; a third partner could take it over."""
    scene.engagements = 1
    scene.third = Partner.make("third-partner", "Third partner")  # type: ignore[attr-defined]  # -- only here
    scene.walk_to("work")


@pytest.fixture
def coached(scene: Scene) -> Scene:
    scene.arrange(bring_to_work)
    return scene


def pause(scene: Scene, by: User | None = None, reason: str = "Elections until June.") -> None:
    services.pause_engagement(
        engagement_id=scene.engagement().pk, reason=reason, by=by or scene.partner.coach, now=scene.tick()
    )


def resume(scene: Scene) -> None:
    services.resume_engagement(engagement_id=scene.engagement().pk, by=scene.partner.coach, now=scene.tick())


def offer_to_third(scene: Any, **given: Any) -> Transfer:
    return offer_transfer(scene, partner=scene.third.organization, coach=None, **given)


def accept(scene: Scene, by: User) -> Transfer:
    return services.accept_transfer(
        work_item_id=scene.item("transfer").pk, by=scene.fresh(by), now=scene.tick()
    )


def test_paused_engagement_is_neither_due_nor_moved_on(coached: Scene) -> None:
    item = coached.item("work")

    pause(coached)

    coached.now = item.due_at + timedelta(days=3)
    assert mark_overdue_and_publish(now=coached.now) == 0
    assert mark_overdue(case=coached.case, now=coached.now) == 0
    with pytest.raises(WrongState, match="Elections until June"):
        services.finish_work_and_route(work_item_id=item.pk, by=coached.partner.coach, now=coached.tick())
    with pytest.raises(WrongState, match="paused"):
        agree(coached)
    with pytest.raises(WrongState):
        pause(coached)


def test_resuming_moves_every_due_date_by_the_working_days_of_the_pause(coached: Scene) -> None:
    action = agree(coached)
    work, agreed = coached.item("work").due_at, action.work_item.due_at

    pause(coached)
    coached.now += timedelta(days=14)
    resume(coached)

    assert coached.item("work").due_at == work + timedelta(days=14)
    assert WorkItem.objects.get(pk=action.work_item_id).due_at == agreed + timedelta(days=14)
    with pytest.raises(WrongState):
        resume(coached)


def test_hold_within_a_pause_counts_once(coached: Scene) -> None:
    due_at = coached.item("work").due_at

    pause(coached)
    coached.now += timedelta(days=7)
    services.hold_case(case_id=coached.case.pk, reason="Flood.", by=coached.manager, now=coached.now)
    coached.now += timedelta(days=7)
    with pytest.raises(WrongState):
        resume(coached)
    services.resume_case(case_id=coached.case.pk, by=coached.manager, now=coached.now)
    resume(coached)

    assert coached.item("work").due_at == due_at + timedelta(days=14)


def test_pause_needs_a_reason_and_the_coach_or_the_lead(coached: Scene) -> None:
    with pytest.raises(ReasonNeeded):
        pause(coached, reason=" ")
    for person in (coached.lead, coached.manager, coached.partner.second_coach):
        with pytest.raises(NotAllowed):
            pause(coached, by=coached.fresh(person))
    with pytest.raises(NotFound):
        pause(coached, by=coached.other_partner.lead)


def test_pause_is_told_to_city_and_program_and_in_the_status(coached: Scene) -> None:
    pause(coached)

    row = CityStatus.objects.visible_to(coached.manager).get(city=coached.city)
    assert [one.paused for one in told([row], user=coached.manager)[0].engagements] == [True]
    subjects = Notice.objects.filter(person=coached.lead).values_list("subject", flat=True)
    assert "First partner pauses the coaching of Paterson" in subjects
    assert Notice.objects.filter(person=coached.manager, subject__contains="pauses").exists()


def test_withdrawal_ends_a_pause_and_an_open_offer(coached: Scene) -> None:
    pause(coached)
    offer_transfer(coached)

    services.withdraw_case(case_id=coached.case.pk, reason="No staff.", by=coached.lead, now=coached.tick())

    engagement = coached.engagement()
    assert (engagement.status, engagement.paused_at) == (EngagementStatus.CANCELLED, None)
    assert Transfer.objects.get().status == TransferStatus.WITHDRAWN


def test_colleague_accepts_and_has_the_engagement_with_its_dates(coached: Scene) -> None:
    due_at = coached.item("work").due_at
    offer_transfer(coached, by=coached.partner.coach)
    assert coached.engagement().coach == coached.partner.coach

    accept(coached, coached.partner.second_coach)

    item = coached.item("work")
    assert coached.engagement().coach == coached.partner.second_coach
    assert (item.owner, item.due_at) == (coached.partner.second_coach, due_at)
    transfer = Transfer.objects.get()
    assert (transfer.status, transfer.answered_by) == (TransferStatus.ACCEPTED, coached.partner.second_coach)
    assert not coached.open_items("transfer")
    assert str(transfer).endswith("Second coach of First partner")


def test_other_partner_takes_over_with_rights_work_and_a_coach_of_its_own(coached: Any) -> None:
    due_at = coached.item("work").due_at
    of_coach = agree(coached, owner=coached.partner.coach)
    offer_to_third(coached)

    accept(coached, coached.third.lead)

    engagement, item = coached.case.engagements.get(), coached.item("work")
    assert (engagement.partner, engagement.coach) == (coached.third.organization, None)
    assert (item.organization, item.owner, item.due_at) == (coached.third.organization, None, due_at)
    assert WorkItem.objects.get(pk=of_coach.work_item_id).organization == coached.third.organization
    running = Participation.objects.filter(case=coached.case, role="coach", until__isnull=True)
    assert {one.organization for one in running} == {coached.third.organization}
    assert may_do(coached.fresh(coached.third.lead), item)
    services.name_coach(
        engagement_id=engagement.pk, coach=coached.third.coach, by=coached.third.lead, now=coached.tick()
    )
    services.finish_work_and_route(work_item_id=item.pk, by=coached.third.coach, now=coached.tick())
    assert coached.case.engagements.get().status == EngagementStatus.CLOSING


def test_notes_of_the_former_partner_stay_its_own(coached: Any, client: Client) -> None:
    for audience in NoteAudience:
        write_note(
            engagement_id=coached.engagement().pk,
            audience=audience,
            text=f"Words for {audience}",
            key=uuid4(),
            by=coached.partner.coach,
            now=coached.tick(),
        )
    offer_to_third(coached)
    accept(coached, coached.third.lead)

    def read_by(person: User) -> set[str]:
        notes = Note.objects.visible_to(coached.fresh(person))
        return set(notes.values_list("audience", flat=True))

    assert read_by(coached.third.lead) == {"city"}
    assert read_by(coached.lead) == {"city"}
    assert read_by(coached.partner.coach) == {"private", "partner"}
    assert read_by(coached.partner.lead) == {"partner"}
    page = page_for(coached, client, coached.third.lead, page_of(coached.case.engagements.get()))
    assert "Words for city" in page
    assert "Words for partner" not in page
    assert "Words for partner" in page_for(
        coached, client, coached.partner.lead, page_of(coached.case.engagements.get())
    )


def test_declined_and_called_off_leave_everything_as_it_was(coached: Any) -> None:
    offer_to_third(coached)
    item = coached.item("transfer")
    with pytest.raises(ReasonNeeded):
        services.decline_transfer(work_item_id=item.pk, reason=" ", by=coached.third.lead, now=coached.tick())
    services.decline_transfer(
        work_item_id=item.pk, reason="No room.", by=coached.third.lead, now=coached.tick()
    )
    offer_transfer(coached)
    services.withdraw_transfer(
        engagement_id=coached.engagement().pk, by=coached.partner.lead, now=coached.tick()
    )

    assert coached.engagement().coach == coached.partner.coach
    assert set(Transfer.objects.values_list("status", flat=True)) == {"declined", "withdrawn"}
    told_of_it = Notice.objects.filter(person=coached.partner.lead, text="No room.")
    assert told_of_it.exists()
    with pytest.raises(NotFound):
        services.withdraw_transfer(
            engagement_id=coached.engagement().pk, by=coached.partner.lead, now=coached.tick()
        )


def test_offers_that_make_no_sense_are_refused(coached: Any) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"note": " "}, "note"),
        ({"coach": None}, "to"),
        ({"coach": coached.partner.coach}, "to"),
        ({"coach": coached.third.coach}, "to"),
        ({"partner": coached.city.organization, "coach": None}, "to"),
    ]
    for given, field in refused:
        with pytest.raises(InvalidInput) as found:
            offer_transfer(coached, **given)
        assert set(found.value.errors) == {field}, given
    with pytest.raises(NotAllowed):
        offer_to_third(coached, by=coached.partner.coach)
    with pytest.raises(NotAllowed):
        offer_transfer(coached, by=coached.lead)
    offer_to_third(coached, by=coached.manager)
    with pytest.raises(WrongState):
        offer_transfer(coached)


def test_colleague_who_worked_for_the_city_lately_is_not_asked(coached: Scene) -> None:
    Affiliation.objects.create(
        person=coached.partner.second_coach,
        organization=coached.city.organization,
        role=Role.CITY_CONTRIBUTOR,
        since=coached.today - timedelta(days=900),
        until=coached.today - timedelta(days=800),
    )

    with pytest.raises(InvalidInput) as refused:
        offer_transfer(coached)

    assert "works for Paterson" in str(refused.value.errors["to"])


def test_only_whom_it_was_offered_accepts_and_only_once(coached: Any) -> None:
    offer_to_third(coached)
    item = coached.item("transfer")

    for person in (coached.partner.lead, coached.manager, coached.third.coach):
        with pytest.raises(NotAllowed):
            accept(coached, person)
    for person in (coached.lead, coached.other_partner.lead):
        with pytest.raises(NotFound):
            accept(coached, person)
    accept(coached, coached.third.lead)
    with pytest.raises(WrongState):
        services.accept_transfer(work_item_id=item.pk, by=coached.third.lead, now=coached.tick())


def test_hand_over_note_is_read_by_the_two_sides_and_the_program(coached: Any, client: Client) -> None:
    offer_to_third(coached)

    url = coached.item("transfer").get_absolute_url()
    readers = {
        name
        for name, person in coached.everyone.items()
        if Transfer.objects.visible_to(coached.fresh(person)).exists()
    }

    assert readers == {"partner_lead", "coach", "second_coach", "manager", "director"}
    assert "They are slow." in page_for(coached, client, coached.third.lead, url)
    for name in ("case-detail", "case-coaching", "case-deadlines"):
        address = reverse(f"workflows:{name}", args=[coached.case.pk])
        assert "They are slow." not in page_for(coached, client, coached.lead, address)
    assert not Notice.objects.filter(text__contains="They are slow.").exists()


def test_pages_offer_accept_pause_and_resume(coached: Any, client: Client) -> None:
    engagement = coached.engagement()
    coached.sign_in(client, coached.partner.lead)

    def page(name: str) -> str:
        return reverse(f"workflows:{name}", args=[engagement.pk])

    empty = client.post(page("transfer-offer"), {"to": "", "note": "They are slow."})
    given = {"to": f"coach-{coached.partner.second_coach.pk}", "note": "They are slow."}
    client.post(page("transfer-offer"), given)
    again = client.post(page("transfer-offer"), given)
    shown = client.get(page_of(engagement)).content.decode()
    client.post(page("transfer-withdraw"))
    client.post(page("transfer-offer"), {"to": "partner-third-partner", "note": "Yours now."})
    nothing = client.post(page("engagement-pause"), {"reason": ""})
    paused = client.post(page("engagement-pause"), {"reason": "Elections."}, follow=True)
    resumed = client.post(page("engagement-resume"), follow=True)
    coached.sign_in(client, coached.third.lead)
    url = coached.item("transfer").get_absolute_url()
    declined = client.post(url, {"deed": "decline", "reason": ""})
    accepted = client.post(url, {"deed": "accept"}, follow=True)

    assert (empty.status_code, again.status_code, nothing.status_code, declined.status_code) == (
        400,
        409,
        400,
        400,
    )
    assert "They are slow." in empty.content.decode()
    assert "Call the hand-over off" in shown
    assert "Elections." in paused.content.decode()
    assert "Resume the engagement" in paused.content.decode()
    assert "The engagement goes on." in resumed.content.decode()
    assert "Name a coach" in accepted.content.decode()

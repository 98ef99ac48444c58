"""Somebody is away: new work goes to the substitute, dates stay, and nothing stays behind unasked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cases.enums import ParticipationRole, Stage
from cases.models import Case, Cover, Participation, WorkItem
from cases.routing import Duty, routed_to
from cases.rules import has_conflict
from cases.services import cover_item
from certification.models import Review
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from core.pagekit_dates import day_in_words
from notifications.models import Notice
from notifications.resolvers import Ask
from people.enums import Role
from people.models import Absence, Affiliation, Organization, User
from people.permissions import Permission
from tests.scenes import SINCE, Scene
from workflows import services
from workflows.messages import work_due
from workflows.selectors import may_do
from workflows.services.absence import days_of
from workflows.services.membership import LastLead
from workflows.substitutes import deadlines_covered_by

DAY = timedelta(days=1)


def away(person: User, substitute: User, *, by: User | None = None, days: int = 5, **changes: Any) -> Absence:
    """From today on, for so many days."""
    today = timezone.localdate()
    values: dict[str, Any] = {"begins_on": today, "ends_on": today + days * DAY, "note": ""}
    values |= {"by": by or person, "now": timezone.now()}
    return services.set_absence(person=person, substitute=substitute, **values | changes)


def over(absence: Absence) -> None:
    """The days have passed."""
    past = timezone.now() - timedelta(minutes=1)
    Absence.objects.filter(pk=absence.pk).update(until=past, since=past - DAY)


def coached(scene: Scene, step: str) -> WorkItem:
    scene.engagements = 1
    return scene.one(step)


def covers() -> list[Cover]:
    return list(Cover.objects.standing().order_by("begun_at"))


def test_new_work_of_a_coach_goes_to_the_substitute_who_can_do_it(client: Client, scene: Scene):
    item = coached(scene, "assign_coach")
    coach, other = scene.partner.coach, scene.partner.second_coach
    away(coach, other)

    scene.press(item, now=timezone.now())

    item = scene.item("kick_off")
    assert item.owner == other
    assert scene.engagement().coach == coach
    (cover,) = covers()
    assert (cover.item, cover.holder, cover.absence.person) == (item, other, coach)
    part = Participation.objects.get(person=other, until__isnull=True)
    assert (part.role, part.organization) == (ParticipationRole.COACH, scene.partner.organization)
    assert list(part.areas.all()) == list(scene.engagement().areas.all())
    scene.sign_in(client, other)
    assert client.get(item.get_absolute_url()).status_code == 200
    scene.deed(item, by=scene.fresh(other), held_on=timezone.localdate(), now=timezone.now())()

    part.refresh_from_db()
    assert part.until is not None
    assert scene.item("work").owner == other
    assert has_conflict(other, scene.case, today=timezone.localdate())


def test_deadlines_of_a_coach_keep_their_dates_and_are_shown_to_both(client: Client, scene: Scene):
    item = coached(scene, "work")
    coach, other = scene.partner.coach, scene.partner.second_coach
    due_at = item.due_at
    away(coach, other)

    for person in (coach, other):
        page = scene.sign_in(client, person).get("/desk/").content.decode()
        assert "Coach the city" in page
    assert "away until" in page
    assert [one.item for one in deadlines_covered_by(scene.fresh(other), now=timezone.now())] == [item]
    assert not deadlines_covered_by(scene.fresh(coach), now=timezone.now())
    assert not scene.fresh(other).has_perm(Permission.COACH_ENGAGEMENT, scene.engagement())
    (message,) = work_due([Ask(item.pk, "+1", "owner")]).values()
    assert message.recipients == [coach.pk, other.pk]

    client.post(f"/work/{item.pk}/take-over/")

    item.refresh_from_db()
    assert (item.owner, item.due_at) == (other, due_at)
    assert scene.fresh(other).has_perm(Permission.COACH_ENGAGEMENT, scene.engagement())
    assert may_do(scene.fresh(other), item)


def test_reminders_reach_the_substitute_only_during_the_absence(scene: Scene):
    item = coached(scene, "work")
    over(away(scene.partner.coach, scene.partner.second_coach))

    (message,) = work_due([Ask(item.pk, "+1", "owner")]).values()

    assert message.recipients == [scene.partner.coach.pk]
    with pytest.raises(NotAllowed):
        services.take_over_work(work_item_id=item.pk, by=scene.partner.second_coach, now=timezone.now())


def test_nothing_stays_behind_unasked_when_an_absence_ends(client: Client, scene: Scene):
    item = coached(scene, "work")
    coach, other = scene.partner.coach, scene.partner.second_coach
    absence = away(coach, other)
    services.take_over_work(work_item_id=item.pk, by=other, now=timezone.now())
    over(absence)

    assert services.ask_after_absences(now=timezone.now()) == 1
    assert services.ask_after_absences(now=timezone.now()) == 0

    told = Notice.objects.filter(kind="people.absence_over")
    assert {notice.person for notice in told} == {coach, other}
    assert all("Paterson: Coach the city" in notice.text for notice in told)
    for person in (coach, other):
        assert "Give back" in scene.sign_in(client, person).get("/absence/").content.decode()
    assert "with a substitute" in client.get("/desk/").content.decode()
    item.refresh_from_db()
    assert item.owner == other
    assert scene.fresh(other).has_perm(Permission.COACH_ENGAGEMENT, scene.engagement())
    (cover,) = covers()
    stranger = scene.sign_in(Client(), scene.partner.lead)
    assert stranger.post(f"/absence/work/{cover.pk}/", {"deed": "keep"}).status_code == 404

    client.post(f"/absence/work/{cover.pk}/", {"deed": "give_back"})

    item.refresh_from_db()
    assert item.owner == coach
    assert not covers()
    assert not scene.fresh(other).has_perm(Permission.COACH_ENGAGEMENT, scene.engagement())
    assert not Participation.objects.filter(person=other, until__isnull=True).exists()
    assert client.post(f"/absence/work/{cover.pk}/", {"deed": "keep"}).status_code == 404


def test_work_that_is_kept_stays_with_the_substitute_until_it_is_done(scene: Scene):
    item = coached(scene, "work")
    coach, other = scene.partner.coach, scene.partner.second_coach
    absence = away(coach, other)
    services.take_over_work(work_item_id=item.pk, by=other, now=timezone.now())
    services.end_absence(absence_id=absence.pk, by=coach, now=timezone.now())
    (cover,) = covers()

    services.keep(cover_id=cover.pk, by=coach, now=timezone.now())
    with pytest.raises(WrongState):
        services.give_back(cover_id=cover.pk, by=coach, now=timezone.now())
    scene.deed(item, by=scene.fresh(other), now=timezone.now())()

    assert scene.item("close").owner == coach
    assert not covers()


def test_conflicted_substitute_of_an_assessor_is_refused_when_set(scene: Scene):
    scene.one("review")
    coach = scene.partner.second_coach
    Affiliation.objects.create(person=coach, organization=scene.office, role=Role.ASSESSOR, since=SINCE)
    scene.case.participations.create(
        role=ParticipationRole.COACH, organization=scene.partner.organization, since=scene.now
    )

    with pytest.raises(InvalidInput) as refusal:
        away(scene.assessor, coach)
    assert "Paterson: belongs" in str(refusal.value.errors["substitute"])
    assert "partner that coaches" in str(refusal.value.errors["substitute"])
    for wrong in (scene.manager, scene.committee[0], scene.partner.coach):
        with pytest.raises(InvalidInput):
            away(scene.assessor, wrong)
    assert not Absence.objects.exists()

    end = {"stage": Stage.WITHDRAWN, "closed_at": timezone.now(), "closed_by": scene.manager}
    Case.objects.filter(pk=scene.case.pk).update(**end)

    assert away(scene.assessor, coach).substitute == coach  # no work comes any more where the case has ended


def test_assessor_beside_stands_in_for_other_cases_and_the_page_says_what_stays(client: Client, scene: Scene):
    scene.one("review")
    today = timezone.localdate()
    given = {"begins_on": today, "ends_on": today + DAY, "substitute": scene.reconciler.pk}
    scene.sign_in(client, scene.assessor)

    assert client.post("/absence/", given)["Location"] == "/absence/"

    for reader in (scene.assessor, scene.reconciler, scene.manager):
        address = f"/absence/of/{scene.assessor.email}/" if reader == scene.manager else "/absence/"
        answer = scene.sign_in(client, reader).get(address)
        (one,) = answer.context["staying"]
        assert one.piece.case == scene.case
        assert "they assess this case themselves" in answer.content.decode()
        assert reader == scene.reconciler or one.piece.item.step == "review"
    (told,) = Notice.objects.filter(kind="people.absence_set", person=scene.reconciler)
    assert "Not for Paterson: they assess this case themselves." in told.text
    assert not deadlines_covered_by(scene.fresh(scene.reconciler), now=timezone.now())
    item = next(one for one in scene.open_items("review") if one.owner == scene.assessor)
    with pytest.raises(NotFound):
        services.take_over_work(work_item_id=item.pk, by=scene.reconciler, now=timezone.now())
    elsewhere = Duty.seat(Case(city_id=uuid4()))
    assert routed_to(scene.assessor, elsewhere, at=timezone.now()).person == scene.reconciler

    WorkItem.objects.filter(step="review").update(closed_at=timezone.now(), closed_by=scene.assessor)

    (seat,) = scene.sign_in(client, scene.assessor).get("/absence/").context["staying"]
    assert seat.piece.item is None  # more may come in a later round


def test_what_is_lent_for_an_absence_to_come_does_not_stay(client: Client, scene: Scene):
    scene.one("self_assess")
    begins_on = timezone.localdate() + 3 * DAY

    away(scene.lead, scene.contributor, begins_on=begins_on)

    assert scene.sign_in(client, scene.lead).get("/absence/").context["staying"] == []


def test_paused_work_is_shown_as_paused_to_the_substitute_and_days_as_everywhere(
    client: Client, scene: Scene
):
    item = coached(scene, "work")
    coach, other = scene.partner.coach, scene.partner.second_coach
    absence = away(coach, other)
    WorkItem.objects.filter(pk=item.pk).update(paused_at=timezone.now())

    for address in ("/desk/", "/absence/"):
        page = scene.sign_in(client, other).get(address).content.decode()
        row = page[page.index("For colleagues who are away") :]
        assert "paused" in row[: row.index("</table>")]
        assert f">{day_in_words(absence.ends_on)}</time>" in row[: row.index("</table>")]
    with pytest.raises(InvalidInput) as refusal:
        away(coach, other)
    assert day_in_words(absence.ends_on) in str(refusal.value.errors["begins_on"])
    with pytest.raises(InvalidInput) as refusal:
        away(other, coach)
    assert day_in_words(absence.begins_on) in str(refusal.value.errors["substitute"])


def test_review_goes_to_the_substitute_of_an_assessor_and_back(client: Client, scene: Scene):
    scene.one("assign_assessors")
    absence = away(scene.assessor, scene.other_assessor)

    scene.press(scene.item("assign_assessors"), now=timezone.now())

    items = {item.owner: item for item in scene.open_items("review")}
    assert set(items) == {scene.other_assessor, scene.reconciler}
    item = items[scene.other_assessor]
    scene.sign_in(client, scene.other_assessor)
    assert client.get(item.get_absolute_url()).status_code == 200
    over(absence)
    services.ask_after_absences(now=timezone.now())
    (cover,) = covers()
    assert cover.is_seat
    assert "Assessor of the case" in client.get("/absence/").content.decode()

    services.give_back(cover_id=cover.pk, by=scene.assessor, now=timezone.now())

    item.refresh_from_db()
    assert item.owner == Review.objects.get(pk=item.subject).assessor == scene.assessor
    assert not covers()
    seats = Participation.objects.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    assert {part.person for part in seats} == {scene.assessor, scene.reconciler}


def test_case_that_the_substitute_may_not_judge_stays_and_both_sides_are_told(scene: Scene):
    scene.one("assign_assessors")
    away(scene.assessor, scene.other_assessor)
    scene.case.participations.create(
        role=ParticipationRole.COACH, person=scene.other_assessor, since=scene.now
    )

    scene.press(scene.item("assign_assessors"), now=timezone.now())

    assert {item.owner for item in scene.open_items("review")} == {scene.assessor, scene.reconciler}
    told = Notice.objects.filter(kind="people.not_covered")
    assert {notice.person for notice in told} == {scene.assessor, scene.manager}
    assert "coached this city" in told[0].text
    assert not covers()


def test_substitute_may_take_over_a_review_and_judges_anew(scene: Scene):
    item = next(one for one in scene.walk_to("review") if one.owner == scene.assessor)
    scene.find(scene.review_of(scene.assessor))
    away(scene.assessor, scene.other_assessor)

    services.take_over_work(work_item_id=item.pk, by=scene.other_assessor, now=timezone.now())

    item.refresh_from_db()
    review = Review.objects.get(pk=item.subject)
    assert item.owner == review.assessor == scene.other_assessor
    assert not review.findings.current().exists()
    (cover,) = covers()
    earlier = Review.objects.create(
        assessment=review.assessment, assessor=scene.assessor, status="submitted", submitted_at=scene.now
    )
    with pytest.raises(WrongState, match="reviewed in this round"):
        services.give_back(cover_id=cover.pk, by=scene.assessor, now=timezone.now())
    earlier.delete()
    User.objects.filter(pk=scene.assessor.pk).update(is_active=False)
    with pytest.raises(WrongState, match="closed"):
        services.give_back(cover_id=cover.pk, by=scene.other_assessor, now=timezone.now())
    services.keep(cover_id=cover.pk, by=scene.other_assessor, now=timezone.now())
    assert not covers()


def test_assessor_who_leaves_gives_a_seat_back_that_was_held_for_somebody(scene: Scene):
    scene.one("assign_assessors")
    away(scene.assessor, scene.other_assessor)
    scene.press(scene.item("assign_assessors"), now=timezone.now())
    (cover,) = covers()

    services.end_membership(
        affiliation=scene.other_assessor.affiliations.get(),
        successor=None,
        by=scene.manager,
        now=timezone.now(),
    )

    cover.refresh_from_db()
    assert cover.ended_at is not None
    assert {item.owner for item in scene.open_items("review")} == {scene.assessor, scene.reconciler}
    assert Absence.objects.get().ended_at is not None
    assert Notice.objects.filter(kind="people.substitute_changed", person=scene.assessor).exists()


def test_manager_who_leaves_leaves_with_the_substitute_what_they_have(scene: Scene):
    item = scene.one("self_assess")
    absence = away(scene.manager, scene.director)
    scene.press(item, now=timezone.now())
    (cover,) = covers()

    services.end_membership(
        affiliation=scene.manager.affiliations.get(), successor=None, by=scene.director, now=timezone.now()
    )

    cover.refresh_from_db()
    absence.refresh_from_db()
    assert (cover.kept_at is None, cover.ended_at, absence.ended_at is None) == (False, None, False)
    assert scene.item("assign_assessors").owner == scene.director


def test_pages_of_absence_say_what_to_do(client: Client, scene: Scene):
    coach = scene.partner.coach
    scene.sign_in(client, coach)
    today = timezone.localdate()
    given = {"begins_on": today, "ends_on": today - DAY, "substitute": scene.partner.second_coach.pk}

    assert "before the first" in client.post("/absence/", given).content.decode()
    assert client.post("/absence/", {}).status_code == 400
    assert client.get("/absence/of/nobody@nowhere.example/").status_code == 404
    assert client.get(f"/absence/of/{scene.partner.lead.email}/").status_code == 403
    scene.sign_in(client, scene.contributor)
    assert "Nobody needs to stand in" in client.get("/absence/").content.decode()
    scene.sign_in(client, scene.director)
    absence = away(coach, scene.partner.second_coach, by=scene.manager)
    assert client.post(f"/absence/{absence.pk}/end/").status_code == 302
    with pytest.raises(WrongState):
        services.end_absence(absence_id=absence.pk, by=coach, now=timezone.now())


def test_only_lead_of_a_city_lends_the_role_to_a_contributor(client: Client, scene: Scene):
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)
    today = timezone.localdate()
    given = {"begins_on": today, "ends_on": today + 3 * DAY, "substitute": scene.contributor.pk}

    assert client.post("/absence/", given)["Location"] == "/absence/"

    absence = Absence.objects.get()
    (lent,) = absence.lent.all()
    assert (lent.role, lent.since, lent.until) == (Role.CITY_LEAD, today, today + 4 * DAY)
    assert scene.fresh(scene.contributor).has_perm(Permission.SUBMIT_APPLICATION, scene.case.application)
    for permission in (Permission.MANAGE_MEMBERSHIP, Permission.INVITE_PEOPLE, Permission.MANAGE_KEYS):
        assert not scene.fresh(scene.contributor).has_perm(permission, scene.city.organization)
    with pytest.raises(LastLead):
        services.end_membership(
            affiliation=scene.lead.affiliations.get(), successor=None, by=scene.lead, now=timezone.now()
        )
    assert client.get("/absence/").status_code == 200
    scene.press(item, now=timezone.now())
    scene.press(scene.item("confirm"), now=timezone.now())
    item = scene.item("self_assess")
    assert item.owner == scene.contributor

    services.end_absence(absence_id=absence.pk, by=scene.lead, now=timezone.now())

    assert not scene.fresh(scene.contributor).organizations_as(Role.CITY_LEAD)
    (cover,) = covers()
    with pytest.raises(WrongState, match="can't go on"):
        services.keep(cover_id=cover.pk, by=scene.contributor, now=timezone.now())
    services.give_back(cover_id=cover.pk, by=scene.contributor, now=timezone.now())
    item.refresh_from_db()
    assert item.owner == scene.lead


def test_manager_away_is_replaced_on_the_desk_of_the_program(scene: Scene):
    item = scene.one("self_assess")
    away(scene.manager, scene.director)

    scene.press(item, now=timezone.now())

    assert scene.item("assign_assessors").owner == scene.director


def test_absence_is_set_by_exactly_these_people(scene: Scene):
    setters = {
        name
        for name, person in scene.everyone.items()
        if scene.fresh(person).has_perm(Permission.SET_ABSENCE, scene.fresh(scene.partner.coach))
    }

    assert setters == {"coach", "partner_lead", "manager", "director"}
    with pytest.raises(NotAllowed):
        away(scene.partner.coach, scene.partner.second_coach, by=scene.partner.second_coach)
    with pytest.raises(NotAllowed):
        away(scene.contributor, scene.lead)


def test_lead_of_a_partner_sets_it_for_somebody_who_cannot(client: Client, scene: Scene):
    coach, other = scene.partner.coach, scene.partner.second_coach
    scene.sign_in(client, scene.partner.lead)
    page = f"/absence/of/{coach.email}/"
    today = timezone.localdate()

    assert client.get(page).status_code == 200
    client.post(page, {"begins_on": today, "ends_on": today, "substitute": other.pk, "note": "The flu"})

    told = set(Notice.objects.filter(kind="people.absence_set").values_list("person__email", flat=True))
    assert told == {coach.email, other.email}
    absence = Absence.objects.get()
    assert client.post(f"/absence/{absence.pk}/end/")["Location"] == page
    with pytest.raises(NotFound):
        services.end_absence(absence_id=absence.pk, by=scene.other_partner.lead, now=timezone.now())
    assert scene.sign_in(client, scene.other_partner.lead).get(page).status_code == 404
    events = AuditEvent.objects.filter(action__startswith="people.absence_")
    assert set(events.values_list("action", flat=True)) == {
        "people.absence_set",
        "people.absence_ended",
        "people.absence_asked",
    }


def test_days_are_refused_that_are_over_or_taken_and_substitutes_who_are_away(scene: Scene):
    coach, other = scene.partner.coach, scene.partner.second_coach
    today = timezone.localdate()
    away(coach, other)

    for changes, field in (
        ({"begins_on": today, "ends_on": today - DAY}, "ends_on"),
        ({"begins_on": today - 9 * DAY, "ends_on": today - 3 * DAY}, "ends_on"),
        ({"begins_on": today + 3 * DAY, "ends_on": today + 9 * DAY}, "begins_on"),
        ({"begins_on": today, "ends_on": today + 800 * DAY}, "ends_on"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            away(coach, other, **changes)
        assert set(refusal.value.errors) == {field}
    with pytest.raises(InvalidInput) as refusal:
        away(other, coach)
    assert "is away, too" in str(refusal.value.errors["substitute"])
    for wrong, why in ((scene.manager, "somebody else"), (coach, "no role")):
        with pytest.raises(InvalidInput) as refusal:
            away(scene.manager, wrong, begins_on=today + 20 * DAY, ends_on=today + 21 * DAY)
        assert why in str(refusal.value.errors["substitute"])
    for answer in (services.keep, services.give_back):
        with pytest.raises(NotFound):
            answer(cover_id=uuid4(), by=coach, now=timezone.now())
    with pytest.raises(NotFound):
        services.take_over_work(work_item_id=uuid4(), by=coach, now=timezone.now())


def test_work_that_comes_as_an_absence_ends_is_asked_about_too(scene: Scene):
    item = coached(scene, "work")
    absence = away(scene.partner.coach, scene.partner.second_coach)
    over(absence)
    services.ask_after_absences(now=timezone.now())

    cover_item(
        item=item, absence=absence, holder=scene.partner.second_coach, by=scene.system, now=timezone.now()
    )

    assert services.ask_after_absences(now=timezone.now()) == 1
    assert Notice.objects.filter(kind="people.absence_over").count() == 2


def test_work_is_passed_on_while_the_substitute_is_away_too(scene: Scene):
    item = coached(scene, "assign_coach")
    coach, other = scene.partner.coach, scene.partner.second_coach
    third = User.objects.create(email="third@first-partner.example", name="Third coach")
    Affiliation.objects.create(
        person=third, organization=scene.partner.organization, role=Role.COACH, since=SINCE
    )
    away(coach, other)
    away(other, third)

    scene.press(item, now=timezone.now())

    item = scene.item("kick_off")
    assert item.owner == third
    (cover,) = covers()
    assert cover.absence.person == coach


def test_days_are_those_of_the_persons_organization(scene: Scene):
    Organization.objects.filter(pk=scene.partner.organization.pk).update(time_zone="America/Los_Angeles")

    days = days_of(scene.partner.coach, date(2026, 3, 7), date(2026, 3, 8), now=timezone.now())

    assert days.since == datetime(2026, 3, 7, 8, tzinfo=UTC)
    assert days.until == datetime(2026, 3, 9, 7, tzinfo=UTC)  # the clocks went forward that night

"""Which coach fits which engagement: in which order, for which reasons, and what a rule forbids."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import WorkItem
from coaching.assigning import Suggestion, suggest_coaches, waiting_for_a_coach
from coaching.models import CoachProfile, Engagement
from core.errors import InvalidInput
from core.pagekit_dates import day_in_words
from people.models import Absence, Organization, User
from tests.coaching.many import coached_by, many_engagements, worked_for_the_city
from tests.scenes import Scene
from workflows import services
from workflows.whereabouts import work_of_the_absent

DAY = timedelta(days=1)
ASSIGN = "/partners/first-partner/assign/"


def tell(scene: Scene, coach: User, **facts: Any) -> None:
    CoachProfile.objects.update_or_create(partner=scene.partner.organization, person=coach, defaults=facts)


def suggested(scene: Scene) -> list[Suggestion]:
    partner = scene.partner.organization
    return suggest_coaches(partner, list(waiting_for_a_coach(partner)), now=scene.now)


def best_of(found: list[Suggestion]) -> list[User | None]:
    return [one.best.coach.person if one.best else None for one in found]


def test_coach_is_suggested_with_reasons(scene: Scene) -> None:
    many_engagements(scene, 1)
    zone = "America/Los_Angeles"
    tell(scene, scene.partner.coach, area_codes=["DM"], languages=["en"], time_zone=zone, capacity=3)
    tell(scene, scene.partner.second_coach, area_codes=["OD"], languages=["es"], capacity=0)

    (found,) = suggested(scene)

    first, second = found.fits
    assert first.reasons == ["knows Data management", "3 of 3 free", "speaks English", "3 hours apart"]
    assert first.warnings == []
    assert second.warnings == [
        "does not know Data management",
        "no room: coaches 0 of 0",
        "does not speak English",
    ]
    assert found.best is first


@pytest.mark.parametrize(
    "facts",
    [
        {"capacity": 0},
        {"area_codes": ["OD"]},
        {"languages": ["es"]},
        {"time_zone": "Asia/Tokyo"},
    ],
)
def test_what_speaks_against_a_coach_puts_the_other_first(scene: Scene, facts: dict[str, Any]) -> None:
    many_engagements(scene, 1)
    fine = {"capacity": 5, "area_codes": ["DM"], "languages": ["en"], "time_zone": "America/New_York"}
    tell(scene, scene.partner.coach, **fine | facts)
    tell(scene, scene.partner.second_coach, **fine)

    assert best_of(suggested(scene)) == [scene.partner.second_coach]


def test_coach_who_is_away_stands_after_one_who_is_there_and_says_until_when(scene: Scene) -> None:
    many_engagements(scene, 1)
    for coach in (scene.partner.coach, scene.partner.second_coach):
        tell(scene, coach, area_codes=["DM"])
    tell(scene, scene.partner.coach, capacity=9)
    days = {"begins_on": scene.today, "ends_on": scene.today + DAY, "set_at": scene.now}
    away = Absence(person=scene.partner.coach, substitute=scene.partner.second_coach, **days)
    away.set_by, away.since, away.until = scene.manager, scene.now - DAY, scene.now + DAY
    away.save()

    (found,) = suggested(scene)

    assert [fit.coach.person for fit in found.fits] == [scene.partner.second_coach, scene.partner.coach]
    last = day_in_words(away.ends_on)
    name = scene.partner.second_coach.name
    assert found.fits[1].warnings == [f"away until {last}, {name} stands in"]

    Absence.objects.update(since=scene.now + DAY, until=scene.now + 2 * DAY)
    (found,) = suggested(scene)

    assert found.best == found.fits[0]
    assert found.fits[0].coach.person == scene.partner.coach
    assert f"to {last}, {name} stands in" in found.fits[0].warnings[0]


def test_message_says_on_whose_desk_the_kick_off_of_an_absent_coach_is(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    item = scene.one("assign_coach")
    coach, other = scene.partner.coach, scene.partner.second_coach
    today, now = timezone.localdate(), timezone.now()
    days = {"begins_on": today, "ends_on": today, "note": ""}
    services.set_absence(person=coach, substitute=other, **days, by=coach, now=now)
    scene.sign_in(client, scene.partner.lead)

    page = client.post(item.get_absolute_url(), {"coach": coach.pk}, follow=True).content.decode()

    assert scene.item("kick_off").owner == other
    assert f"is on the desk of {other.name}." in page
    assert "finds the kick-off on their desk" not in page
    engagement = scene.engagement()
    for open_to_take, text in (
        (True, f"where {other.name} may take it over"),
        (False, "the account is closed"),
    ):
        User.objects.filter(pk=other.pk).update(is_active=open_to_take)
        WorkItem.objects.filter(pk=scene.item("kick_off").pk).update(owner=coach)
        (sentence,) = work_of_the_absent([engagement.pk], now=timezone.now())
        assert text in sentence


def test_batch_counts_what_it_gives_and_suggests_nobody_when_all_are_full(scene: Scene) -> None:
    many_engagements(scene, 4)
    tell(scene, scene.partner.coach, capacity=2)
    tell(scene, scene.partner.second_coach, capacity=1)

    found = suggested(scene)

    first, second = scene.partner.coach, scene.partner.second_coach
    assert best_of(found) == [first, first, second, None]
    assert "no room: coaches 0 of 2" in found[3].fits[0].warnings


@pytest.mark.parametrize(("years", "barred"), [(0, True), (2, True), (4, False)])
def test_who_worked_for_the_city_lately_can_not_coach_it(scene: Scene, years: int, barred: bool) -> None:
    (engagement,) = many_engagements(scene, 1)
    until = scene.today - timedelta(days=365 * years) if years else None
    worked_for_the_city(scene.partner.coach, engagement, until=until)

    (found,) = suggested(scene)

    assert [fit.is_barred for fit in found.fits] == ([False, True] if barred else [False, False])
    if barred:
        assert best_of([found]) == [scene.partner.second_coach]
        assert "not possible" in found.fits[1].warnings[0]


def test_service_refuses_a_coach_of_the_citys_own(scene: Scene) -> None:
    scene.engagements = 1
    item = scene.one("assign_coach")
    worked_for_the_city(scene.partner.coach, scene.engagement())
    arguments = {"work_item_id": item.pk, "by": scene.partner.lead, "now": scene.tick()}

    with pytest.raises(InvalidInput) as refused:
        services.assign_coach_and_route(coach=scene.partner.coach, **arguments)
    services.assign_coach_and_route(coach=scene.partner.second_coach, **arguments)

    assert set(refused.value.errors) == {"coach"}
    with pytest.raises(InvalidInput):
        services.name_coach(
            engagement_id=scene.engagement().pk,
            coach=scene.partner.coach,
            by=scene.partner.lead,
            now=scene.tick(),
        )


def test_lead_assigns_several_at_once_and_one_failure_blocks_no_other(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    scene.one("assign_coach")
    routed = scene.engagement()
    # Its coach left; and one whose work item is gone, which can't be assigned.
    left, broken = many_engagements(scene, 2)
    gone = coached_by(scene.partner.coach, scene) | {"coach": None}
    Engagement.objects.filter(pk=left.pk).update(**gone)
    scene.sign_in(client, scene.partner.lead)
    second = str(scene.partner.second_coach.pk)

    answer = client.post(ASSIGN, {str(one.pk): second for one in (routed, left, broken)})

    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {str(broken.pk)}
    page = answer.content.decode()
    assert "2 coaches are assigned." in page
    for one in (routed, left):
        one.refresh_from_db()
        assert one.coach == scene.partner.second_coach
    assert scene.item("kick_off").owner == scene.partner.second_coach


def test_lead_may_leave_a_city_without_a_coach(scene: Scene, client: Client) -> None:
    (engagement,) = many_engagements(scene, 1)
    worked_for_the_city(scene.partner.coach, engagement)
    scene.sign_in(client, scene.partner.lead)

    page = client.get(ASSIGN).content.decode()
    left = client.post(ASSIGN, {str(engagement.pk): ""})
    barred = client.post(ASSIGN, {str(engagement.pk): str(scene.partner.coach.pk)})

    assert "not possible" in page
    assert f'value="{scene.partner.coach.pk}"' in page
    assert (left.status_code, barred.status_code) == (302, 400)
    engagement.refresh_from_db()
    assert engagement.coach is None


def test_held_resting_and_others_engagements_do_not_wait_here(scene: Scene) -> None:
    held, ours, resting = many_engagements(scene, 3)
    rest = {"paused_at": scene.now, "paused_by": scene.partner.lead, "pause_reason": "Elections."}
    Engagement.objects.filter(pk=resting.pk).update(**rest)
    held.case.holds.create(reason="A flood.", placed_at=scene.now, placed_by=scene.manager)
    other = Organization.objects.get(slug="other-partner")
    theirs = many_engagements(scene, 1)[0]
    Engagement.objects.filter(pk=theirs.pk).update(partner=other)
    many_engagements(scene, 1, **coached_by(scene.partner.coach, scene))

    assert list(waiting_for_a_coach(scene.partner.organization)) == [ours]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_page_takes_the_same_queries_for_any_number(
    scene: Scene, client: Client, django_assert_num_queries: Any, count: int
) -> None:
    many_engagements(scene, count)
    scene.sign_in(client, scene.partner.lead)
    client.get(ASSIGN)

    with django_assert_num_queries(13):
        page = client.get(ASSIGN).content.decode()

    assert page.count("Nobody yet") == count

"""What is published of a city, when, and to whom."""

from datetime import timedelta

import pytest

from cities.models import City, HistoricAward
from people.models import User
from tests.scenes import Scene, make_cities
from workflows import services
from workflows.models import CityStatus
from workflows.status import NOBODY, Standing, standing_of, standings_of


@pytest.fixture
def voting(scene: Scene) -> Scene:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("vote")
    return scene


def seen_by(scene: Scene, person: User) -> CityStatus:
    return CityStatus.objects.visible_to(scene.fresh(person)).get(city=scene.city)


def test_city_without_a_case_stands_nowhere(scene: Scene) -> None:
    assert standing_of(scene.city, today=scene.today) == Standing()


def test_city_with_only_a_historic_award_has_its_level(scene: Scene) -> None:
    HistoricAward.objects.create(city=scene.city, level="gold", year=2020)

    assert standing_of(scene.city, today=scene.today) == Standing(level="gold")


def test_opening_publishes_the_case(scene: Scene) -> None:
    scene.open_case()

    item, status = scene.item("apply"), scene.status
    assert (status.case, status.stage, status.stage_entered_at) == (scene.case, "application", scene.now)
    assert (status.waiting_on, status.waiting_on_all) == ("city", ["city"])
    assert (status.next_step, status.next_party, status.next_due_at) == ("apply", "city", item.due_at)
    assert (status.on_hold, status.sealed, status.overdue) == (False, False, False)
    assert str(status) == "Paterson: application"
    assert status.running


def test_step_due_first_is_waited_for_and_every_party_is_named(scene: Scene) -> None:
    scene.walk_to("close")
    scene.do_step("close")

    status = scene.status
    assert (status.waiting_on, status.next_step) == ("partner", "respond")
    assert status.waiting_on_all == ["partner", "city"]


def test_feedback_is_not_waited_for(scene: Scene) -> None:
    scene.walk_to_end()

    status = scene.status
    assert (status.waiting_on, status.next_step, status.next_due_at) == (NOBODY, "", None)
    assert status.waiting_on_all == ["city"]
    assert not status.running
    assert status.waiting_on_label == ""


def test_last_closed_case_speaks_until_the_next_opens(scene: Scene) -> None:
    scene.walk_to("self_assess")
    first = scene.case
    services.withdraw_case(case_id=first.pk, reason="x", by=scene.lead, now=scene.tick())
    assert (scene.status.case, scene.status.stage) == (first, "withdrawn")

    second = scene.open_case()

    assert (scene.status.case, scene.status.stage) == (second, "application")


def test_feedback_on_an_ended_case_leaves_the_open_one_published(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to_end()
    feedback = scene.item("feedback")
    second = scene.open_case()

    scene.feedback(feedback)

    assert scene.status.case == second


def test_standings_ask_as_much_for_many_cities_as_for_one(
    scene: Scene, django_assert_num_queries: object
) -> None:
    scene.walk_to("review")
    for city in make_cities(3):
        scene.open_case(city, by=scene.manager)
    everywhere, today = list(City.objects.values_list("pk", flat=True)), scene.today

    for cities in ([scene.city.pk], everywhere):
        with django_assert_num_queries(5):
            assert len(standings_of(cities, today=today)) == len(cities)


def test_sweep_marks_what_is_late_and_publishes_it(scene: Scene) -> None:
    scene.open_case()
    due = scene.item("apply").due_at
    assert services.mark_overdue_and_publish(now=due) == 0

    assert services.mark_overdue_and_publish(now=due + timedelta(seconds=1)) == 1

    assert scene.status.overdue
    assert scene.item("apply").overdue_at == due + timedelta(seconds=1)
    assert services.mark_overdue_and_publish(now=due + timedelta(days=1)) == 0


def test_sweep_marks_late_feedback_of_ended_cases(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to_end()
    late = scene.item("feedback").due_at + timedelta(days=1)

    assert services.mark_overdue_and_publish(now=late) == 1

    assert not scene.status.overdue


def test_sweep_takes_many_cases_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.services.sweep.BATCH", 2)
    for city in make_cities(5):
        scene.open_case(city, by=scene.manager)

    assert services.mark_overdue_and_publish(now=scene.now + timedelta(days=90)) == 5


def test_sweep_publishes_that_a_certificate_has_run_out(scene: Scene) -> None:
    scene.walk_to_end()
    expires = scene.case.certificates.get().expires_on
    last_day = scene.now.replace(year=expires.year, month=expires.month, day=expires.day) - timedelta(days=1)
    assert services.publish_expired(now=last_day) == 0
    assert scene.status.level == "silver"

    assert services.publish_expired(now=last_day + timedelta(days=1)) == 1

    assert (scene.status.level, scene.status.certificate) == ("", "")
    assert services.publish_expired(now=last_day + timedelta(days=1)) == 0


def test_task_sweeps_everything(scene: Scene) -> None:
    from workflows.tasks import sweep

    scene.open_case()  # in the past, so that its first step is late by now

    sweep()
    sweep()

    assert scene.status.overdue


@pytest.mark.parametrize("who", ["lead", "contributor", "sponsor", "manager", "director"])
def test_program_and_city_follow_a_sealed_decision(voting: Scene, who: str) -> None:
    seen = seen_by(voting, voting.everyone[who])

    assert seen.sealed
    assert (seen.seen_waiting_on, seen.seen_waiting_on_all) == ("committee", ["committee"])
    assert (seen.seen_next_step, seen.seen_due_at) == ("vote", voting.item("vote").due_at)
    voting.do_step("vote")
    seen = seen_by(voting, voting.everyone[who])
    assert (seen.seen_waiting_on, seen.seen_next_step, seen.seen_next_party) == (
        "program",
        "announce",
        "program",
    )
    assert seen.waiting_on_label == "Program"


@pytest.mark.parametrize(
    "who", ["partner_lead", "coach", "other_coach", "assessor", "other_assessor", "member"]
)
def test_others_find_the_committee_until_the_announcement(voting: Scene, who: str) -> None:
    voting.announce_on = voting.today + timedelta(days=4)
    sealed = ("committee", ["committee"], "", "", None, False)

    for step in ("vote", "announce", ""):
        seen = seen_by(voting, voting.everyone[who])
        assert seen.stage == "decision"
        assert (
            seen.seen_waiting_on,
            seen.seen_waiting_on_all,
            seen.seen_next_step,
            seen.seen_next_party,
            seen.seen_due_at,
            seen.seen_overdue,
        ) == sealed
        voting.do_step(step) if step else None
    services.publish_due(now=voting.now + timedelta(days=4))
    assert seen_by(voting, voting.everyone[who]).certificate == "MP-2025-0001"


@pytest.mark.parametrize("who", ["other_lead", "other_contributor", "nobody", "deactivated"])
def test_status_is_nothing_to_strangers(voting: Scene, who: str) -> None:
    assert not CityStatus.objects.visible_to(voting.fresh(voting.everyone[who])).exists()
    assert not CityStatus.objects.visible_to(None).exists()

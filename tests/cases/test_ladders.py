"""Every piece of work has a deadline, and somebody is reminded of it and told when it is late."""

import pytest
from django.core.management import call_command

from cases.deadlines import policies, policy_of
from cases.enums import Party, RecipientRule
from cases.ladders import Rung
from cases.models import DeadlinePolicy
from cases.steps import PERIODS, VALIDITIES, WORK
from notifications.models import Reminder
from tests.scenes import Scene


@pytest.mark.django_db
def test_every_kind_of_work_has_a_policy() -> None:
    for step in WORK:
        policy = policy_of(step)
        owner = {rung.days for rung in policy.ladder if rung.rule is RecipientRule.OWNER}
        others = {rung.days for rung in policy.ladder if rung.rule is not RecipientRule.OWNER}

        assert policy.working_days > 0, step
        assert min(owner) < 0 <= max(owner), f"{step}: whoever owes it is not reminded before and after"
        assert 0 in owner, step
        assert others or step == "delegation", f"{step}: nobody else is told when it is late"
        assert all(days > 0 for days in others), step
    assert set(policies()) == set(PERIODS)


@pytest.mark.django_db
def test_what_runs_out_by_itself_has_a_ladder_too() -> None:
    beside = {"feedback", "appeal", "delegation", "action_item", "certificate", "evidence"}
    assert beside <= set(policies())
    for code in VALIDITIES:
        ladder = policy_of(code).ladder
        owner = {rung.days for rung in ladder if rung.rule is RecipientRule.OWNER}

        assert min(owner) < 0 < max(owner)
        assert 0 in owner
        assert RecipientRule.MANAGER in {rung.rule for rung in ladder}


@pytest.mark.django_db
def test_long_work_is_announced_two_weeks_before() -> None:
    assert [rung.days for rung in policy_of("self_assess").ladder if rung.rule == "owner"] == [
        *(-14, -5, -1, 0),
        *(1, 3, 7),
    ]
    assert [rung.days for rung in policy_of("confirm").ladder if rung.rule == "owner"] == [-1, 0, 1, 3, 7]


@pytest.mark.django_db
def test_the_programs_own_rungs_take_the_place_of_the_default() -> None:
    row = DeadlinePolicy.objects.create(step="confirm", working_days=9)
    assert len(policy_of("confirm").ladder) == 7

    rung = row.rungs.create(days=-2, rule=RecipientRule.OWNER, may_wait=True)

    policy = policy_of("confirm")
    assert (policy.working_days, policy.is_own) == (9, True)
    assert policy.ladder == (Rung(-2, RecipientRule.OWNER, may_wait=True),)
    assert str(rung) == "confirm -2 owner"


@pytest.mark.django_db
def test_late_work_of_a_city_or_partner_comes_to_the_director_in_the_end() -> None:
    last = {
        step: {rung.rule for rung in policy.ladder if rung.days == 7}
        for step, policy in policies().items()
        if step in WORK and step not in ("delegation", "feedback", "action_item")
    }

    assert all(RecipientRule.DIRECTOR in rules for rules in last.values())
    assert {WORK[step].party for step in last} == set(Party)


def test_open_work_is_planned_anew_by_the_policy_that_holds_now(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    item = scene.one("confirm")
    item.due_at = scene.now.replace(year=2100)
    item.save()
    row = DeadlinePolicy.objects.create(step="confirm", working_days=9)
    row.rungs.create(days=-2, rule=RecipientRule.MANAGER)

    call_command("plan_reminders")

    assert "of 1 open pieces" in capsys.readouterr().out
    planned = Reminder.objects.get(obligation=item.pk, state="planned")
    assert (planned.step, planned.rule) == ("-2", "manager")

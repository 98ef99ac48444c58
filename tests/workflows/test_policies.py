"""Deadlines and ladders set by the program, tried on real work before they hold."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.deadlines import policy_of
from cases.enums import RecipientRule
from cases.ladders import Rung
from cases.models import DeadlinePolicy, WorkItem
from core.errors import InvalidInput, NotAllowed, NotFound
from core.models import AuditEvent
from notifications.models import Reminder
from tests.scenes import Scene
from workflows import services
from workflows.models import CityStatus

LADDER = (Rung(-2, RecipientRule.OWNER, may_wait=True), Rung(4, RecipientRule.OWNER))
PAGE = reverse("workflows:policy-detail", args=["confirm"])


def entered(*lines: tuple[object, str], **fields: object) -> dict[str, Any]:
    found: dict[str, Any] = {"rungs": len(lines), "working_days": 7, **fields}
    data = {"form-TOTAL_FORMS": found.pop("rungs"), "form-INITIAL_FORMS": 0} | found
    for number, (days, rule) in enumerate(lines):
        data |= {f"form-{number}-days": days, f"form-{number}-rule": rule}
    return data


def planned(item: WorkItem) -> set[tuple[str, str]]:
    return set(Reminder.objects.filter(obligation=item.pk, state="planned").values_list("step", "rule"))


def test_open_work_follows_a_new_policy_in_the_same_commit(scene: Scene) -> None:
    item = scene.one("confirm")
    due = item.due_at

    services.change_policy(
        step="confirm", working_days=7, ladder=LADDER, move_open=False, by=scene.manager, now=scene.now
    )
    item.refresh_from_db()
    assert (item.due_at, planned(item)) == (due, {("-2", "owner"), ("+4", "owner")})

    services.change_policy(
        step="confirm", working_days=9, ladder=LADDER, move_open=True, by=scene.manager, now=scene.now
    )
    item.refresh_from_db()
    assert item.due_at == due + timedelta(days=2)  # two working days on, from a Monday
    assert CityStatus.objects.get(case=scene.case).next_due_at == item.due_at
    moved = AuditEvent.objects.get(action="cases.due_date_moved", target_id=item.pk)
    assert moved.old == {"due_at": due.isoformat()}
    assert AuditEvent.objects.filter(action="cases.policy_set").count() == 2


def test_shorter_time_never_makes_open_work_late(scene: Scene) -> None:
    item = scene.one("confirm")

    services.change_policy(
        step="confirm",
        working_days=1,
        ladder=LADDER,
        move_open=True,
        by=scene.manager,
        now=scene.now + timedelta(days=2),
    )

    item.refresh_from_db()
    assert item.due_at == scene.now.replace(hour=22, minute=0) + timedelta(days=3)


def test_default_comes_back(scene: Scene) -> None:
    item = scene.one("confirm")
    before = planned(item)
    DeadlinePolicy.objects.create(step="confirm", working_days=2)

    for _again in range(2):
        services.reset_policy_of(step="confirm", by=scene.director, now=scene.now)

    assert not policy_of("confirm").is_own
    assert planned(item) == before
    assert AuditEvent.objects.filter(action="cases.policy_set").count() == 1


@pytest.mark.parametrize(
    ("days", "ladder"),
    [
        (0, LADDER),
        (251, LADDER),
        (5, ()),
        (5, LADDER[:1]),
        (5, LADDER[1:]),
        (5, (*LADDER, Rung(-2, RecipientRule.OWNER))),
        (5, (Rung(-2, RecipientRule.DIRECTOR), Rung(2, RecipientRule.DIRECTOR))),
    ],
)
def test_policy_that_would_leave_somebody_unreminded_is_refused(
    scene: Scene, days: int, ladder: tuple[Rung, ...]
) -> None:
    with pytest.raises(InvalidInput):
        services.change_policy(
            step="confirm", working_days=days, ladder=ladder, move_open=False, by=scene.manager, now=scene.now
        )

    assert not DeadlinePolicy.objects.exists()


def test_only_the_program_sets_deadlines(scene: Scene) -> None:
    change = {"working_days": 5, "ladder": LADDER, "move_open": False, "now": scene.now}
    with pytest.raises(NotAllowed):
        services.change_policy(step="confirm", by=scene.lead, **change)
    with pytest.raises(NotFound):
        services.change_policy(step="dance", by=scene.manager, **change)


def test_page_shows_what_it_would_do_and_does_nothing_yet(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    scene.sign_in(client, scene.manager)
    lines = [(-3, "owner"), (2, "owner"), (6, "director"), ("", "owner")]

    shown = client.post(PAGE, entered(*lines, move_open="on", preview="1")).content.decode()

    assert "Wed, Mar 12, 2025" in shown  # due
    assert "Fri, Mar 7, 2025" in shown  # three working days before
    assert scene.director.name in shown
    assert not DeadlinePolicy.objects.exists()
    assert WorkItem.objects.get(pk=item.pk).due_at == item.due_at

    answer = client.post(PAGE, entered(*lines))
    assert answer["Location"] == reverse("workflows:policy-list")
    assert [rung.step for rung in policy_of("confirm").ladder] == ["-3", "+2", "+6"]
    page = client.get(reverse("workflows:policy-list")).content.decode()
    assert "3 working days before; 2 working days after" in page
    assert "14, 5, 1 working days before; on the due date; 1, 3, 7 working days after" in page


def test_page_says_what_is_wrong(scene: Scene, client: Client) -> None:
    scene.sign_in(client, scene.manager)

    for wrong in (entered((99, "owner")), entered((-1, "owner")), entered((-1, "nobody"), preview="1")):
        assert client.post(PAGE, wrong).status_code == 400
    assert "reminded at least once" in client.post(PAGE, entered((-1, "owner"))).content.decode()


def test_page_asks_the_same_for_one_and_for_fifty(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = scene.one("confirm")
    scene.sign_in(client, scene.manager)

    for count in (0, 2, 47):
        WorkItem.objects.bulk_create(
            WorkItem(
                kind="appeal",
                step="confirm",
                case=scene.case,
                party="program",
                organization=scene.office,
                opened_at=item.opened_at,
                due_at=item.due_at,
            )
            for _n in range(count)
        )
        with django_assert_num_queries(18):
            client.post(PAGE, entered((-3, "owner"), move_open="on", preview="1"))


def test_second_of_two_who_save_sees_what_the_first_saved(scene: Scene, client: Client) -> None:
    scene.sign_in(client, scene.manager)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(PAGE).content.decode())
    assert seen
    first = entered(("-2", "owner"), ("4", "owner"), working_days=12, seen=seen[1])
    assert client.post(PAGE, first).status_code == 302

    refused = client.post(PAGE, first | {"working_days": 5})

    assert (refused.status_code, policy_of("confirm").working_days) == (409, 12)
    shown = refused.content.decode()
    assert "Someone saved this meanwhile" in shown
    assert "12 working days" in shown
    again = re.search(r'name="seen" value="(\w+)"', shown)
    assert again
    assert client.post(PAGE, first | {"working_days": 5, "seen": again[1]}).status_code == 302
    assert policy_of("confirm").working_days == 5

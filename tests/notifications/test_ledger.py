"""The ledger: each obligation says the latest of what is due, to whom it concerns then, and once."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from cases.enums import RecipientRule
from cases.models import WorkItem
from cases.reminders import WORK_DUE, plan_reminders_of
from notifications.enums import DeliveryState, ReminderState
from notifications.models import Delivery, Notice, Reminder
from notifications.services import (
    Rung,
    deliver_due,
    plan_reminders,
    send_due_reminders,
    supersede_reminders,
)
from notifications.services.claiming import LATER_STEP, TOLD_ALREADY
from tests.scenes import Scene
from workflows import services

DAY = timedelta(days=1)


def rows(item: WorkItem, **fields: object) -> list[Reminder]:
    return list(Reminder.objects.filter(obligation=item.pk, **fields))


def at(item: WorkItem, step: str, rule: str = RecipientRule.OWNER) -> datetime:
    return Reminder.objects.get(obligation=item.pk, step=step, rule=rule).planned_at


def told(item: WorkItem) -> list[str]:
    sent = Delivery.objects.filter(notice__obligation=item.pk, state=DeliveryState.SENT)
    return sorted(sent.values_list("notice__person__email", flat=True))


def sweep(now: datetime) -> None:
    send_due_reminders(now=now)
    deliver_due(now=now)


def test_outage_of_days_gives_each_person_one_mail_per_obligation(scene: Scene) -> None:
    item = scene.one("release_report")

    # Nothing runs from the day before until all but the last rung have passed.
    sweep(at(item, "+3") + DAY)

    assert told(item) == [scene.manager.email]
    states = {(row.step, row.rule): (row.state, row.reason) for row in rows(item)}
    assert states["-1", "owner"] == ("superseded", LATER_STEP)
    assert states["+1", "owner"] == ("superseded", LATER_STEP)
    assert states["+3", "owner"] == ("sent", "")
    assert states["+3", "manager"] == ("suppressed", TOLD_ALREADY)
    assert states["+7", "director"] == ("planned", "")


def test_escalation_reaches_who_the_rule_finds_then(scene: Scene) -> None:
    item = scene.one("release_report")

    sweep(at(item, "+7", RecipientRule.DIRECTOR))

    assert told(item) == sorted([scene.director.email, scene.manager.email])
    notice = Notice.objects.get(obligation=item.pk, person=scene.director)
    assert "still open. It is owed by: Manager" in notice.text
    assert (notice.why, notice.thread) == (
        "You direct the program, and this work is long overdue.",
        scene.case.pk,
    )


def test_reassigned_between_claim_and_send_goes_to_the_new_owner(scene: Scene) -> None:
    item = scene.one("release_report")
    now = at(item, "-1")
    send_due_reminders(now=now)

    services.take_over_management(case_id=scene.case.pk, by=scene.director, now=now)
    sweep(now)

    assert WorkItem.objects.get(pk=item.pk).owner == scene.director
    assert told(item) == [scene.director.email]
    [row] = rows(item, step="-1")
    assert row.state == ReminderState.SENT

    # Given back meanwhile, the first owner is told after all.
    services.take_over_management(case_id=scene.case.pk, by=scene.fresh(scene.manager), now=now)
    Reminder.objects.filter(pk=row.pk).update(state="planned", settled_at=None)
    sweep(now)
    assert told(item) == sorted([scene.director.email, scene.manager.email])
    assert Reminder.objects.get(pk=row.pk).state == ReminderState.SENT


def test_later_due_date_silences_what_is_planned_and_on_its_way_in_the_same_commit(scene: Scene) -> None:
    item = scene.one("release_report")
    before = at(item, "-1")
    send_due_reminders(now=before)

    with transaction.atomic():
        item.due_at += 14 * DAY
        item.save(update_fields=["due_at"])
        plan_reminders_of(item, now=before)
    sweep(before)

    assert told(item) == []
    assert {row.state for row in rows(item, planned_at__lte=before)} == {"superseded"}
    assert len(rows(item, state="planned", rule="owner")) == 5
    first = min(row.planned_at for row in rows(item, state="planned"))
    # Nine in the morning in New York, before and after the clocks change.
    assert (first - before, first.hour, before.hour) == (14 * DAY - timedelta(hours=1), 13, 14)


def test_date_that_moves_away_and_back_is_planned_again(scene: Scene) -> None:
    item = scene.one("confirm")
    before = {row.pk for row in rows(item, state="planned")}
    for days in (7, -7):
        item.due_at += days * DAY
        plan_reminders_of(item, now=scene.now)

    assert {row.pk for row in rows(item, state="planned")} == before


def test_ledger_refuses_two_of_the_same_rung(scene: Scene) -> None:
    item = scene.one("confirm")
    [first] = rows(item, step="-1")

    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(
            kind=WORK_DUE, obligation=item.pk, step="-1", rule="owner", planned_at=first.planned_at + DAY
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.filter(pk=first.pk).update(state=ReminderState.CLAIMED)


def late_work(scene: Scene, count: int) -> None:
    """So many appeals that nobody has answered, as the ledger plans them."""
    for item in WorkItem.objects.bulk_create(
        WorkItem(
            kind="appeal",
            step="appeal",
            case=scene.case,
            party="program",
            organization=scene.office,
            opened_at=scene.now,
            due_at=scene.now,
        )
        for _n in range(count)
    ):
        plan_reminders_of(item, now=scene.now)


def test_batch_takes_the_same_queries_for_one_and_for_many(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scene.open_case()
    Reminder.objects.all().delete()
    now = scene.now + 40 * DAY

    for count in (1, 3, 50):
        late_work(scene, count)
        with django_assert_num_queries(28):
            send_due_reminders(now=now)

    assert Notice.objects.count() == 2 * 54


@pytest.mark.django_db(transaction=True)
def test_obligation_that_somebody_else_holds_in_part_is_left_alone() -> None:
    """A transaction that is changing it may be about to silence it."""
    from threading import Event, Thread
    from uuid import uuid4

    obligation, start = uuid4(), datetime.fromisoformat("2025-03-03T09:00:00+00:00")
    moments = {Rung("-1", "owner"): start + DAY, Rung("+1", "owner"): start + 2 * DAY}
    plan_reminders(kind=WORK_DUE, obligation=obligation, moments=moments, now=start)
    held, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Reminder.objects.select_for_update().get(obligation=obligation, step="-1")
            held.set()
            done.wait(10)
        connection.close()

    other = Thread(target=hold)
    other.start()
    held.wait(10)
    meanwhile = send_due_reminders(now=start + 3 * DAY)
    done.set()
    other.join()

    assert meanwhile == 0
    supersede_reminders(kind=WORK_DUE, obligation=obligation, now=start)
    assert send_due_reminders(now=start + 3 * DAY) == 0

"""An organization's own closed days: what falls due on them moves, and nobody is reminded on them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cases.deadlines import calendar_of
from cases.models import WorkItem
from cases.services import place_hold
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from core.pagekit_dates import day_in_words
from notifications.models import Notice, Reminder
from people.models import Closure, Organization
from tests.scenes import Scene
from workflows import services
from workflows.models import CityStatus

PAGE = reverse("workflows:closed-days")


def close(
    scene: Scene, first: date, last: date | None = None, *, keeps_time: bool = True, **given: object
) -> int:
    entered = {"by": scene.director, "now": scene.now, "name": "Our break"} | given
    return services.close_days(
        organization=scene.office, begins_on=first, ends_on=last or first, keeps_time=keeps_time, **entered
    )


def due_on(item: WorkItem) -> date:
    item.refresh_from_db()
    return calendar_of(Organization.objects.get(pk=item.organization_id)).local_day(item.due_at)


def on_the_way(item: WorkItem, day: date) -> bool:
    planned = Reminder.objects.filter(obligation=item.pk, state="planned")
    return any(one.planned_at.date() == day for one in planned)


def test_dates_and_reminders_move_and_come_back(scene: Scene) -> None:
    item = scene.one("confirm")
    due = due_on(item)
    assert on_the_way(item, due)

    assert close(scene, due) == 1

    moved = due_on(item)
    assert moved > due
    assert not on_the_way(item, due)
    assert CityStatus.objects.get(case=scene.case).next_due_at == item.due_at
    assert AuditEvent.objects.get(action="cases.due_date_moved").new["why"] == "closed days"
    scene.office.refresh_from_db()
    assert scene.office.closed_days == [due]
    assert due not in {due_on(work) for work in WorkItem.objects.all()}

    closure = Closure.objects.get()
    assert str(closure).endswith(f"from {due} to {due}")
    back = {"closure_id": closure.pk, "keeps_time": True, "now": scene.now}
    with pytest.raises(NotFound):
        services.open_days(by=scene.lead, **back)
    assert services.open_days(by=scene.manager, **back) == 1
    with pytest.raises(NotFound):
        services.open_days(by=scene.manager, **back)

    assert due_on(item) == due
    assert on_the_way(item, due)
    assert Organization.objects.get(pk=scene.office.pk).closed_days == []
    assert AuditEvent.objects.filter(action="people.closure_removed").count() == 1


def test_work_keeps_its_days_only_if_that_is_wanted_and_its_clock_runs(scene: Scene) -> None:
    item = scene.one("confirm")
    due = due_on(item)
    tomorrow = calendar_of(scene.office).add(scene.now.date(), 1)

    assert close(scene, tomorrow, keeps_time=False) == 0
    assert due_on(item) == due

    place_hold(case=scene.case, reason="A storm.", by=scene.manager, now=scene.now)
    assert close(scene, calendar_of(scene.office).add(tomorrow, 1)) == 0
    assert due_on(item) == due
    # What would fall due on a closed day moves in any case.
    assert close(scene, due, keeps_time=False) == 1
    assert due_on(item) > due


def test_late_work_stays_as_late_as_it_is(scene: Scene) -> None:
    item = scene.one("confirm")
    later = item.due_at + timedelta(days=1)

    assert close(scene, (later + timedelta(days=1)).date(), now=later) == 0


def test_only_sound_days_of_whoever_may_set_them(scene: Scene) -> None:
    today = scene.now.date()
    ahead = today + timedelta(days=30)
    far = timedelta(days=900)
    for first, last in (
        (ahead, today),
        (today - timedelta(days=1), ahead),
        (ahead, ahead + timedelta(days=70)),
        (today + far, today + far),
    ):
        with pytest.raises(InvalidInput):
            close(scene, first, last)
    with pytest.raises(NotAllowed):
        close(scene, ahead, by=scene.lead)
    close(scene, ahead, ahead + timedelta(days=2))
    with pytest.raises(InvalidInput):
        close(scene, ahead + timedelta(days=2))

    closure = Closure.objects.get()
    assert not Closure.objects.visible_to(None).exists()
    assert not Closure.objects.visible_to(scene.lead).exists()
    with pytest.raises(WrongState):
        services.open_days(
            closure_id=closure.pk, keeps_time=True, by=scene.manager, now=scene.now + timedelta(days=40)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(
            organization=scene.office,
            begins_on=ahead,
            ends_on=ahead,
            name="Twice",
            set_at=scene.now,
            set_by=scene.lead,
        )


def test_due_dates_of_many_parties_need_no_further_query(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    close(scene, scene.now.date() + timedelta(days=30))
    home = calendar_of(scene.office)
    organizations = list(Organization.objects.all())

    with django_assert_num_queries(0):
        found = [calendar_of(one, home=home).closed for one in organizations]

    assert sum(map(len, found)) == 1


def test_page_shows_what_would_move_before_anything_does(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    calendar = calendar_of(scene.office)
    day = calendar.add(timezone.localdate() + timedelta(days=30), 1)
    WorkItem.objects.filter(pk=item.pk).update(due_at=calendar.end_of(day))
    scene.sign_in(client, scene.manager)
    page = f"{PAGE}?organization={scene.office.slug}"
    entered = {"name": "Retreat", "begins_on": day, "ends_on": day, "keeps_time": "on"}

    assert "Of which organization?" in client.get(PAGE).content.decode()
    shown = client.post(page, entered | {"preview": "1"}).content.decode()
    assert "1 due date moves" in shown
    assert not Closure.objects.exists()
    assert client.post(page, entered | {"ends_on": "2020-01-01"}).status_code == 400
    assert client.post(page, entered)["Location"] == page
    assert due_on(item) > day

    closure = Closure.objects.get()
    remove = reverse("workflows:closure-remove", args=[closure.pk])
    assert "Retreat" in client.get(page).content.decode()
    assert "1 due date moves" in client.get(remove).content.decode()
    assert client.post(remove, {"keeps_time": "on"}).status_code == 302
    assert due_on(item) == day

    scene.sign_in(client, scene.lead)
    own = client.get(PAGE).content.decode()
    assert scene.city.organization.name in own
    assert client.get(page).status_code == 404


def test_whoever_manages_a_case_learns_which_dates_an_organization_moved(scene: Scene) -> None:
    item = scene.one("self_assess")
    before, city = due_on(item), scene.city.organization
    given = {"organization": city, "name": "Our break", "keeps_time": True, "now": scene.now}
    told = Notice.objects.filter(kind="people.closed_days_moved")

    services.close_days(begins_on=before, ends_on=before, by=scene.manager, **given)
    assert not told.exists()
    moved = due_on(item)
    services.close_days(begins_on=moved, ends_on=moved, by=scene.fresh(scene.lead), **given)

    notice = told.get()
    assert notice.person == scene.manager
    assert f"{day_in_words(moved)} → {day_in_words(due_on(item))}" in notice.text
    assert notice.url == f"{PAGE}?organization={city.slug}"

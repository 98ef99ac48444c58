"""The calendar of deadlines: whose address shows what, until when, and that programs can read it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar, Event

from cases.models import WorkItem
from core.models import AuditEvent
from people.models import User
from tests.scenes import Scene
from tests.workflows.concurrency import at_once
from workflows import services
from workflows.models import CalendarLink


def address_for(person: User) -> str:
    return f"/calendar/{services.make_calendar_link(by=person, now=timezone.now())}.ics"


def read(address: str) -> Any:
    return Client().get(address)


def events_at(address: str) -> list[Event]:
    """Every event of the calendar, which a strict reader must understand in full."""
    calendar = Calendar.from_ical(read(address).content)
    assert calendar.errors == []
    assert all(event.errors == [] for event in calendar.walk())
    assert {"PRODID", "VERSION"} <= set(calendar)
    assert calendar.subcomponents
    events = calendar.walk("VEVENT")
    assert all({"UID", "DTSTAMP", "DTSTART"} <= set(event) for event in events)
    return events


def titles_at(address: str) -> set[str]:
    return {str(event["SUMMARY"]) for event in events_at(address)}


def test_calendar_holds_what_its_owner_owes_and_nothing_else(scene: Scene) -> None:
    item = scene.one("confirm")
    people = (scene.manager, scene.lead, scene.other_lead, scene.contributor)
    manager, lead, other_lead, contributor = (address_for(person) for person in people)

    (event,) = events_at(manager)

    assert str(event["SUMMARY"]) == f"{item.title} · Paterson"
    assert event["DTSTART"].dt == item.due_at
    assert str(event["URL"]) == f"{settings.BASE_URL}{item.get_absolute_url()}"
    assert [titles_at(address) for address in (lead, other_lead, contributor)] == [set(), set(), set()]


def test_vote_is_in_the_calendar_of_members_who_have_not_voted(scene: Scene) -> None:
    item = scene.one("vote")
    first, second = scene.committee[:2]
    scene.cast(item, first)

    assert titles_at(address_for(first)) == set()
    assert titles_at(address_for(second)) == {f"{item.title} · Paterson"}


def test_work_that_moves_keeps_its_uid_and_work_that_ends_goes(scene: Scene) -> None:
    item = scene.one("confirm")
    address = address_for(scene.manager)
    (before,) = events_at(address)

    WorkItem.objects.filter(pk=item.pk).update(due_at=item.due_at + timedelta(days=2))
    (after,) = events_at(address)
    scene.do_step("confirm")

    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=2)
    assert after["UID"] not in {event["UID"] for event in events_at(address)}


def test_work_of_a_case_on_hold_is_tentative(scene: Scene) -> None:
    scene.one("confirm")
    address = address_for(scene.manager)

    services.hold_case(case_id=scene.case.pk, reason="A flood.", by=scene.manager, now=scene.tick())

    assert [event["STATUS"] for event in events_at(address)] == ["TENTATIVE"]


def test_program_that_has_the_same_already_is_sent_nothing(scene: Scene) -> None:
    item = scene.one("confirm")
    address = address_for(scene.manager)
    first = read(address)

    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    WorkItem.objects.filter(pk=item.pk).update(due_at=item.due_at + timedelta(days=2))
    moved = Client().get(address, headers={"If-None-Match": first["ETag"]})

    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert moved.status_code == 200


def test_words_of_people_stay_words(scene: Scene) -> None:
    item = scene.one("confirm")
    WorkItem.objects.filter(pk=item.pk).update(
        topic="a; b, c\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Injected " + "é" * 90
    )

    (event,) = events_at(address_for(scene.manager))

    assert "Injected" in event["SUMMARY"]
    assert "a; b, c" in event["SUMMARY"]
    lines = read(address_for(scene.manager)).content.split(b"\r\n")
    assert max(map(len, lines)) <= 75


@pytest.mark.parametrize("ending", ["anew", "ended", "deactivated"])
def test_address_that_has_ended_is_like_one_that_never_was(scene: Scene, ending: str) -> None:
    scene.one("confirm")
    address = address_for(scene.manager)
    assert read(address).status_code == 200

    if ending == "anew":
        address_for(scene.manager)
    if ending == "ended":
        services.revoke_calendar_link(by=scene.manager, now=timezone.now())
    if ending == "deactivated":
        User.objects.filter(pk=scene.manager.pk).update(is_active=False)

    gone, never = read(address), read("/calendar/" + "x" * 43 + ".ics")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.content.replace(address.encode(), b"") == never.content.replace(
        never.request["PATH_INFO"].encode(), b""
    )


def test_calendar_ends_with_the_role_that_owes_the_work(scene: Scene) -> None:
    scene.one("confirm")
    address = address_for(scene.manager)

    scene.manager.affiliations.update(until=timezone.localdate() - timedelta(days=1))

    assert titles_at(address) == set()


def test_page_makes_shows_once_and_ends_the_address(scene: Scene, client: Client) -> None:
    scene.one("confirm")
    scene.sign_in(client, scene.manager)

    made = client.post("/calendar/").content.decode()
    address = made.partition(settings.BASE_URL)[2].partition("<")[0]

    assert titles_at(address)
    later = client.get("/calendar/").content.decode()
    assert address not in later
    assert "No calendar program has read it yet" not in later
    client.post("/calendar/", {"deed": "revoke"})
    assert read(address).status_code == 404
    actions = AuditEvent.objects.filter(action__startswith="workflows.calendar").values_list(
        "action", flat=True
    )
    assert sorted(actions) == ["workflows.calendar_link_made", "workflows.calendar_link_revoked"]


def test_address_is_kept_as_a_hash_only(scene: Scene) -> None:
    token = services.make_calendar_link(by=scene.manager, now=timezone.now())

    link = CalendarLink.objects.get(person=scene.manager)

    assert token not in {str(value) for value in vars(link).values()}


def test_reading_is_noted_once_an_hour(scene: Scene) -> None:
    address = address_for(scene.manager)
    read(address)
    noted = CalendarLink.objects.get().last_read_at

    read(address)

    assert CalendarLink.objects.get().last_read_at == noted


def test_calendar_asks_the_same_for_one_and_for_three(scene: Scene) -> None:
    item = scene.one("confirm")
    address = address_for(scene.manager)
    read(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            read(address)
        return len(asked)

    first = queries()
    for _n in range(2):
        item.pk, item.kind, item.task_number = None, "appeal", None
        item._state.adding = True
        item.save()

    assert len(events_at(address)) == 3
    assert queries() == first == 5


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_leave_one_address() -> None:
    scene = Scene()
    now = timezone.now()

    made, refused = at_once(
        *[lambda: services.make_calendar_link(by=scene.fresh(scene.manager), now=now)] * 2
    )

    assert refused == []
    assert sorted(read(f"/calendar/{token}.ics").status_code for token in made) == [200, 404]

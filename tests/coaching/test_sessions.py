"""Sessions planned, moved, called off and held: by whom, when, and what follows for those invited."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.errors import CaseClosed, CaseOnHold
from coaching.meetings import last_contacts, next_sessions
from coaching.models import Engagement, Invitee, Session
from coaching.selectors import shared_coaching
from coaching.services import Record
from core import audit
from core.errors import EditConflict, InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice
from tests.coaching.sessions import AGENDA, ZONE, plan, plan_for, typed
from tests.scenes import Scene
from tests.workflows.pages import page_for, page_of
from workflows import services
from workflows.services.sessions import TOLD

READERS = {
    *("lead", "contributor", "sponsor", "partner_lead", "coach", "second_coach", "manager", "director"),
}
DAY = timedelta(days=1)


def plan_a_session(scene: Scene) -> None:
    scene.walk_to("work")
    plan(scene)


@pytest.fixture
def planned(scene: Scene) -> Scene:
    """Both engagements are under way, and a session of the first is planned in a week."""
    scene.arrange(plan_a_session)
    return scene


def told(session: Session) -> list[tuple[str, str]]:
    """Who was told what, oldest first."""
    notices = Notice.objects.filter(kind=TOLD, obligation=session.pk).order_by("created_at", "subject")
    return [(one.recipient, one.subject.partition(":")[0]) for one in notices]


def record(scene: Scene, **given: Any) -> Record:
    values: dict[str, Any] = {"held_on": scene.today, "minutes": 50, "notes": "We chose twelve data sets."}
    return Record(**values | given)


def test_planned_session_invites_people_and_addresses(planned: Scene) -> None:
    session = Session.objects.get()

    assert (session.status, session.sequence, session.held_on) == ("planned", 0, None)
    assert sorted(told(session)) == [
        ("clerk@paterson.example", "Invitation"),
        (planned.lead.email, "Invitation"),
    ]
    events = AuditEvent.objects.filter(action="coaching.session_planned", dossier=planned.case.pk)
    assert events.get().new["minutes"] == 60


def test_same_form_sent_twice_is_one_session(planned: Scene) -> None:
    key, coach = uuid4(), planned.partner.coach
    place: dict[str, Any] = {"engagement_id": planned.engagement().pk, "key": key, "by": coach}

    first = services.plan_session(plan=plan_for(planned), now=planned.tick(), **place)
    second = services.plan_session(plan=plan_for(planned), now=planned.tick(), **place)

    assert first == second
    assert len(told(first)) == 2


def test_moved_session_tells_those_who_stay_come_and_go(planned: Scene) -> None:
    session = Session.objects.get()
    later = plan_for(
        planned,
        starts_at=planned.now + 9 * DAY,
        people=[planned.contributor],
        addresses=["Clerk@Paterson.Example"],
    )

    changed = services.change_session(
        session_id=session.pk, plan=later, version=0, by=planned.partner.coach, now=planned.tick()
    )

    assert changed.sequence == 1
    assert sorted(told(session)[2:]) == sorted(
        [
            ("clerk@paterson.example", "Changed"),
            (planned.contributor.email, "Changed"),
            (planned.lead.email, "Called off"),
        ]
    )
    assert Invitee.objects.get(person=planned.lead).taken_off_by == planned.partner.coach


def test_session_that_stays_as_it_was_tells_nobody(planned: Scene) -> None:
    session = Session.objects.get()
    same = plan_for(planned, starts_at=session.starts_at)

    services.change_session(
        session_id=session.pk, plan=same, version=0, by=planned.partner.coach, now=planned.tick()
    )

    assert Session.objects.get().sequence == 0
    assert len(told(session)) == 2


def test_who_was_taken_off_can_be_asked_again(planned: Scene) -> None:
    session, coach = Session.objects.get(), planned.partner.coach

    for version, people in enumerate(([], [planned.lead])):
        plan = plan_for(planned, starts_at=session.starts_at, people=people)
        services.change_session(
            session_id=session.pk, plan=plan, version=version, by=coach, now=planned.tick()
        )

    lead = Invitee.objects.get(person=planned.lead)
    assert lead.taken_off_at is None
    assert told(session)[-1][1] == "Changed"


def test_session_that_is_called_off_can_be_neither_moved_nor_held(planned: Scene) -> None:
    session, coach = Session.objects.get(), planned.partner.coach
    place: dict[str, Any] = {"session_id": session.pk, "by": coach}

    services.call_off_session(reason="A storm.", now=planned.tick(), **place)

    assert sorted(words for _who, words in told(session)[2:]) == ["Called off", "Called off"]
    assert "A storm." in Notice.objects.filter(obligation=session.pk).order_by("-created_at")[0].text
    for refused in (
        lambda: services.call_off_session(reason="", now=planned.now, **place),
        lambda: services.change_session(plan=plan_for(planned), version=0, now=planned.now, **place),
        lambda: services.hold_session(record=record(planned), now=planned.now, **place),
    ):
        with pytest.raises(WrongState):
            refused()


def test_held_session_keeps_who_came_and_what_was_done(planned: Scene) -> None:
    session = Session.objects.get()
    lead = Invitee.objects.get(person=planned.lead)

    services.hold_session(
        session_id=session.pk,
        record=record(planned, came=[lead.pk]),
        by=planned.partner.coach,
        now=planned.tick(),
    )

    session.refresh_from_db()
    assert (session.status, session.held_on, session.minutes) == ("held", planned.today, 50)
    assert [one.came for one in session.invitees.order_by("-came")] == [True, False]
    (engagement,) = [one for one in shared_coaching(planned.case) if one["sessions"]]
    assert engagement["sessions"][0]["notes"] == "We chose twelve data sets."


def test_session_to_which_nobody_came_is_no_contact(planned: Scene) -> None:
    session = Session.objects.get()
    place: dict[str, Any] = {"session_id": session.pk, "by": planned.partner.coach}
    engagement = planned.engagement()

    with pytest.raises(InvalidInput):
        services.miss_session(now=planned.now, **place)
    services.miss_session(now=planned.now + 8 * DAY, **place)

    session.refresh_from_db()
    assert (session.status, session.held_on) == ("missed", None)
    assert last_contacts([engagement.pk]) == {engagement.pk: engagement.kicked_off_on}


def test_next_sessions_and_last_contacts_take_one_query_each(planned: Scene) -> None:
    soon = plan(planned, starts_at=planned.now + 3 * DAY)
    first, other = planned.engagement(), planned.engagement(planned.other_partner)
    services.hold_session(
        session_id=plan(planned, starts_at=planned.now + 2 * DAY).pk,
        record=record(planned),
        by=planned.partner.coach,
        now=planned.tick(),
    )

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = next_sessions([first.pk, other.pk], now=planned.now)
        contacts = last_contacts([first.pk, other.pk])

    assert found == {first.pk: soon}
    assert contacts == {first.pk: planned.today}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"minutes": 0}, "minutes"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"starts_at": datetime(2025, 1, 1, tzinfo=ZoneInfo("UTC"))}, "starts_at"),
        ({"starts_at": datetime(2026, 3, 8, 2, 30, tzinfo=ZoneInfo(ZONE))}, "starts_at"),
        ({"place": "Hall\r\nSUMMARY:x"}, "place"),
        ({"place": "x" * 301}, "place"),
        ({"agenda": "\u202eback"}, "agenda"),
        ({"addresses": ["nobody"]}, "addresses"),
        ({"addresses": ["a@x.example\r\nBcc: b@x.example"]}, "addresses"),
        ({"addresses": [f"a{n}@x.example" for n in range(51)]}, "addresses"),
    ],
)
def test_wrong_plan_names_its_field(planned: Scene, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan(planned, **wrong)

    assert list(refused.value.errors) == [field]
    assert Session.objects.count() == 1


def test_only_people_and_criteria_of_the_engagement_are_taken(planned: Scene) -> None:
    foreign = planned.standard.criteria.exclude(area__in=planned.engagement().areas.all())[0]

    for person in (planned.other_lead, planned.other_partner.coach, planned.manager, planned.deactivated):
        with pytest.raises(InvalidInput):
            plan(planned, people=[person])
    with pytest.raises(InvalidInput):
        plan(planned, criteria=[foreign])


def test_only_the_coach_plans_changes_and_logs(planned: Scene) -> None:
    session = Session.objects.get()

    for name, person in planned.everyone.items():
        if name == "coach" or not person.is_active:
            continue
        refusal = NotAllowed if name in READERS else NotFound
        for call in (
            lambda by: services.plan_session(
                engagement_id=session.engagement_id,
                plan=plan_for(planned),
                key=uuid4(),
                by=by,
                now=planned.now,
            ),
            lambda by: services.change_session(
                session_id=session.pk, plan=plan_for(planned), version=0, by=by, now=planned.now
            ),
            lambda by: services.call_off_session(session_id=session.pk, reason="", by=by, now=planned.now),
            lambda by: services.hold_session(
                session_id=session.pk, record=record(planned), by=by, now=planned.now
            ),
            lambda by: services.miss_session(session_id=session.pk, by=by, now=planned.now),
        ):
            with pytest.raises(refusal):
                call(planned.fresh(person))


def test_nothing_is_planned_on_a_held_or_ended_case_and_an_end_calls_off(planned: Scene) -> None:
    session = Session.objects.get()
    services.hold_case(case_id=planned.case.pk, reason="A flood.", by=planned.manager, now=planned.tick())
    with pytest.raises(CaseOnHold):
        plan(planned)

    services.withdraw_case(case_id=planned.case.pk, reason="x", by=planned.lead, now=planned.tick())

    session.refresh_from_db()
    assert (session.status, session.sequence) == ("cancelled", 1)
    assert [words for _who, words in told(session)[2:]] == ["Called off", "Called off"]
    with pytest.raises(CaseClosed):
        plan(planned)


def test_nothing_is_planned_while_an_engagement_rests(planned: Scene) -> None:
    Engagement.objects.filter(pk=planned.engagement().pk).update(
        paused_at=planned.now, paused_by=planned.partner.lead, pause_reason="Elections."
    )

    with pytest.raises(WrongState):
        plan(planned)


def test_closing_an_engagement_calls_off_what_is_planned(planned: Scene) -> None:
    planned.walk_to("feedback")

    session = Session.objects.get()
    assert session.status == "cancelled"
    assert session.cancel_reason == "The engagement is closed."


# Pages


def test_readers_of_the_engagement_find_its_sessions_and_nobody_else(planned: Scene, client: Client) -> None:
    page, engagement = Session.objects.get().get_absolute_url(), page_of(planned.engagement())

    found = {name for name in planned.everyone if Session.objects.visible_to(planned.everyone[name]).exists()}
    shown = {
        (name, url): "meet.example/paterson" in page_for(planned, client, planned.everyone[name], url)
        for name in (
            "lead",
            "partner_lead",
            "manager",
            "assessor",
            "member",
            "other_partner_lead",
            "other_lead",
        )
        for url in (page, engagement)
    }

    assert found == READERS
    assert {name for (name, _url), there in shown.items() if there} == {"lead", "partner_lead", "manager"}
    assert {name for (name, _url), there in shown.items() if not there} & READERS == set()


def test_coach_plans_moves_logs_and_calls_off_on_the_pages(planned: Scene, client: Client) -> None:
    planned.sign_in(client, planned.partner.coach)
    at = timezone.now() + 20 * DAY
    address = f"/engagements/{planned.engagement().pk}/sessions/"
    form = typed(at, people=[str(planned.lead.pk)])

    assert AGENDA not in client.get(address).content.decode()
    wrong = client.post(address, form | {"addresses": "nobody", "minutes": "45"})
    made = client.post(address, form)
    session = Session.objects.get(kind="training")
    page = client.get(f"{made['Location']}change/").content.decode()
    moved = client.post(
        f"{made['Location']}change/", form | {"version": "0", "at": "08:15", "people": [str(planned.lead.pk)]}
    )
    off = client.post(f"{made['Location']}call-off/", {"reason": "A storm."})

    assert (wrong.status_code, made.status_code, moved.status_code, off.status_code) == (400, 302, 302, 302)
    assert "This is no e-mail address: nobody" in wrong.content.decode()
    assert "budget@paterson.example" in page
    session.refresh_from_db()
    assert session.starts_at is not None
    assert session.starts_at.astimezone(ZoneInfo(ZONE)).strftime("%H:%M") == "08:15"
    assert (session.status, session.cancel_reason) == ("cancelled", "A storm.")


def test_coach_logs_a_planned_session_on_its_page(planned: Scene, client: Client) -> None:
    session = Session.objects.get()
    criterion = planned.standard.criteria.get(code="DM1")
    lead = Invitee.objects.get(person=planned.lead)
    planned.sign_in(client, planned.partner.coach)
    entered = {"held_on": planned.today.isoformat(), "minutes": "55", "notes": "Done.", "came": [lead.pk]}

    wrong = client.post(session.get_absolute_url(), entered | {"minutes": "0"})
    future = client.post(session.get_absolute_url(), entered | {"held_on": "2999-01-01"})
    right = client.post(session.get_absolute_url(), entered | {"criteria": [criterion.pk]})

    assert (wrong.status_code, future.status_code, right.status_code) == (400, 400, 302)
    page = page_for(planned, client, planned.lead, session.get_absolute_url())
    assert "came" in page
    assert "DM1" in page
    assert "Done." in page
    assert "Log it as held" not in page


def test_nobody_came_is_one_button(planned: Scene, client: Client) -> None:
    session = Session.objects.get()
    Session.objects.update(starts_at=planned.now)
    planned.sign_in(client, planned.partner.coach)

    answer = client.post(session.get_absolute_url(), {"deed": "missed"})

    session.refresh_from_db()
    assert (answer.status_code, session.status) == (302, "missed")
    assert "Nobody came" in client.get(session.get_absolute_url()).content.decode()


def test_page_of_a_session_asks_the_same_for_one_and_for_many_invited(planned: Scene, client: Client) -> None:
    session = Session.objects.get()
    planned.sign_in(client, planned.partner.coach)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(session.get_absolute_url())
        return len(asked)

    few = queries()
    Invitee.objects.bulk_create(
        Invitee(session=session, address=f"a{n}@x.example", invited_at=planned.now, invited_by=planned.lead)
        for n in range(30)
    )

    assert queries() == few


def test_stale_change_is_refused_with_what_is_planned_now(planned: Scene, client: Client) -> None:
    session, coach = Session.objects.get(), planned.partner.coach
    starts_at = timezone.now().replace(microsecond=0) + 9 * DAY
    moved = plan_for(planned, starts_at=starts_at, place="Room 9")
    services.change_session(session_id=session.pk, plan=moved, version=0, by=coach, now=planned.tick())
    before = len(told(session))
    planned.sign_in(client, coach)
    url, mine = f"{session.get_absolute_url()}change/", typed(starts_at, place="My own room", version="0")

    refused = client.post(url, mine)
    kept = Session.objects.get()
    with pytest.raises(EditConflict):
        services.change_session(
            session_id=session.pk, plan=plan_for(planned), version=0, by=coach, now=planned.tick()
        )
    unmoved = len(told(session))
    again = client.post(url, mine | {"version": str(refused.context["form"]["version"].value())})

    page = refused.content.decode()
    assert (refused.status_code, kept.place, kept.sequence, unmoved) == (409, "Room 9", 1, before)
    assert "Changed since you opened it by" in page
    assert "Room 9" in page
    assert 'value="My own room"' in page
    assert (again.status_code, Session.objects.get().place) == (302, "My own room")


@pytest.mark.parametrize("day", ["9999-12-31", "2999-01-01"])
def test_session_is_planned_within_two_years(planned: Scene, client: Client, day: str) -> None:
    planned.sign_in(client, planned.partner.coach)
    form = typed(timezone.now(), day=day, at="23:30", minutes="1440")

    answer = client.post(f"{page_of(planned.engagement())}sessions/", form)

    assert answer.status_code == 400
    assert "next two years" in answer.content.decode()


def test_nothing_was_held_before_the_engagement_was_offered(planned: Scene) -> None:
    session, coach = Session.objects.get(), planned.partner.coach
    early = planned.engagement().offered_at.date() - 2 * DAY
    hold: dict[str, Any] = {"session_id": session.pk, "record": record(planned, held_on=early), "by": coach}

    with pytest.raises(InvalidInput) as refused:
        services.hold_session(now=planned.tick(), **hold)
    case = planned.engagement().case
    case.opened_at = planned.engagement().offered_at - 30 * DAY
    case.save(update_fields=["opened_at"])
    with pytest.raises(InvalidInput):
        services.hold_session(now=planned.tick(), **hold)
    audit.record("cases.case_taken_over", by=coach, target=case, now=planned.now, dossier=case.pk)

    assert services.hold_session(now=planned.tick(), **hold).held_on == early
    assert list(refused.value.errors) == ["held_on"]

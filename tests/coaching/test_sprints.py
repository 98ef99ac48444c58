"""Sprints: several cities with one partner, each of which learns of nobody but itself."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from coaching.models import Engagement, Meeting, Session, Sprint
from coaching.progress import progress_of
from coaching.services import Record, set_up_sprint
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from notifications.models import Notice
from tests.api.callers import make_key
from tests.coaching.sessions import plan_for, typed
from tests.coaching.sprints import meet, set_up, sprint_with_a_session, terms_for
from tests.scenes import Scene
from tests.workflows.pages import page_for
from workflows import services
from workflows.services.sessions import TOLD

DAY = timedelta(days=1)
PARTNER = {"partner_lead", "coach", "second_coach"}
WHOLE = PARTNER | {"manager", "director"}
PARTS = WHOLE | {"lead", "contributor", "sponsor", "other_lead", "other_contributor"}
URL = "/sprints/"


@pytest.fixture
def sprinting(scene: Scene) -> Scene:
    """Paterson and Newark are in one sprint, and a session for both is planned."""
    scene.arrange(sprint_with_a_session)
    return scene


def of_city(name: str) -> Session:
    return Session.objects.get(engagement__case__city__organization__name=name)


def log(scene: Scene, *cities: str, **given: Any) -> None:
    told = {"held_on": scene.today, "minutes": 60, "notes": "We listed."}
    record = Record(**told | given, criteria=list(Sprint.objects.get().criteria.all()))
    services.hold_meeting(
        meeting_id=Meeting.objects.get().pk,
        record=record,
        took_part=[of_city(city).pk for city in cities],
        by=scene.partner.coach,
        now=scene.now + 10 * DAY,
    )


def test_each_city_gets_an_invitation_that_names_no_other(sprinting: Scene) -> None:
    notices = Notice.objects.filter(kind=TOLD)

    assert {one.recipient for one in notices} == {sprinting.lead.email, sprinting.other_lead.email}
    for notice in notices:
        (calendar,) = Calendar.from_ical(notice.calendar, multiple=True)
        (event,) = calendar.walk("VEVENT")
        other = "Newark" if notice.person == sprinting.lead else "Paterson"
        told = notice.calendar.replace("\r\n ", "") + notice.subject + notice.text
        assert str(event["ATTENDEE"]) == f"mailto:{notice.recipient}"
        assert other not in told
        assert other.lower() not in told
    assert len({one.calendar.split("UID:")[1].split()[0] for one in notices}) == 2


def test_sprint_is_read_in_whole_by_partner_and_program_and_in_part_by_its_cities(
    sprinting: Scene, client: Client
) -> None:
    sprint = Sprint.objects.get()
    everyone = {name: sprinting.fresh(person) for name, person in sprinting.everyone.items()}

    whole = {name for name, person in everyone.items() if Sprint.objects.whole_to(person).exists()}
    parts = {name for name, person in everyone.items() if Sprint.objects.visible_to(person).exists()}
    meetings = {name for name, person in everyone.items() if Meeting.objects.visible_to(person).exists()}

    assert (whole, parts, meetings) == (WHOLE, PARTS, WHOLE)
    assert not Sprint.objects.visible_to(None).exists()
    for organization in (sprinting.partner.organization, sprinting.city.organization):
        assert not Sprint.objects.visible_to(make_key(organization)[0].user).exists()
    for name, other in (("lead", "Newark"), ("contributor", "Newark"), ("other_lead", "Paterson")):
        session = of_city("Paterson" if other == "Newark" else "Newark")
        for page in (URL, sprint.get_absolute_url(), session.get_absolute_url()):
            shown = page_for(sprinting, client, everyone[name], page)
            assert "Inventory in four weeks" in shown
            assert other not in shown, (name, page)


def test_attendance_of_each_city_is_its_own(sprinting: Scene, client: Client) -> None:
    log(sprinting, "Paterson")

    paterson, newark = of_city("Paterson"), of_city("Newark")
    assert [(paterson.status, paterson.notes), (newark.status, newark.notes)] == [
        ("held", "We listed."),
        ("missed", ""),
    ]
    assert [one.came for one in paterson.invitees.all()] == [False]
    page = page_for(sprinting, client, sprinting.partner.lead, Sprint.objects.get().get_absolute_url())
    assert "took part" in page
    assert "nobody came" in page
    with pytest.raises(WrongState):
        log(sprinting, "Paterson")


def test_progress_is_what_was_met_then_and_is_met_now_and_what_was_worked_on(sprinting: Scene) -> None:
    log(sprinting, "Paterson")
    Session.objects.filter(held_on__isnull=False).update(held_on=sprinting.today + DAY)
    sprint = Sprint.objects.get()
    sprinting.engagement().ready.set(sprinting.standard.criteria.filter(code="DM1"))

    newark, paterson = progress_of(sprint, reader=sprinting.partner.lead)

    assert (paterson.met_before, paterson.met_now, paterson.worked_on) == (1, 1, 2)
    assert (paterson.ready, newark.ready) == (1, 0)
    assert (paterson.attended, paterson.over, newark.attended, newark.over) == (1, 1, 0, 1)
    assert [one.met_now for one in newark.criteria] == [None, None]
    assert [one.engagement.case.city.name for one in progress_of(sprint, reader=sprinting.lead)] == [
        "Paterson"
    ]
    assert progress_of(sprint, reader=sprinting.other_partner.lead) == []


def test_session_of_a_sprint_moves_and_is_called_off_for_all(sprinting: Scene) -> None:
    meeting, lead = Meeting.objects.get(), sprinting.partner.lead
    later = plan_for(sprinting, starts_at=sprinting.now + 9 * DAY)

    services.change_meeting(meeting_id=meeting.pk, plan=later, by=lead, now=sprinting.tick())
    services.call_off_meeting(meeting_id=meeting.pk, reason="A storm.", by=lead, now=sprinting.tick())

    assert {(one.status, one.sequence) for one in Session.objects.all()} == {("cancelled", 2)}
    assert {one.invitees.count() for one in Session.objects.all()} == {1}
    assert Notice.objects.filter(kind=TOLD).count() == 6
    with pytest.raises(WrongState):
        services.call_off_meeting(meeting_id=meeting.pk, reason="", by=lead, now=sprinting.now)


def test_session_of_a_sprint_is_not_moved_for_one_city(sprinting: Scene) -> None:
    session, coach = of_city("Paterson"), sprinting.partner.coach
    place: dict[str, Any] = {"session_id": session.pk, "by": coach, "now": sprinting.tick()}

    with pytest.raises(WrongState):
        services.change_session(plan=plan_for(sprinting), version=0, **place)
    services.call_off_session(reason="They moved.", **place)

    assert {one.status for one in Session.objects.all()} == {"planned", "cancelled"}


def test_city_whose_case_is_on_hold_is_left_out(sprinting: Scene) -> None:
    services.hold_case(
        case_id=sprinting.case.pk, reason="A flood.", by=sprinting.manager, now=sprinting.tick()
    )

    meeting = meet(sprinting, Sprint.objects.get())

    assert [one.engagement.case.city.name for one in meeting.sessions.all()] == ["Newark"]


def test_same_form_sent_twice_is_one_sprint_and_one_session(sprinting: Scene) -> None:
    key, sprint = uuid4(), Sprint.objects.get()
    partner: dict[str, Any] = {"partner": sprinting.partner.organization, "by": sprinting.partner.coach}
    plan = plan_for(sprinting, people=[], addresses=[])

    sprints = {
        set_up_sprint(terms=terms_for(sprinting), key=key, now=sprinting.now, **partner) for _n in range(2)
    }
    meetings = {
        services.plan_meeting(
            sprint_id=sprint.pk, plan=plan, people=[], key=key, by=sprinting.partner.lead, now=sprinting.now
        )
        for _n in range(2)
    }

    assert (len(sprints), len(meetings)) == (1, 1)


@pytest.mark.parametrize("days", [12, 57])
def test_sprint_lasts_two_to_eight_weeks(sprinting: Scene, days: int) -> None:
    with pytest.raises(InvalidInput):
        set_up(sprinting, ends_on=sprinting.today + days * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sprint.objects.update(ends_on=sprinting.today + days * DAY)


def test_sprint_takes_active_engagements_of_its_own_partner_on_criteria_it_coaches(sprinting: Scene) -> None:
    first, other = sprinting.engagement(), sprinting.engagement(sprinting.other_partner)
    both = terms_for(sprinting).engagements
    foreign = list(sprinting.standard.criteria.filter(code="WW1"))

    for wrong in (
        {"engagements": [first]},
        {"engagements": [first, other]},
        {"engagements": both, "criteria": foreign},
        {"criteria": []},
        {"name": " "},
        {"name": "a\u202eb"},
    ):
        with pytest.raises(InvalidInput):
            set_up(sprinting, **wrong)


def test_only_the_partners_people_run_a_sprint(sprinting: Scene) -> None:
    sprint, meeting = Sprint.objects.get(), Meeting.objects.get()

    for name in ("manager", "lead", "other_lead", "other_partner_lead", "assessor"):
        by = sprinting.fresh(sprinting.everyone[name])
        refusal = NotAllowed if name == "manager" else NotFound
        with pytest.raises(NotAllowed):
            set_up_sprint(
                partner=sprinting.partner.organization,
                terms=terms_for(sprinting),
                key=uuid4(),
                by=by,
                now=sprinting.now,
            )
        with pytest.raises(refusal):
            services.plan_meeting(
                sprint_id=sprint.pk,
                plan=plan_for(sprinting),
                people=[],
                key=uuid4(),
                by=by,
                now=sprinting.now,
            )
        with pytest.raises(refusal):
            services.call_off_meeting(meeting_id=meeting.pk, reason="", by=by, now=sprinting.now)


def test_coach_sets_up_plans_moves_logs_and_calls_off_on_the_pages(sprinting: Scene, client: Client) -> None:
    Meeting.objects.get().sessions.all().delete()
    Sprint.objects.all().delete()
    sprinting.sign_in(client, sprinting.partner.coach)
    terms, at = terms_for(sprinting), timezone.now() + 20 * DAY
    form = {
        "key": str(uuid4()),
        "name": "Eight weeks",
        "begins_on": (at.date() - 20 * DAY).isoformat(),
        "ends_on": (at.date() + 36 * DAY).isoformat(),
        "criteria": [str(one.pk) for one in terms.criteria],
        "engagements": [str(one.pk) for one in terms.engagements],
    }

    wrong = client.post(f"{URL}new/", form | {"ends_on": (at.date() + 66 * DAY).isoformat()})
    made = client.post(f"{URL}new/", form)
    sprint = Sprint.objects.get()
    page = client.get(f"{made['Location']}plan/").content.decode()
    people = {"people": [str(sprinting.lead.pk), str(sprinting.other_lead.pk)]}
    planned = [client.post(f"{made['Location']}plan/", typed(at) | people) for _n in range(2)]
    first, second = Meeting.objects.order_by("planned_at")
    moved = client.post(f"{first.get_absolute_url()}change/", typed(at, at="08:15"))
    Session.objects.filter(meeting=first).update(starts_at=timezone.now() - DAY)
    logged = client.post(
        first.get_absolute_url(),
        {
            "held_on": sprinting.today.isoformat(),
            "minutes": "60",
            "took_part": [str(one.pk) for one in first.sessions.all()],
        },
    )
    off = client.post(f"{second.get_absolute_url()}call-off/", {"reason": "A storm."})

    assert (wrong.status_code, made.status_code, moved.status_code) == (400, 302, 302)
    assert "two to eight weeks" in wrong.content.decode()
    assert [one.status_code for one in planned] == [302, 302]
    assert f"Newark: {sprinting.other_lead.name}" in page
    assert (logged.status_code, off.status_code) == (302, 302)
    assert {one.status for one in first.sessions.all()} == {"held"}
    assert {one.status for one in second.sessions.all()} == {"cancelled"}
    assert client.get(first.get_absolute_url()).status_code == 409
    assert "Eight weeks" in client.get(sprint.get_absolute_url()).content.decode()


def test_pages_ask_the_same_for_one_session_and_for_many(sprinting: Scene, client: Client) -> None:
    sprint = Sprint.objects.get()
    sprinting.sign_in(client, sprinting.partner.lead)

    def queries() -> list[int]:
        counts = []
        for page in (URL, sprint.get_absolute_url()):
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
        return counts

    few = queries()
    for number in range(3):
        set_up(sprinting, name=f"Sprint {number}")
        meet(sprinting, sprint)

    assert queries() == few == [8, 16]


def test_sprint_that_is_over_is_not_set_up(sprinting: Scene) -> None:
    over = {"begins_on": sprinting.today - 29 * DAY, "ends_on": sprinting.today - DAY}

    with pytest.raises(InvalidInput) as refused:
        set_up(sprinting, **over)

    assert list(refused.value.errors) == ["ends_on"]


def test_who_coaches_the_city_by_now_moves_its_session_without_the_sprint(
    sprinting: Scene, client: Client
) -> None:
    session, coach = of_city("Paterson"), sprinting.partner.coach
    sprinting.sign_in(client, coach)
    url = session.get_absolute_url()
    statuses = [client.get(f"{url}change/").status_code]
    links = ["Move or change" in client.get(url).content.decode()]

    Sprint.objects.update(partner=sprinting.other_partner.organization)
    statuses.append(client.get(f"{url}change/").status_code)
    links.append("Move or change" in client.get(url).content.decode())
    moved = services.change_session(
        session_id=session.pk, plan=plan_for(sprinting), version=0, by=coach, now=sprinting.tick()
    )

    assert (statuses, links) == ([409, 200], [False, True])
    assert moved.sequence == 1


def test_city_that_is_paused_is_named_where_it_is_not_invited(sprinting: Scene, client: Client) -> None:
    sprint, engagement = Sprint.objects.get(), sprinting.engagement()
    by = sprinting.partner.coach
    Engagement.objects.filter(pk=engagement.pk).update(
        paused_at=sprinting.now, paused_by=by, pause_reason="A flood."
    )
    sprinting.sign_in(client, by)
    form = typed(timezone.now() + 20 * DAY) | {"people": [str(sprinting.other_lead.pk)]}
    url = f"{sprint.get_absolute_url()}plan/"

    choice = client.get(f"{URL}new/").content.decode()
    page = client.get(url).content.decode()
    answer = client.post(url, form, follow=True).content.decode()

    assert "Paterson · DM · paused" in choice
    assert "Paterson (paused)" in page
    assert "Not invited: Paterson (paused)." in answer

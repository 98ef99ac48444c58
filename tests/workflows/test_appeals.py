"""Appeals: contesting a finding, the program's answer, and what waits for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.deadlines import calendar_of
from cases.enums import ParticipationRole
from cases.errors import CaseOnHold
from cases.models import DeadlinePolicy, WorkItem
from certification.appealing import closes_at
from certification.enums import Path
from certification.errors import AppealOpen, AppealTooLate
from certification.models import Appeal, Assessment, EarlierSettlement, Evidence, Settlement
from certification.report import report_of
from certification.selectors import result_of
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice
from people.enums import Role
from people.models import User
from tests.cast import SINCE
from tests.scenes import Scene
from workflows import services
from workflows.flows.checks import disagreements
from workflows.selectors import may_do, timeline_of

REACHED = {1: ("DM1", "DM2", "OD1")}


def file(scene: Scene, code: str = "OD2", **changes: Any) -> Appeal:
    words = {"reasons": "It is in the minutes.", "by": scene.fresh(scene.lead), "now": scene.tick()}
    return services.file_appeal(response_id=scene.response(code).pk, **words | changes)


def answer(scene: Scene, *, grant: bool, **changes: Any) -> Appeal:
    words = {"answer": "We looked again.", "by": scene.fresh(scene.manager), "now": scene.tick()}
    return services.answer_appeal(work_item_id=scene.item("appeal").pk, grant=grant, **words | changes)


def settled(scene: Scene, code: str) -> Settlement:
    return Settlement.objects.get(response=scene.response(code))


@pytest.fixture
def released(scene: Scene) -> Scene:
    """The report of the first round is out; the city chooses its path."""
    scene.walk_to("choose_path")
    return scene


@pytest.fixture
def ready(scene: Scene) -> Scene:
    """Three of six criteria are met, and the packet is about to be opened."""
    scene.met = REACHED
    scene.walk_to("open_packet")
    return scene


def test_appeal_is_owed_by_the_program_and_no_step(released: Scene) -> None:
    appeal = file(released, upload=SimpleUploadedFile("minutes.txt", b"We met."))

    item = released.item("appeal")
    assert (item.party, item.owner, item.subject) == ("program", released.manager, appeal.pk)
    assert str(item.title) == "Answer the appeal: OD2"
    assert may_do(released.fresh(released.director), item)
    status = released.status
    assert (status.waiting_on, status.waiting_on_all) == ("city", ["city", "program"])
    assert status.next_step == "choose_path"
    assert list(disagreements(today=released.today)) == []
    told = Notice.objects.get(kind="certification.appeal_filed")
    assert told.person == released.manager
    assert Evidence.objects.visible_to(released.fresh(released.director)).get() == appeal.evidence.get()


def test_granted_appeal_makes_the_criterion_met_and_keeps_what_was_found(released: Scene) -> None:
    before = settled(released, "OD2")
    appeal = file(released, link="https://paterson.example/minutes", title="Minutes")

    answer(released, grant=True, by=released.fresh(released.director))

    now = settled(released, "OD2")
    assert (now.outcome, now.reason, now.settled_by) == ("met", "We looked again.", released.director)
    kept = EarlierSettlement.objects.get(appeal=appeal)
    assert (kept.outcome, kept.settled_at, kept.settled_by) == (
        "not_met",
        before.settled_at,
        before.settled_by,
    )
    assert result_of(released.assessment).met == 2
    report = report_of(released.assessment, user=released.fresh(released.lead))
    assert [gap.code for area in report.opportunities for gap in area.gaps].count("OD2") == 0
    assert [piece.title for piece in released.response("OD2").evidence.all()] == ["Minutes"]
    assert released.open_items("appeal") == []
    event = AuditEvent.objects.get(action="certification.appeal_granted")
    assert (event.new["criterion"], event.new["met"], event.new["level"]) == ("OD2", 2, None)
    told = Notice.objects.get(kind="certification.appeal_answered")
    assert told.person == released.lead
    assert "We looked again." in told.text
    assert list(disagreements(today=released.today)) == []


def test_upheld_finding_stays(released: Scene) -> None:
    before = settled(released, "OD2")
    appeal = file(released, link="https://paterson.example/minutes")

    answer(released, grant=False)

    appeal.refresh_from_db()
    now = settled(released, "OD2")
    assert (appeal.status, appeal.answer, appeal.closed_by) == (
        "upheld",
        "We looked again.",
        released.manager,
    )
    assert (now.outcome, now.settled_at) == ("not_met", before.settled_at)
    assert not released.response("OD2").evidence.exists()
    assert not EarlierSettlement.objects.exists()
    assert "upheld" in Notice.objects.get(kind="certification.appeal_answered").subject


def test_what_can_not_be_appealed(released: Scene) -> None:
    file(released)
    in_time = closes_at(released.assessment, now=released.now)
    assert in_time is not None

    with pytest.raises(WrongState, match="appealed already"):
        file(released)
    with pytest.raises(WrongState, match="is met"):
        file(released, "DM1")
    with pytest.raises(InvalidInput):
        file(released, "WW1", reasons=" ")
    with pytest.raises(InvalidInput):
        file(released, "WW1", link="ftp://paterson.example/x")
    with pytest.raises(NotAllowed):
        file(released, "WW1", by=released.fresh(released.contributor))
    with pytest.raises(NotFound):
        file(released, "WW1", by=released.fresh(released.other_lead))
    with pytest.raises(AppealTooLate, match="run out"):
        file(released, "WW1", now=in_time + timedelta(seconds=1))
    assert file(released, "WW1", now=in_time).status == "open"
    assert Appeal.objects.count() == 2
    assert not Evidence.objects.exists()


def test_time_to_appeal_runs_by_the_calendar_of_the_city(released: Scene) -> None:
    assessment, calendar = released.assessment, calendar_of(released.city.organization)
    assert assessment.released_at is not None

    usual = closes_at(assessment, now=released.now)
    services.hold_case(
        case_id=released.case.pk, reason="A flood.", by=released.manager, now=assessment.released_at
    )
    over = calendar.due_at(assessment.released_at, 4)
    with pytest.raises(CaseOnHold):
        file(released, now=over)
    services.resume_case(case_id=released.case.pk, by=released.manager, now=over)
    held = closes_at(assessment, now=over)
    DeadlinePolicy.objects.create(step="to_appeal", working_days=5)

    assert usual == calendar.due_at(assessment.released_at, 15)
    assert held == calendar.due_at(assessment.released_at, 19)
    assert closes_at(assessment, now=over) == calendar.due_at(assessment.released_at, 9)


def test_open_appeal_keeps_the_packet_closed(ready: Scene, client: Client) -> None:
    file(ready)
    item = ready.item("open_packet")
    ready.sign_in(client, ready.manager)

    page = client.get(item.get_absolute_url())
    refused = client.post(item.get_absolute_url())
    with pytest.raises(AppealOpen):
        ready.deed(item)()

    assert "The city has appealed OD2" in page.content.decode()
    assert refused.status_code == 409
    assert "An appeal is open" in refused.content.decode()
    assert not ready.case.decisions.exists()
    answer(ready, grant=True)
    ready.do_step("open_packet")
    told = {one["code"]: one["appeal"] for one in ready.decision.packet["criteria"]}
    assert told["OD2"] == {
        "outcome": "granted",
        "reasons": "It is in the minutes.",
        "answer": "We looked again.",
    }
    assert told["DM1"] is None
    packet = reverse("workflows:packet-detail", args=[ready.decision.pk])
    assert "It is in the minutes." in client.get(packet).content.decode()
    with pytest.raises(AppealTooLate, match="the committee has the packet"):
        file(ready, "WW1")


def test_nobody_answers_an_appeal_of_their_own_finding(released: Scene, client: Client) -> None:
    for person in (released.assessor, released.manager):
        released.office.affiliations.create(person=person, role=Role.PROGRAM_DIRECTOR, since=SINCE)
    released.case.participations.create(
        role=ParticipationRole.ASSESSOR, person=released.manager, since=released.now, until=released.now
    )
    file(released)
    item = released.item("appeal")

    assert item.owner is None
    for person in (released.assessor, released.manager):
        with pytest.raises(NotAllowed):
            answer(released, grant=True, by=released.fresh(person))
        released.sign_in(client, person)
        assert "Somebody else has to answer this" in client.get(item.get_absolute_url()).content.decode()
    answer(released, grant=False, by=released.fresh(released.director))


def test_answer_is_given_once_and_with_a_reason(released: Scene, client: Client) -> None:
    file(released)
    item = released.item("appeal")
    released.sign_in(client, released.manager)

    bare = client.post(item.get_absolute_url(), {"verdict": "grant", "answer": ""})
    done = client.post(item.get_absolute_url(), {"verdict": "uphold", "answer": "Not shown."})
    again = client.post(item.get_absolute_url(), {"verdict": "grant", "answer": "After all."})

    assert (bare.status_code, done.status_code, again.status_code) == (400, 302, 302)
    assert Appeal.objects.get().status == "upheld"


def test_granted_appeal_is_carried_into_the_round_begun_meanwhile(released: Scene) -> None:
    released.engagements = 0
    file(released, "OD2")
    file(released, "WW1")
    released.choose_path(released.item("choose_path"), Path.COACHING)
    released.do_step("plan_coaching")
    assert released.assessment.round == 2
    first = released.open_items("appeal")[0]

    services.answer_appeal(
        work_item_id=first.pk, grant=True, answer="Yes.", by=released.manager, now=released.tick()
    )
    released.do_step("reassess")

    carried = released.response("OD2")
    assert (carried.status, carried.settlement.outcome) == ("carried", "met")
    assert released.response("WW1").status == "submitted"
    earlier = Assessment.objects.get(case=released.case, round=1)
    with pytest.raises(AppealTooLate, match="a later round is submitted"):
        services.file_appeal(
            response_id=earlier.responses.get(criterion__code="OD1").pk,
            reasons="Too late.",
            by=released.lead,
            now=released.tick(),
        )


def test_appeal_granted_while_its_criterion_is_reviewed_anew_takes_it_out(released: Scene) -> None:
    released.engagements = 0
    file(released, "OD2")
    released.choose_path(released.item("choose_path"), Path.COACHING)
    for step in ("plan_coaching", "reassess"):
        released.do_step(step)
    item = released.open_items("review")[0]
    released.prepare(item)

    answer(released, grant=True)
    released.walk_to("choose_path")

    again = released.response("OD2")
    assert (again.status, again.settlement.outcome) == ("carried", "met")
    assert not again.findings.current().exists()


def test_appeals_fall_away_when_the_city_withdraws(released: Scene) -> None:
    appeal = file(released)

    services.withdraw_case(case_id=released.case.pk, reason="x", by=released.lead, now=released.tick())

    appeal.refresh_from_db()
    assert (appeal.status, appeal.closed_by) == ("lapsed", released.lead)
    assert released.open_items() == []
    assert list(disagreements(today=released.today)) == []


def test_appeals_are_between_city_program_and_assessors(released: Scene, client: Client) -> None:
    file(released, link="https://paterson.example/minutes")
    page = reverse("workflows:appeals", args=[released.case.pk])
    people = {name: released.fresh(one) for name, one in released.everyone.items() if one.is_active}

    def those(sees: Any) -> set[str]:
        return {name for name, person in people.items() if name != "system" and sees(person)}

    readers = {"lead", "contributor", "sponsor", "manager", "director"}
    judges = {"assessor", "reconciler"}
    assert those(lambda one: Appeal.objects.visible_to(one).exists()) == readers | judges
    assert those(lambda one: Evidence.objects.visible_to(one).exists()) == readers | judges
    assert those(lambda one: WorkItem.objects.visible_to(one).filter(step="appeal").exists()) == readers
    assert those(lambda one: _told(released, one)) == readers | judges
    answers = {name: released.sign_in(client, one).get(page) for name, one in people.items()}
    assert {name for name, got in answers.items() if got.status_code == 200} - {"system"} == readers | judges


def _told(scene: Scene, person: User) -> bool:
    return any("appealed" in str(entry.sentence) for entry in timeline_of(scene.case, user=person))


def test_lead_finds_what_can_be_appealed_and_files_it(released: Scene, client: Client) -> None:
    Assessment.objects.update(released_at=timezone.now())
    released.sign_in(client, released.lead)
    page, address = (
        reverse("workflows:appeals", args=[released.case.pk]),
        reverse("workflows:appeal-file", args=[released.response("OD2").pk]),
    )

    listed = client.get(page)
    form = client.get(address)
    bare = client.post(address, {"reasons": ""})
    filed = client.post(address, {"reasons": "See the minutes.", "link": "https://paterson.example/m"})
    again = client.post(address, {"reasons": "See the minutes."})
    after = client.get(page)
    case = client.get(reverse("workflows:case-detail", args=[released.case.pk]))

    assert [one.response.criterion.code for one in case.context["appeals"]] == ["OD2"]
    codes = [response.criterion.code for response in listed.context["contestable"]]
    assert codes == ["DM2", "OD1", "OD2", "WW1", "WW2"]
    assert "Seen by" in form.content.decode()
    assert (bare.status_code, filed.status_code, again.status_code) == (400, 302, 409)
    assert "See the minutes." in after.content.decode()
    assert client.get(address).status_code == 302
    met = reverse("workflows:appeal-file", args=[released.response("DM1").pk])
    assert client.get(met).status_code == 302


def test_page_of_appeals_asks_the_same_for_one_and_for_three(released: Scene, client: Client) -> None:
    Assessment.objects.update(released_at=timezone.now())
    released.sign_in(client, released.lead)
    page = reverse("workflows:appeals", args=[released.case.pk])
    counts = []
    for codes in (("OD2",), ("WW1", "WW2")):
        for code in codes:
            file(released, code, now=timezone.now(), link="https://paterson.example/minutes")
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))

    assert counts[0] == counts[1]

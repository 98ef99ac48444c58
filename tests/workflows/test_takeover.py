"""A program that worked with spreadsheets takes its running cases over, each at its step."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cases.enums import CaseKind, ParticipationRole
from cases.models import Case, StageChange, WorkItem
from certification.enums import ResponseStatus
from certification.models import Assessment, Settlement
from cities.models import HistoricAward
from core.errors import NotAllowed
from core.imports import UnreadableFile
from core.models import AuditEvent
from notifications.models import Reminder
from people.enums import Role
from people.models import Affiliation, Invitation
from tests.scenes import LATER_ROUNDS, Scene, make_cities, make_person
from workflows import services
from workflows.models import CityStatus
from workflows.running_cases import ENTRIES
from workflows.selectors import open_work_for
from workflows.services.takeover import TakeoverReport

HEADER = "slug,step,since,owner_email,due_on,met"
PROGRAM_STEPS = ("confirm", "assign_assessors", "plan_coaching", "open_packet")
STAGE = {
    "confirm": "application",
    "self_assess": "self_assessment",
    "assign_assessors": "review",
    "plan_coaching": "coaching",
    "reassess": "reassessment",
    "open_packet": "decision",
}
MET = {"plan_coaching": "DM1;OD1", "reassess": "dm1 OD1", "open_packet": "DM1;DM2;OD1;OD2"}


def sheet(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def entry(scene: Scene, at: str, slug: str = "paterson-nj", /, **changes: str) -> str:
    """One sound line about a city, due in a week."""
    owner = scene.manager if at in PROGRAM_STEPS else scene.lead
    values = {
        "slug": slug,
        "step": at,
        "since": "2025-02-10",
        "owner_email": owner.email,
        "due_on": "2025-03-10",
        "met": MET.get(at, ""),
    } | changes
    return ",".join(values.values())


def take_over(scene: Scene, *lines: str, **options: bool) -> TakeoverReport:
    report = services.import_cases(source=sheet(*lines), by=scene.manager, now=scene.tick(), **options)
    case = Case.objects.filter(city=scene.city).first()
    if case is not None:
        scene.case = case
    return report


def reasons(report: TakeoverReport) -> list[tuple[int, str]]:
    return [(refusal.line, refusal.reason) for refusal in report.refused]


def forty_lines(scene: Scene) -> list[str]:
    """Cities at six steps in turn, each led by somebody; due on different days, some passed."""
    lines = []
    for number, city in enumerate(make_cities(40)):
        step = ENTRIES[number % len(ENTRIES)]
        lead = make_person("Lead", city.organization, Role.CITY_LEAD)
        owner = scene.manager if step in PROGRAM_STEPS else lead
        due_on = date(2025, 2, 20 + number % 8)
        lines.append(entry(scene, step, city.slug, owner_email=owner.email, due_on=due_on.isoformat()))
    return lines


def test_forty_running_cases_are_taken_over_but_for_three_bad_lines(scene: Scene) -> None:
    lines = forty_lines(scene)
    lines[4] = lines[4].replace("town-5", "no-such-town")
    lines[18] = lines[18].replace("2025-02-10", "10 Feb 2025")
    lines[33] = lines[33].replace(",plan_coaching,", ",coaching,")

    rehearsal = services.import_cases(source=sheet(*lines), by=scene.manager, now=scene.now, rehearse=True)

    assert [number for number, _reason in reasons(rehearsal)] == [6, 20, 35]
    assert "no-such-town" in reasons(rehearsal)[0][1]
    assert reasons(rehearsal)[1][1].startswith("since: “10 Feb 2025” is no day. Write year, month and day")
    assert reasons(rehearsal)[2][1].startswith("step: No case can be taken over at “coaching”. Write one of")
    assert rehearsal.added == 37
    assert not Case.objects.exists()
    assert not AuditEvent.objects.filter(action="cases.case_taken_over").exists()

    done = services.import_cases(source=sheet(*lines), by=scene.manager, now=scene.now)

    assert reasons(done) == reasons(rehearsal)
    assert Case.objects.count() == done.added == 37
    for line in done.lines:
        if line.case is not None:
            assert_on_the_right_desk(scene, line)
    call_command("check_flows", verbosity=0)

    again = services.import_cases(source=sheet(*lines), by=scene.manager, now=scene.now)

    assert again.added == 0
    assert "has an open case" in reasons(again)[0][1]
    assert Case.objects.count() == 37


def assert_on_the_right_desk(scene: Scene, line) -> None:
    item = line.case.work_items.get()
    status = CityStatus.objects.get(city=line.case.city)
    owner = scene.fresh(item.owner)
    assert owner.email == line.values["owner_email"]
    assert open_work_for(owner).filter(pk=item.pk).exists()
    assert (item.step, status.next_step) == (line.values["step"], line.values["step"])
    assert (line.case.stage, status.stage) == (STAGE[item.step], STAGE[item.step])
    assert item.due_at.strftime("%Y-%m-%d %H:%M") == f"{line.values['due_on']} 22:00"
    assert item.opened_at == line.case.opened_at == datetime(2025, 2, 10, 14, tzinfo=UTC)
    assert (item.overdue_at is not None, status.overdue) == (item.due_at < scene.now, item.due_at < scene.now)


@pytest.mark.parametrize("step", ENTRIES)
def test_case_taken_over_can_be_walked_to_its_end(scene: Scene, client: Client, step: str) -> None:
    scene.engagements = 1
    scene.met = {1: LATER_ROUNDS}
    take_over(scene, entry(scene, step))
    for tab in ("", "assessment/", "report/", "people/", "deadlines/", "documents/", "decision/"):
        assert scene.sign_in(client, scene.manager).get(f"/cases/{scene.case.pk}/{tab}").status_code in (
            200,
            404,
        )
    if step == "confirm":
        scene.confirm(scene.item("confirm"), reason="The commitment is in our earlier papers.")

    case = scene.walk_to_end()

    assert case.certificates.count() == 1
    call_command("check_flows", verbosity=0)


def test_answers_that_are_not_on_record_are_not_shown_as_given(scene: Scene, client: Client) -> None:
    take_over(scene, entry(scene, "plan_coaching"))

    page = scene.sign_in(client, scene.manager).get(f"/cases/{scene.case.pk}/assessment/").content.decode()

    assert "what the city answered is not on record here" in page
    assert "No:" not in page


def test_case_is_dated_by_its_records_and_says_who_took_it_over(scene: Scene) -> None:
    HistoricAward.objects.create(city=scene.city, level="silver", year=2019, source="https://press.example")

    take_over(scene, entry(scene, "plan_coaching"))

    case = scene.case
    change = StageChange.objects.get(case=case)
    event = AuditEvent.objects.get(action="cases.case_taken_over")
    assert (case.kind, case.cohort_year) == (CaseKind.RECERTIFICATION, 2025)
    assert case.opened_at == case.stage_entered_at == change.at == datetime(2025, 2, 10, 14, tzinfo=UTC)
    assert (event.actor, event.at, event.dossier) == (scene.manager, scene.now, case.pk)
    assert event.new["step"] == "plan_coaching"
    assert event.new["met"] == ["DM1", "OD1"]
    assert case.participations.get(role=ParticipationRole.MANAGER).person == scene.manager


def test_result_is_kept_as_a_first_round_that_was_taken_over(scene: Scene, client: Client) -> None:
    take_over(scene, entry(scene, "reassess"))

    first, second = Assessment.objects.filter(case=scene.case)
    met = Settlement.objects.filter(response__assessment=first, outcome="met")
    assert (first.round, first.taken_over_by) == (1, scene.manager)
    assert second.taken_over_at is None
    assert set(met.values_list("response__criterion__code", flat=True)) == {"DM1", "OD1"}
    assert second.responses.filter(status=ResponseStatus.CARRIED).count() == 2
    assert second.responses.filter(self_rating="").count() == 6
    page = scene.sign_in(client, scene.lead).get(f"/cases/{scene.case.pk}/report/")
    assert "taken over from earlier records" in page.content.decode()


def test_answers_are_what_the_city_claims_or_nothing(scene: Scene) -> None:
    take_over(scene, entry(scene, "assign_assessors", met="DM1"))

    rated = {one.criterion.code: one.self_rating for one in scene.assessment.responses.all()}
    assert rated["DM1"] == "met"
    assert set(rated.values()) == {"met", "not_met"}


def test_reminders_are_planned_from_the_day_on_record(scene: Scene) -> None:
    take_over(scene, entry(scene, "confirm", due_on="2025-03-14"))

    planned = Reminder.objects.filter(state="planned").values_list("planned_at", flat=True)
    assert [at.strftime("%m-%d %H:%M") for at in planned] == [
        *("03-13 13:00", "03-14 13:00", "03-17 13:00"),
        *("03-19 13:00", "03-19 13:00", "03-25 13:00", "03-25 13:00"),
    ]


def test_work_that_is_late_already_sends_nothing(scene: Scene) -> None:
    take_over(scene, entry(scene, "confirm", due_on="2025-02-14"))

    assert not Reminder.objects.filter(state="planned").exists()
    assert scene.item("confirm").overdue_at == scene.now


BAD = (
    ({"slug": ""}, "slug: Name the city by its slug"),
    ({"slug": "Paterson NJ"}, "slug: There is no city “Paterson NJ”. Write paterson-nj"),
    ({"slug": "first-partner"}, "slug: There is no city “first-partner”. Look"),
    ({"slug": "=HYPERLINK(1)"}, "slug: There is no city “=HYPERLINK(1)”"),
    ({"step": "vote"}, "step: No case can be taken over at “vote”"),
    ({"since": "2025-02-30"}, "since: “2025-02-30” is no day"),
    ({"since": "20250210"}, "since: “20250210” is no day"),
    ({"since": "2025-03-04"}, "since: This day is in the future"),
    ({"since": "0202-03-04"}, "since: This day is more than ten years away"),
    ({"due_on": ""}, "due_on: “” is no day"),
    ({"due_on": "2025-02-09"}, "due_on: The step would be due before it opened"),
    ({"owner_email": "the manager"}, "owner_email: Write the e-mail address"),
    ({"owner_email": "lead@newark-nj.example"}, "owner_email: “lead@newark-nj.example” belongs to nobody"),
    ({"owner_email": "former.manager@program.example"}, "owner_email: This account is closed"),
    ({"met": ""}, "met: Name the criteria that round 1 found met"),
    ({"met": "DM1;XX9"}, "met: scene-v1 has no criteria XX9"),
    ({"step": "open_packet"}, "met: 2 of 6 reach no level"),
    ({"step": "reassess"}, "owner_email: manager@program.example works for the program or judges cities"),
)


def test_each_bad_line_names_its_field_and_what_to_do(scene: Scene) -> None:
    lines = [entry(scene, "plan_coaching", **changes) for changes, _reason in BAD]

    report = take_over(scene, *lines, rehearse=True)

    assert [number for number, _said in reasons(report)] == list(range(2, len(BAD) + 2))
    for (_changes, reason), (_number, said) in zip(BAD, reasons(report), strict=True):
        assert said.startswith(reason)


def test_every_problem_of_a_line_is_named_at_once(scene: Scene) -> None:
    report = take_over(scene, entry(scene, "plan_coaching", since="soon", met=""), "too,short")

    assert [name for line in report.lines for name, _text in line.problems] == ["since", "met", ""]
    assert "The line has 2 values" in reasons(report)[1][1]


def test_second_line_about_a_city_is_refused(scene: Scene) -> None:
    report = take_over(scene, entry(scene, "confirm"), entry(scene, "self_assess"))

    assert report.added == 1
    assert reasons(report) == [(3, "slug: This city is on line 2 already. Keep one of the two lines.")]


def test_case_that_has_ended_meanwhile_is_not_taken_over_again(scene: Scene) -> None:
    line = entry(scene, "self_assess")
    take_over(scene, line)
    services.withdraw_case(
        case_id=scene.case.pk, reason="An election.", by=scene.fresh(scene.lead), now=scene.tick()
    )

    again = take_over(scene, line)

    assert reasons(again)[0][1].startswith("since: The last case of Paterson ended after this day")
    assert Case.objects.count() == 1


def test_criteria_before_there_are_answers_are_left_out_with_a_word(scene: Scene) -> None:
    report = take_over(scene, entry(scene, "self_assess", met="DM1"))

    assert report.added == 1
    assert "left out" in str(report.lines[0].notes[0])
    assert "left out" in report.as_text()


def test_nothing_met_is_said_in_a_word(scene: Scene) -> None:
    report = take_over(scene, entry(scene, "plan_coaching", met="none"))

    assert report.lines[0].score is not None
    assert report.lines[0].score.met == 0


def test_unknown_lead_is_invited_when_asked_for(scene: Scene) -> None:
    newcomer = {"owner_email": "new@paterson.example"}
    rehearsal = take_over(scene, entry(scene, "self_assess", **newcomer), invite=True, rehearse=True)
    assert not Invitation.objects.exists()

    take_over(scene, entry(scene, "self_assess", **newcomer), invite=True)

    item = WorkItem.objects.get()
    assert rehearsal.added == 1
    assert Invitation.objects.get().address == "new@paterson.example"
    assert (item.owner, item.organization) == (None, scene.city.organization)


def test_line_that_fails_while_it_is_taken_over_loses_no_other(scene: Scene) -> None:
    """An invitation needs somebody who sends it; a command without a name has nobody."""
    lines = [entry(scene, "self_assess", owner_email="new@paterson.example")]
    lines.append(entry(scene, "confirm", "newark-nj"))

    report = services.import_cases(source=sheet(*lines), by=scene.system, now=scene.now, invite=True)

    assert reasons(report) == [(2, "Only leads of the organization and the program invite people.")]
    assert [case.city.slug for case in Case.objects.all()] == ["newark-nj"]


def test_city_without_a_lead_is_pointed_out(scene: Scene) -> None:
    Affiliation.objects.filter(role=Role.CITY_LEAD).update(until=date(2025, 1, 1))

    report = take_over(scene, entry(scene, "plan_coaching"), rehearse=True)

    assert "Paterson has no lead yet" in str(report.lines[0].notes[0])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (HEADER.encode(), "no case below"),
        (b"city,stage\na,b\n", "lacks the columns slug, step"),
        (b"PK\x03\x04rest", "is a workbook"),
        (b"\xff\xfes\x00l\x00", "is not UTF-8"),
        (HEADER.encode() + b"\nx,x,x,x,x,x" * 301, "has 301 lines"),
        (b"x" * 300_001, "larger than 300 KB"),
    ],
)
def test_file_as_a_whole_is_refused_clearly(scene: Scene, source: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        services.import_cases(source=source, by=scene.manager, now=scene.now)


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_delimiters_and_the_mark_of_a_spreadsheet_are_read(scene: Scene, sign: str) -> None:
    text = f"{HEADER}\r\n{entry(scene, 'reassess')}\r\n".replace(",", sign)

    report = services.import_cases(
        source=b"\xef\xbb\xbf" + text.encode(), by=scene.manager, now=scene.now, rehearse=True
    )

    assert (report.added, report.refused) == (1, [])


def test_only_the_program_takes_cases_over(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        services.import_cases(source=sheet(entry(scene, "confirm")), by=scene.lead, now=scene.now)


def test_command_rehearses_imports_and_reports(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "running.csv"
    path.write_bytes(sheet(entry(scene, "plan_coaching"), entry(scene, "confirm", "nowhere")))

    def said(**options: object) -> str:
        out = StringIO()
        call_command("import_cases", str(path), stdout=out, **options)
        return out.getvalue()

    assert "Rehearsal, nothing is changed. 1 cases taken over, 1 lines refused." in said(rehearse=True)
    assert not Case.objects.exists()
    assert "line 3: slug: There is no city “nowhere”" in said(by=scene.manager.email)
    assert Case.objects.get().opened_by == scene.manager
    assert '"added": 0' in said(json=True)
    with pytest.raises(CommandError, match="needs --by"):
        said(invite=True)
    with pytest.raises(CommandError, match="no account"):
        said(by="nobody@nowhere.example")
    with pytest.raises(CommandError, match="program office"):
        said(by=scene.lead.email)
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="is empty"):
        said()


def test_page_rehearses_first_and_then_imports_the_same_lines(scene: Scene, client: Client) -> None:
    scene.sign_in(client, scene.manager)
    text = sheet(entry(scene, "confirm"), "<script>,x,x,x,x,x").decode()

    rehearsed = client.post("/cases/import/", {"text": text, "deed": "rehearse"})
    assert not Case.objects.exists()
    imported = client.post("/cases/import/", {"text": rehearsed.context["text"], "deed": "import"})

    case = Case.objects.get()
    assert "Take over one case" in rehearsed.content.decode()
    assert "<script>,x" not in rehearsed.content.decode()
    assert f"/cases/{case.pk}/" in imported.content.decode()
    assert imported.context["form"].initial["text"] == f"{HEADER}\n<script>,x,x,x,x,x"
    refused = client.post("/cases/import/", {"text": "nothing"})
    assert (refused.status_code, "lacks the columns" in refused.content.decode()) == (400, True)
    assert client.post("/cases/import/", {}).status_code == 400


def test_nobody_of_the_program_is_invited_as_a_citys_lead(scene: Scene) -> None:
    for person in (scene.manager, scene.assessor):
        report = take_over(scene, entry(scene, "self_assess", owner_email=person.email), invite=True)

        assert "works for the program or judges cities" in reasons(report)[0][1]
    assert not Invitation.objects.exists()

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from certification.effort import minutes_left
from certification.models import Evidence, Response
from certification.selectors import responses_for
from certification.services import add_evidence
from certification.worksheet import worksheet_of
from config.local import BASE_DIR
from standards.services import load_standard
from tests.scenes import Scene
from workflows import services

LINK = "https://paterson.example/minutes"


def sheet(scene: Scene, code: str = "", **query: object) -> str:
    pairs = {"criterion": code} | query
    words = "&".join(f"{name}={value}" for name, value in pairs.items() if value)
    return f"{reverse('workflows:assessment', args=[scene.case.pk])}?{words}"


def answer_address(scene: Scene, code: str) -> str:
    return reverse("workflows:answer", args=[scene.response(code).pk])


def typed(version: int = 0, **fields: Any) -> dict[str, Any]:
    return {
        "version": version,
        "narrative": "The group meets monthly.",
        "self_rating": "met",
        "rating_reason": "The checks leave something out.",
        "action": "keep",
    } | fields


def file(name: str = "minutes.txt", content: bytes = b"Minutes\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def prove(scene: Scene, code: str, count: int = 1) -> Evidence:
    for number in range(count):
        piece = add_evidence(
            response_id=scene.response(code).pk,
            title=f"Proof {number}",
            speaks_for_on=None,
            upload=file(),
            by=scene.lead,
            now=scene.now,
        )
    return piece


@pytest.fixture
def writing(scene: Scene) -> Scene:
    """The city answers its self-assessment."""
    scene.one("self_assess")
    return scene


def test_sheet_shows_the_criterion_and_how_far_the_city_is(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)

    page = client.get(sheet(writing)).content.decode()

    assert "Somebody answers for data." in page
    assert "2 of these 3 are needed." in page
    assert "0 of 6 answered" in page
    assert "3 would reach Silver" in page


def test_answer_is_kept_with_what_holds(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    checks = list(writing.response("DM1").criterion.checks.all())

    answer = client.post(
        answer_address(writing, "DM1"), typed(ticked=[checks[0].pk, checks[1].pk]), follow=True
    )

    saved = writing.response("DM1")
    assert answer.status_code == 200
    assert "DM1: saved" in answer.content.decode()
    assert (saved.self_rating, saved.narrative) == ("met", "The group meets monthly.")
    assert set(saved.ticked.all()) == {checks[0], checks[1]}
    assert saved.saved_by == writing.lead


def test_save_and_go_on_leads_to_the_next_open_criterion(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)

    answer = client.post(answer_address(writing, "DM1"), typed(action="next"))

    assert answer["Location"].endswith("criterion=DM2")


def test_autosave_answers_with_the_time_and_the_new_version(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)

    answer = client.post(answer_address(writing, "DM1"), typed(), headers={"HX-Request": "true"})

    part = answer.content.decode()
    assert answer.status_code == 200
    assert "Saved " in part
    assert 'value="1"' in part
    assert "<html" not in part
    assert writing.response("DM1").version == 1


def test_second_writer_sees_both_texts_and_chooses(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    client.post(answer_address(writing, "DM1"), typed(narrative="First text"))

    conflict = client.post(answer_address(writing, "DM1"), typed(narrative="Second text"))
    page = conflict.content.decode()
    chosen = client.post(answer_address(writing, "DM1"), typed(version=1, narrative="Second text"))

    assert conflict.status_code == 409
    assert "First text" in page
    assert "Second text" in page
    assert 'name="version" value="1"' in page
    assert chosen.status_code == 302
    assert writing.response("DM1").narrative == "Second text"


def test_autosave_never_overwrites_a_colleague(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    client.post(answer_address(writing, "DM1"), typed(narrative="First text"))

    answer = client.post(
        answer_address(writing, "DM1"), typed(narrative="Second text"), headers={"HX-Request": "true"}
    )

    assert answer.status_code == 409
    assert "Press Save to compare both texts" in answer.content.decode()
    assert writing.response("DM1").narrative == "First text"


def test_rating_other_than_the_checks_says_why(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    address, other = answer_address(writing, "DM1"), {"self_rating": "met", "rating_reason": ""}

    asked = client.post(address, typed(**other))
    by_itself = client.post(address, typed(**other), headers={"HX-Request": "true"}).content.decode()
    open_still = writing.response("DM1").self_rating
    client.post(address, typed(version=1, rating_reason="A law says so."))
    page = client.get(sheet(writing, "DM1")).content.decode()
    services.submit_assessment_and_route(
        work_item_id=writing.item("self_assess").pk, by=writing.lead, now=writing.tick()
    )
    judged = client.get(sheet(writing, "DM1")).content.decode()

    assert asked.status_code == 400
    assert "Say why your rating differs" in asked.content.decode()
    assert "counts once you say why" in by_itself
    assert open_still == ""
    assert "A law says so." in page
    assert "Otherwise than the checks say:" in judged


def test_same_text_twice_is_no_conflict(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    client.post(answer_address(writing, "DM1"), typed())

    again = client.post(answer_address(writing, "DM1"), typed())

    assert again.status_code == 302
    assert writing.response("DM1").version == 1


def test_text_typed_before_the_session_ran_out_is_there_after_signing_in(
    writing: Scene, client: Client
) -> None:
    address = answer_address(writing, "DM1")

    turned_away = client.post(address, typed(narrative="An hour of work"))
    writing.sign_in(client, writing.lead)
    page = client.get(address).content.decode()

    assert turned_away.status_code == 302
    assert turned_away["Location"].startswith("/accounts/login/")
    assert "An hour of work" in page
    assert "You were signed out before this was saved" in page
    assert client.post(address, typed(narrative="An hour of work")).status_code == 302
    assert writing.response("DM1").narrative == "An hour of work"


def test_text_kept_for_one_person_is_not_shown_to_another_city(writing: Scene, client: Client) -> None:
    address = answer_address(writing, "DM1")

    client.post(address, typed(narrative="An hour of work"))
    writing.sign_in(client, writing.other_lead)

    assert client.get(address).status_code == 404


def test_autosave_without_a_session_says_to_sign_in(writing: Scene, client: Client) -> None:
    answer = client.post(answer_address(writing, "DM1"), typed(), headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert "Sign in in another tab" in answer.content.decode()


def test_too_long_a_text_is_refused_and_kept_in_the_form(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    long = "x" * 20001

    answer = client.post(answer_address(writing, "DM1"), typed(narrative=long))

    assert answer.status_code == 400
    assert long in answer.content.decode()
    assert writing.response("DM1").version == 0


def test_evidence_is_added_together_with_the_answer(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    with_file = typed(action="attach") | {
        "evidence-title": "Minutes of March",
        "evidence-file": file(),
        "evidence-speaks_for_on": "2025-03-01",
    }

    answer = client.post(answer_address(writing, "DM1"), with_file)

    saved = writing.response("DM1")
    piece = saved.evidence.get()
    assert answer.status_code == 302
    assert saved.narrative == "The group meets monthly."
    assert (piece.title, str(piece.speaks_for_on)) == ("Minutes of March", "2025-03-01")


@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence-link": "javascript:alert(1)"},
        {"evidence-title": "Nothing behind it"},
        {"evidence-file": file("page.pdf", b"<script>")},
        {"evidence-link": LINK, "evidence-speaks_for_on": "yesterday"},
    ],
)
def test_wrong_evidence_is_refused_and_the_answer_kept(
    writing: Scene, client: Client, wrong: dict[str, Any]
) -> None:
    writing.sign_in(client, writing.lead)

    answer = client.post(answer_address(writing, "DM1"), typed(action="attach") | wrong)

    assert answer.status_code == 400
    assert answer.context["evidence_form"].errors
    assert writing.response("DM1").narrative == "The group meets monthly."
    assert not writing.response("DM1").evidence.exists()


def test_evidence_is_removed_from_the_answer(writing: Scene, client: Client) -> None:
    piece = prove(writing, "DM1")
    writing.sign_in(client, writing.lead)

    client.post(answer_address(writing, "DM1"), typed(remove=str(piece.pk)))

    assert not writing.response("DM1").evidence.exists()
    assert Evidence.objects.filter(pk=piece.pk).exists()


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("lead", 200, 302),
        ("contributor", 200, 403),
        ("sponsor", 200, 403),
        ("other_lead", 404, 404),
        ("manager", 404, 404),
        ("assessor", 404, 404),
        ("coach", 404, 404),
        ("member", 404, 404),
    ],
)
def test_draft_is_read_by_the_city_and_written_by_its_lead(
    writing: Scene, client: Client, who: str, read: int, write: int
) -> None:
    writing.sign_in(client, writing.everyone[who])

    assert client.get(sheet(writing, "DM1")).status_code == read
    assert client.post(answer_address(writing, "DM1"), typed()).status_code == write


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200),
        ("manager", 200),
        ("assessor", 200),
        ("other_lead", 404),
        ("coach", 404),
        ("member", 404),
    ],
)
def test_submitted_answers_are_read_by_those_who_judge(
    scene: Scene, client: Client, who: str, status: int
) -> None:
    scene.one("review")
    scene.sign_in(client, scene.everyone[who])

    answer = client.get(sheet(scene, "DM1"))

    assert answer.status_code == status
    assert b'id="answer"' not in answer.content


def test_coach_reads_the_coached_area_only(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    scene.one("kick_off")
    scene.sign_in(client, scene.partner.coach)

    assert client.get(sheet(scene, "DM1")).status_code == 200
    assert client.get(sheet(scene, "OD1")).status_code == 404
    assert "would reach" not in client.get(sheet(scene, "DM1")).content.decode()


def test_submitting_freezes_the_answers_once(writing: Scene, client: Client) -> None:
    item = writing.item("self_assess")
    writing.sign_in(client, writing.lead)
    page = client.get(item.get_absolute_url()).content.decode()

    unsure = client.post(item.get_absolute_url())
    stage = writing.stage
    answer = client.post(item.get_absolute_url(), {"incomplete": "on"})
    again = client.post(item.get_absolute_url(), {"incomplete": "on"})

    assert "6 criteria have no answer" in page
    assert (unsure.status_code, stage) == (400, "self_assessment")
    assert unsure.context["form"].errors["incomplete"]
    assert (answer.status_code, again.status_code) == (302, 302)
    assert writing.stage == "review"
    assert client.post(answer_address(writing, "DM1"), typed()).status_code == 409


def test_text_typed_while_the_round_was_submitted_is_handed_back(writing: Scene, client: Client) -> None:
    writing.do_step("self_assess")
    writing.sign_in(client, writing.lead)

    answer = client.post(answer_address(writing, "DM1"), typed(version=1, narrative="Too late, but mine"))

    assert answer.status_code == 409
    assert "Too late, but mine" in answer.content.decode()
    assert writing.response("DM1").narrative == "Answer to DM1 in round 1"


def test_only_the_lead_submits(writing: Scene, client: Client) -> None:
    item = writing.item("self_assess")
    writing.sign_in(client, writing.contributor)

    assert client.post(item.get_absolute_url()).status_code == 403
    assert writing.stage == "self_assessment"


def test_returned_criterion_says_what_to_revise_and_the_rest_stays(scene: Scene, client: Client) -> None:
    scene.one("reconcile")
    scene.return_to_city("DM2")
    scene.sign_in(client, scene.lead)

    overview = client.get(scene.item("self_assess").get_absolute_url()).content.decode()
    page = client.get(sheet(scene)).content.decode()

    assert "One criterion came back" in overview
    assert "Show more." in overview
    assert "There is an inventory." in page
    assert "Show more." in page
    assert "Seen by" not in page
    assert client.post(answer_address(scene, "DM1"), typed(version=1)).status_code == 409
    assert client.post(answer_address(scene, "DM2"), typed(version=1)).status_code == 302


def test_carried_criteria_are_marked_and_read_only(scene: Scene, client: Client) -> None:
    scene.one("reassess")
    scene.sign_in(client, scene.lead)

    carried = client.get(sheet(scene, "DM1")).content.decode()
    first_open = client.get(sheet(scene)).content.decode()

    assert "Carried over: validated as met" in carried
    assert 'id="answer"' not in carried
    assert "There is an inventory." in first_open
    assert "Seen by" in first_open


def test_earlier_round_stays_readable(scene: Scene, client: Client) -> None:
    scene.one("reassess")
    scene.sign_in(client, scene.lead)

    assert 'id="answer"' not in client.get(sheet(scene, "DM2", round=1)).content.decode()
    assert client.get(sheet(scene, "DM2", round=3)).status_code == 404
    assert client.get(sheet(scene, "XX9")).status_code == 404


def test_sheet_costs_the_same_queries_however_much_evidence_there_is(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    counts = []
    for pieces in (1, 20):
        prove(writing, "DM1", pieces)
        prove(writing, "OD1", pieces)
        with CaptureQueriesContext(connection) as queries:
            client.get(sheet(writing, "DM1"))
        counts.append(len(queries))

    assert counts == [12, 12]


def real_round(scene: Scene, pieces: int) -> None:
    """The round under the standard in force, with links as evidence spread over its criteria."""
    source = (BASE_DIR / "data" / "standards" / "wwc-v3.yaml").read_bytes()
    standard = load_standard(source=source, by=scene.system, now=scene.now).standard
    Case.objects.filter(pk=scene.case.pk).update(standard=standard)
    scene.assessment.responses.all().delete()
    answers = Response.objects.bulk_create(
        Response(assessment=scene.assessment, criterion=criterion) for criterion in standard.criteria.all()
    )
    facts = {"case": scene.case, "kind": "link", "link": LINK, "added_at": scene.now, "added_by": scene.lead}
    proofs = Evidence.objects.bulk_create(Evidence(title=f"Proof {n}", **facts) for n in range(pieces))
    Evidence.responses.through.objects.bulk_create(
        Evidence.responses.through(evidence=proof, response=answers[n % len(answers)])
        for n, proof in enumerate(proofs)
    )


def test_whole_standard_with_much_evidence_keeps_to_its_queries(writing: Scene, client: Client) -> None:
    real_round(writing, pieces=200)
    writing.sign_in(client, writing.lead)
    answer = Response.objects.filter(assessment=writing.assessment, criterion__need__isnull=False)[0]
    address = reverse("workflows:answer", args=[answer.pk])
    checks = [check.pk for check in answer.criterion.checks.all()]

    with CaptureQueriesContext(connection) as shown:
        page = client.get(sheet(writing, answer.criterion.code)).content.decode()
    with CaptureQueriesContext(connection) as saved:
        kept = client.post(address, typed(ticked=checks), headers={"HX-Request": "true"})

    statements = [one["sql"] for one in saved if "SAVEPOINT" not in one["sql"]]
    assert "0 of 43 answered" in page
    assert "43 with evidence" in page
    assert kept.status_code == 200
    assert answer.ticked.count() == len(checks)
    assert (len(shown), len(statements)) == (12, 8)


def test_autosave_takes_only_checks_of_the_criterion(writing: Scene, client: Client) -> None:
    writing.sign_in(client, writing.lead)
    first, second, _third = [check.pk for check in writing.response("DM1").criterion.checks.all()]
    address = answer_address(writing, "DM1")

    for version, ticked in enumerate(([first, 999999999], [second], [])):
        client.post(address, typed(version, ticked=ticked), headers={"HX-Request": "true"})
        assert writing.response("DM1").as_tried(writing.response("DM1").ticks)["ticked"] == [
            key for key in ticked if key in (first, second)
        ]


def test_evidence_file_is_for_whoever_reads_the_answer(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    piece = prove(scene, "DM1")
    address = reverse("workflows:file-evidence", args=[piece.pk])
    before = {who: _status(scene, who, address) for who in ("lead", "contributor", "manager", "other_lead")}

    scene.one("review")
    after = {
        who: _status(scene, who, address)
        for who in ("lead", "manager", "assessor", "other_contributor", "other_assessor", "coach", "member")
    }

    assert before == {"lead": 200, "contributor": 200, "manager": 404, "other_lead": 404}
    assert after == {
        "lead": 200,
        "manager": 200,
        "assessor": 200,
        "other_contributor": 404,
        "other_assessor": 404,
        "coach": 404,
        "member": 404,
    }


def _status(scene: Scene, who: str, address: str) -> int:
    answer = scene.sign_in(Client(), scene.everyone[who]).get(address)
    if answer.streaming:
        assert b"".join(answer.streaming_content) == b"Minutes\n"
        assert answer["X-Content-Type-Options"] == "nosniff"
    return answer.status_code


def test_files_and_sheet_ask_for_sign_in(writing: Scene, client: Client) -> None:
    piece = prove(writing, "DM1")

    for address in (sheet(writing), reverse("workflows:file-evidence", args=[piece.pk])):
        assert client.get(address)["Location"].startswith("/accounts/login/")


def test_nothing_of_an_answer_is_written_by_a_stranger(writing: Scene, client: Client) -> None:
    client.post(answer_address(writing, "DM1"), typed())

    assert Response.objects.filter(assessment=writing.assessment, version__gt=0).count() == 0


def test_narrative_is_shown_as_it_was_meant_and_never_acts(writing: Scene, client: Client) -> None:
    text = "**Monthly**, see <b>us</b> ![x](https://elsewhere.example/p.png)"
    writing.sign_in(client, writing.lead)
    before = writing.response("DM1").version

    preview = client.post(
        answer_address(writing, "DM1"),
        typed(narrative=text, action="preview", **{"evidence-link": "https://paterson.example/kept"}),
    )
    unsaved = writing.response("DM1").version
    client.post(answer_address(writing, "DM1"), typed(narrative=text))
    writing.sign_in(client, writing.sponsor)
    read = client.get(sheet(writing, "DM1")).content.decode()

    assert (preview.status_code, unsaved) == (200, before)
    for page in (preview.content.decode(), read):
        assert "<strong>Monthly</strong>, see &lt;b&gt;us&lt;/b&gt;" in page
        assert "<img" not in page
    assert "Preview: not saved yet" in preview.content.decode()
    assert "https://paterson.example/kept" in preview.content.decode()


def test_time_left_follows_a_rule_and_then_the_citys_own_pace(writing: Scene, client: Client) -> None:
    real_round(writing, pieces=0)
    writing.sign_in(client, writing.lead)
    rows = list(writing.assessment.responses.order_by("criterion__position"))
    said = [_left(writing)]

    for number, row in enumerate(rows[:10]):
        at = writing.now + timedelta(minutes=30 * number)
        Response.objects.filter(pk=row.pk).update(
            self_rating="met", saved_at=at, saved_by=writing.lead, version=1
        )
    said.append(_left(writing))

    checks = sum(row.criterion.checks.count() for row in rows)
    assert said[0] == 43 * (6 + 5) + 2 * checks
    rest = sum(11 + 2 * row.criterion.checks.count() for row in rows[10:])
    assert rest < said[1] <= 3 * rest
    assert "of answering left" in client.get(sheet(writing, "DM1")).content.decode()


def _left(scene: Scene) -> int:
    answers = responses_for(scene.assessment, user=scene.lead)
    return minutes_left(worksheet_of(scene.assessment, answers, reader=scene.lead))

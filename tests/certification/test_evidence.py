"""Evidence: what is taken, what it serves, and that nothing which was handed in ever changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from certification.enums import ResponseStatus
from certification.models import Evidence
from certification.recency import Aging, aging_of, expected_decision, good_until, lacks_a_day
from certification.selectors import responses_for
from certification.services import add_evidence, attach_evidence, remove_evidence, replace_evidence
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.files import FileRefused
from core.models import AuditEvent
from people.models import User
from tests.cast import START
from tests.scenes import Scene
from workflows import services
from workflows.services.delegation import Part


@pytest.fixture
def answering(scene: Scene) -> Scene:
    scene.walk_to("self_assess")
    return scene


def link(scene: Scene, code: str = "DM1", **fields: Any) -> Evidence:
    values = {"title": "Minutes", "link": "https://paterson.example/dm1", "speaks_for_on": None} | fields
    return add_evidence(response_id=scene.response(code).pk, by=scene.lead, now=scene.tick(), **values)


def renew(scene: Scene, piece: Evidence, *, by: User | None = None, **fields: Any) -> Evidence:
    values = {"title": "", "link": "https://paterson.example/newer", "speaks_for_on": None} | fields
    return replace_evidence(evidence_id=piece.pk, by=by or scene.lead, now=scene.tick(), **values)


def use_for(scene: Scene, piece: Evidence, code: str, *, by: User | None = None) -> None:
    attach_evidence(
        response_id=scene.response(code).pk, evidence_id=piece.pk, by=by or scene.lead, now=scene.tick()
    )


def pieces_of(scene: Scene, code: str) -> list[Evidence]:
    return list(scene.response(code).evidence.all())


def test_evidence_is_a_link_or_a_file(answering: Scene) -> None:
    piece = link(answering, speaks_for_on=answering.today)
    paper = link(answering, title="", link="", upload=SimpleUploadedFile("minutes.txt", b"We met."))

    assert (piece.kind, piece.link, piece.speaks_for_on) == (
        "link",
        "https://paterson.example/dm1",
        answering.today,
    )
    assert (paper.kind, paper.title, paper.file.size) == ("file", "minutes.txt", 7)
    assert list(answering.response("DM1").evidence.all()) == [piece, paper]
    assert str(piece) == "Minutes"


@pytest.mark.parametrize(
    "fields",
    [
        {"link": ""},
        {"upload": SimpleUploadedFile("a.txt", b"a")},
        {"link": "javascript:alert(1)"},
        {"link": "ftp://paterson.example/a"},
    ],
    ids=["neither", "both", "script", "no web address"],
)
def test_evidence_that_is_neither_or_both_or_no_web_address_is_refused(
    answering: Scene, fields: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        link(answering, **fields)

    assert list(refusal.value.errors) == ["link"]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("days", [1, -51 * 365])
def test_evidence_speaks_for_a_day_that_can_be_meant(answering: Scene, days: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        link(answering, speaks_for_on=answering.today + timedelta(days=days))

    assert list(refusal.value.errors) == ["speaks_for_on"]


def test_evidence_of_a_refused_kind_leaves_nothing(answering: Scene) -> None:
    with pytest.raises(FileRefused):
        link(answering, link="", upload=SimpleUploadedFile("a.pdf", b"<html></html>"))

    assert not Evidence.objects.exists()


def test_evidence_comes_off_an_answer_and_stays_on_record(answering: Scene) -> None:
    piece = link(answering)
    keys = {"response_id": answering.response("DM1").pk, "evidence_id": piece.pk, "by": answering.lead}

    remove_evidence(**keys, now=answering.tick())
    remove_evidence(**keys, now=answering.tick())

    assert not answering.response("DM1").evidence.exists()
    assert Evidence.objects.filter(pk=piece.pk).exists()
    assert AuditEvent.objects.filter(action="certification.evidence_removed").count() == 1


def test_database_refuses_evidence_that_is_nothing(answering: Scene) -> None:
    piece = link(answering)

    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(link="")


def test_newer_version_takes_the_place_and_the_earlier_one_stays(answering: Scene) -> None:
    piece = link(answering)
    use_for(answering, piece, "DM2")
    use_for(answering, piece, "DM2")

    newer = renew(answering, piece)

    assert AuditEvent.objects.filter(action="certification.evidence_attached").count() == 1
    assert (newer.version, newer.title, newer.chain) == (2, "Minutes", piece.chain)
    assert pieces_of(answering, "DM1") == pieces_of(answering, "DM2") == [newer]
    piece.refresh_from_db()
    assert (piece.link, piece.version) == ("https://paterson.example/dm1", 1)
    event = AuditEvent.objects.get(action="certification.evidence_replaced")
    assert event.new == {"title": "Minutes", "version": 2, "criteria": ["DM1", "DM2"]}


def test_of_two_newer_versions_the_second_is_told_of_the_first(answering: Scene) -> None:
    piece = link(answering)
    renew(answering, piece)

    with pytest.raises(WrongState):
        renew(answering, piece)
    with pytest.raises(WrongState):
        use_for(answering, piece, "DM2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(version=2)


def test_contributor_renews_it_for_what_is_delegated_to_them_and_nothing_else(answering: Scene) -> None:
    piece = link(answering)
    use_for(answering, piece, "OD1")
    services.delegate(
        case_id=answering.case.pk,
        part=Part(criterion="OD1"),
        person=answering.contributor,
        address="",
        by=answering.lead,
        now=answering.tick(),
    )

    newer = renew(answering, piece, by=answering.contributor)

    assert pieces_of(answering, "OD1") == [newer]
    assert pieces_of(answering, "DM1") == [piece]
    with pytest.raises(NotAllowed):
        use_for(answering, newer, "DM1", by=answering.contributor)


@pytest.mark.parametrize(
    ("who", "refusal"), [("sponsor", NotAllowed), ("contributor", NotAllowed), ("other_lead", NotFound)]
)
def test_only_who_writes_an_answer_renews_its_evidence(
    answering: Scene, who: str, refusal: type[Exception]
) -> None:
    piece = link(answering)

    with pytest.raises(refusal):
        renew(answering, piece, by=answering.everyone[who])
    with pytest.raises(refusal):
        use_for(answering, piece, "DM2", by=answering.everyone[who])


def test_piece_of_another_case_serves_no_criterion_of_this_one(answering: Scene) -> None:
    piece = link(answering)
    answering.move_to(answering.other_city)
    del answering.case
    answering.walk_to("self_assess")

    with pytest.raises(NotFound):
        use_for(answering, piece, "DM1")


def test_round_that_was_handed_in_keeps_what_it_rested_on(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("self_assess")
    first = link(scene, "DM2", speaks_for_on=scene.today)
    other = link(scene, "OD1")
    scene.walk_to("reassess")

    newer = renew(scene, first)

    assert pieces_of(scene, "DM2") == [newer]
    before = scene.case.assessments.get(round=1).responses.get(criterion__code="DM2")
    assert list(before.evidence.all()) == [first]
    assert pieces_of(scene, "OD1") == [other]
    shown = {
        name: Evidence.objects.visible_to(scene.fresh(scene.everyone[name])) for name in ("assessor", "lead")
    }
    assert set(shown["assessor"]) == {first, other}
    assert set(shown["lead"]) == {first, newer, other}


def test_assessors_find_again_what_they_read_before_a_return(scene: Scene) -> None:
    scene.walk_to("self_assess")
    read, dropped = link(scene), link(scene, title="Plan")
    scene.walk_to("reconcile")
    scene.return_to_city("DM1")
    never_sent = link(scene, title="Draft")
    newer = renew(scene, read)
    for piece in (dropped, never_sent):
        keys = {"response_id": scene.response("DM1").pk, "evidence_id": piece.pk}
        remove_evidence(**keys, by=scene.lead, now=scene.tick())
    meanwhile = list(Evidence.objects.visible_to(scene.fresh(scene.assessor)))

    scene.do_step("self_assess")

    assert scene.response("DM1").status == ResponseStatus.SUBMITTED
    assert meanwhile == []
    assert set(Evidence.objects.visible_to(scene.fresh(scene.assessor))) == {read, dropped, newer}


WINDOWS = [  # what is ticked, months of each; how many are needed; the last day on which enough hold
    ([], 2, None),
    ([None, None], 2, None),
    ([12, None], 2, date(2026, 3, 3)),
    ([12, None], 1, None),
    ([12, 6, 3], 2, date(2025, 9, 3)),
    ([12], 2, date(2026, 3, 3)),
]


@pytest.mark.parametrize(("months", "need", "last"), WINDOWS)
def test_evidence_holds_until_too_few_windows_are_left(
    answering: Scene, months: list[int | None], need: int, last: date | None
) -> None:
    assert date(2025, 3, 3) <= START.date()
    link(answering, speaks_for_on=date(2025, 3, 3))
    (response,) = responses_for(answering.assessment, user=answering.lead).filter(criterion__code="DM1")
    checks = list(response.criterion.checks.all())[: len(months)]
    for check, window in zip(checks, months, strict=True):
        check.within_months = window
    response.criterion.need = need
    response.ticked_ids = [check.pk for check in checks]

    assert good_until(response) == last


def test_city_is_warned_of_what_runs_out_by_the_due_date_or_by_the_decision(answering: Scene) -> None:
    (response,) = responses_for(answering.assessment, user=answering.lead).filter(criterion__code="DM1")
    check = response.criterion.checks.all()[0]
    check.within_months, response.criterion.need, response.ticked_ids = 12, 1, [check.pk]
    nothing_dated = (aging_of(response, due_on=answering.today), lacks_a_day(response))
    link(answering, speaks_for_on=date(2025, 3, 3))
    del response._prefetched_objects_cache["evidence"]
    last = date(2026, 3, 3)

    assert nothing_dated == (None, True)
    assert not lacks_a_day(response)
    assert expected_decision(date(2026, 1, 1)) - date(2026, 1, 1) == timedelta(days=81)
    late, soon = (aging_of(response, due_on=day) for day in (date(2026, 3, 4), last))
    assert late == Aging(last, date(2026, 3, 4), by_due_date=True)
    assert soon == Aging(last, expected_decision(last), by_due_date=False)
    assert aging_of(response, due_on=last - timedelta(days=81)) is None

"""Comments on a criterion and the draft that they are about: who reads, who writes, who hears of it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.enums import Audience
from certification.models import Comment
from certification.services import (
    replace_evidence,
    share_draft,
    tell_story,
    withhold_draft,
    write_comment,
)
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice
from people.models import Affiliation, User
from tests.scenes import Scene
from tests.workflows.test_pages_assessment import prove, real_round, sheet
from workflows import services
from workflows.services.delegation import Part

KINDS = ("certification.comment_written", "certification.internal_comment_written")


def say(scene: Scene, by: User, audience: Audience = Audience.CITY, **fields: Any) -> Comment:
    values = {"text": "Show the minutes.", "key": uuid4(), "code": "DM1"} | fields
    response_id = scene.response(values.pop("code")).pk
    return write_comment(response_id=response_id, audience=audience, by=by, now=scene.tick(), **values)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__email", flat=True))


def read_by(scene: Scene, person: User) -> list[str]:
    seen = Comment.objects.visible_to(scene.fresh(person))
    return list(seen.values_list("text", flat=True))


def test_comments_of_a_thread_are_numbered_and_sent_once(scene: Scene) -> None:
    scene.one("self_assess")
    key = uuid4()

    found = [say(scene, scene.lead, key=key), say(scene, scene.lead, key=key), say(scene, scene.contributor)]

    assert [one.number for one in found] == [1, 1, 2]
    assert found[0] == found[1]
    assert str(found[2]) == "DM1 · city 2"
    assert found[2].case == scene.case
    assert AuditEvent.objects.filter(action=KINDS[0]).count() == 2


def test_comment_that_is_nothing_or_can_not_be_seen_is_refused(scene: Scene) -> None:
    scene.one("self_assess")

    for text in (" ", "a\u202eb", "x" * 5001):
        with pytest.raises(InvalidInput):
            say(scene, scene.lead, text=text)
    for who in ("sponsor", "manager", "other_lead"):
        with pytest.raises((NotAllowed, NotFound)):
            say(scene, scene.everyone[who])
    with pytest.raises(NotAllowed):
        say(scene, scene.lead, Audience.INTERNAL)


def test_database_keeps_comments_as_they_were_written(scene: Scene) -> None:
    scene.one("self_assess")
    one = say(scene, scene.lead)

    for change in (lambda: Comment.objects.update(text=""), one.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    copy = Comment.objects.values().get() | {"id": uuid4(), "key": uuid4(), "number": 2}
    for wrong in ({"number": 1}, {"key": one.key}, {"audience": "internal"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**copy | wrong)


def test_assessor_learns_nothing_of_what_the_other_writes_before_both_are_in(
    scene: Scene, client: Client
) -> None:
    first, second = scene.walk_to("review")
    other = scene.review_of(scene.reconciler)
    mine = next(item for item in (first, second) if item.subject != other.pk)
    before = _pages(scene, client)

    say(scene, scene.assessor, Audience.INTERNAL, text="Weak proof.")
    unchanged = _pages(scene, client)
    later = say(scene, scene.reconciler, Audience.INTERNAL, text="Good proof.")
    of_program = say(scene, scene.manager, Audience.INTERNAL, text="Ask if in doubt.")
    scene.review(mine)
    while_open = read_by(scene, scene.reconciler)
    notices = set(Notice.objects.filter(person=scene.reconciler, kind=KINDS[1]).values_list("created_at"))
    scene.review(next(item for item in (first, second) if item != mine))

    assert before == unchanged
    assert (later.number, of_program.number) == (1, 1)
    assert while_open == ["Good proof.", "Ask if in doubt."]
    assert notices == {(of_program.written_at,)}
    assert read_by(scene, scene.reconciler) == ["Weak proof.", "Good proof.", "Ask if in doubt."]
    assert len(read_by(scene, scene.manager)) == 3
    assert read_by(scene, scene.lead) == []


def _pages(scene: Scene, client: Client) -> list[str]:
    """What the other assessor gets to read, but for what is new in every page."""
    scene.sign_in(client, scene.reconciler)
    case = [scene.case.pk]
    names = ("case-detail", "case-people", "case-documents", "case-deadlines")
    pages = [client.get(reverse(f"workflows:{name}", args=case)) for name in names]
    pages += [client.get(sheet(scene, "DM1")), client.get("/desk/"), client.get("/notices/")]
    return [_without_tokens(page.content.decode()) for page in pages]


def _without_tokens(page: str) -> str:
    lines = page.splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower() and 'name="key"' not in line)


def test_notice_goes_to_who_answers_for_the_other_side_once_and_says_nothing(scene: Scene) -> None:
    scene.one("self_assess")
    say(scene, scene.lead)
    of_a_draft = told(KINDS[0])
    scene.one("review")

    for _n in range(2):
        say(scene, scene.manager, text="A delicate matter.")
        say(scene, scene.lead, text="A delicate matter.")

    assert of_a_draft == set()
    assert told(KINDS[0]) == {scene.lead.email, scene.manager.email}
    notices = Notice.objects.filter(kind=KINDS[0])
    assert notices.count() == 2
    assert not any("delicate" in one.subject + one.text or "DM1" in one.subject + one.text for one in notices)


def test_whoever_answers_the_criterion_hears_of_comments_and_whoever_left_the_program_of_nothing(
    scene: Scene,
) -> None:
    scene.one("self_assess")
    services.delegate(
        case_id=scene.case.pk,
        part=Part(criterion="DM1"),
        person=scene.contributor,
        address="",
        by=scene.lead,
        now=scene.tick(),
    )
    share_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.tick())
    say(scene, scene.manager)
    of_the_delegated = told(KINDS[0])
    withhold_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.tick())
    Affiliation.objects.filter(person=scene.manager).update(until=scene.today)
    share_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.tick())
    say(scene, scene.lead)

    assert of_the_delegated == {scene.lead.email, scene.contributor.email}
    assert Notice.objects.filter(kind="certification.draft_shared").count() == 1
    assert scene.manager.email not in told(KINDS[0])


def test_nothing_is_written_on_a_case_that_has_ended(scene: Scene) -> None:
    scene.one("self_assess")
    services.withdraw_case(case_id=scene.case.pk, reason="An election.", by=scene.lead, now=scene.tick())

    with pytest.raises(WrongState):
        say(scene, scene.lead)
    with pytest.raises(WrongState):
        share_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.now)


def test_shared_draft_is_read_without_its_ratings_until_it_is_withheld(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    scene.answer(("DM1", "OD1"))
    scene.response("DM2").__class__.objects.filter(pk=scene.response("DM2").pk).update(
        rating_reason="A reason that tells."
    )
    proof = prove(scene, "DM1")
    scene.sign_in(client, scene.lead)
    address = reverse("workflows:draft-share", args=[scene.case.pk])

    client.post(address, {"deed": "share"})
    client.post(address, {"deed": "share"})
    own = client.get(sheet(scene, "DM1")).content.decode()
    scene.sign_in(client, scene.manager)
    pages = {code: client.get(sheet(scene, code)).content.decode() for code in ("DM1", "DM2", "WW1")}
    file = client.get(reverse("workflows:file-evidence", args=[proof.pk]))
    file.getvalue()
    written = client.post(
        reverse("workflows:comment", args=[scene.response("DM1").pk]),
        {"audience": "city", "key": str(uuid4()), "text": "Where are the minutes?"},
    )
    scene.sign_in(client, scene.lead)
    read = client.get(sheet(scene, "DM1")).content.decode()
    client.post(address, {"deed": "stop"})
    client.post(address, {"deed": "stop"})
    scene.sign_in(client, scene.manager)
    after = [client.get(sheet(scene, "DM1")), client.get(reverse("workflows:evidence", args=[proof.pk]))]

    assert "The program office reads this draft" in own
    assert "Answer to DM1 in round 1" in pages["DM1"]
    assert "shared for a conversation" in pages["DM1"]
    assert len({_ratings(page) for page in pages.values()}) == 1
    for page in pages.values():
        told_of_ratings = ("rated met", "would reach", "hold,", "Yes:", "Not met", "A reason", "show=aging")
        assert [words for words in told_of_ratings if words in page] == []
    assert (file.status_code, written.status_code) == (200, 302)
    assert "Where are the minutes?" in read
    assert [page.status_code for page in after] == [404, 404]
    assert Notice.objects.filter(kind="certification.draft_shared").count() == 1
    events = AuditEvent.objects.filter(action__startswith="certification.draft_").values_list(
        "action", flat=True
    )
    assert sorted(events) == ["certification.draft_shared", "certification.draft_withheld"]


def _ratings(page: str) -> str:
    """The summary and the marks of all criteria."""
    begin = page.index("mp-sheet__summary")
    return page[begin : page.index("</p>", begin)]


def test_submitting_ends_the_sharing_and_only_a_lead_shares(scene: Scene) -> None:
    scene.one("self_assess")
    assessment = scene.assessment
    for who, refusal in (("contributor", NotAllowed), ("sponsor", NotAllowed), ("manager", NotFound)):
        with pytest.raises(refusal):
            share_draft(assessment_id=assessment.pk, by=scene.everyone[who], now=scene.now)
    share_draft(assessment_id=assessment.pk, by=scene.lead, now=scene.tick())

    scene.do_step("self_assess")

    assert scene.assessment.shared_at is None
    with pytest.raises(WrongState):
        withhold_draft(assessment_id=assessment.pk, by=scene.lead, now=scene.tick())


def test_comment_that_is_refused_keeps_its_words(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    scene.sign_in(client, scene.lead)
    address = reverse("workflows:comment", args=[scene.response("DM1").pk])

    refused = client.post(address, {"audience": "city", "key": str(uuid4()), "text": "A\u202eb"})
    empty = client.post(address, {"audience": "nobody", "key": str(uuid4()), "text": ""})

    assert (refused.status_code, empty.status_code) == (400, 400)
    assert "A\u202eb" in refused.content.decode()
    assert client.get(address)["Location"].endswith("criterion=DM1#comments")


def more_versions_and_stories(scene: Scene, codes: list[str]) -> None:
    for number in range(3):
        piece = prove(scene, codes[number])
        renewed = {"title": "", "link": "https://paterson.example/newer", "speaks_for_on": None}
        replace_evidence(evidence_id=piece.pk, by=scene.lead, now=scene.tick(), **renewed)
        told = {"title": "Potholes", "text": "We counted.", "link": "", "speaks_for_on": None}
        serves = [scene.response(code).pk for code in codes[:3]]
        tell_story(case=scene.case, answers=serves, by=scene.lead, now=scene.tick(), **told)


def test_comments_versions_and_stories_cost_the_sheet_no_query(scene: Scene, client: Client) -> None:
    scene.one("self_assess")
    real_round(scene, pieces=200)
    share_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.tick())
    codes = list(scene.assessment.responses.values_list("criterion__code", flat=True))
    counts = []

    for said in (0, 40):
        for code in codes[:said]:
            say(scene, scene.lead, code=code)
        if said:
            more_versions_and_stories(scene, codes)
        for who in (scene.lead, scene.manager):
            scene.sign_in(client, who)
            client.get(sheet(scene, "DM1"))
            with CaptureQueriesContext(connection) as queries:
                page = client.get(sheet(scene, "DM1")).content.decode()
            counts.append(len(queries))
            assert ("Show the minutes." in page) is bool(said)

    assert counts == [12, 12, 12, 12]

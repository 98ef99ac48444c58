"""Stories: told, told anew, removed; evidence like any other, and kept where it was handed in."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.models import Evidence, Story
from certification.packet import build_packet
from certification.selectors import result_of
from certification.services import attach_evidence, change_story, remove_story, replace_evidence, tell_story
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from people.models import User
from tests.scenes import Scene
from tests.workflows.test_pages_assessment import sheet
from workflows import services
from workflows.services.delegation import Part


def tell(scene: Scene, *codes: str, by: User | None = None, **fields: Any) -> Story:
    words = {"title": "Potholes", "text": "We **counted**.", "link": "", "speaks_for_on": None} | fields
    answers = [scene.response(code).pk for code in codes]
    return tell_story(case=scene.case, answers=answers, by=by or scene.lead, now=scene.tick(), **words)


def change(scene: Scene, story: Story, *, by: User | None = None, **fields: Any) -> Story:
    words = {"title": "Potholes", "text": "We counted again.", "link": "", "speaks_for_on": None} | fields
    return change_story(story_id=story.pk, by=by or scene.lead, now=scene.tick(), **words)


def remove(scene: Scene, story: Story, *, by: User | None = None) -> None:
    remove_story(story_id=story.pk, by=by or scene.lead, now=scene.tick())


def stories_on(scene: Scene, code: str) -> list[str]:
    return [piece.story.text for piece in scene.response(code).evidence.all() if piece.story]


@pytest.fixture
def answering(scene: Scene) -> Scene:
    scene.one("self_assess")
    return scene


def test_story_is_evidence_of_its_criteria_and_told_anew_as_a_newer_version(answering: Scene) -> None:
    story = tell(answering, "DM1", "OD1", link="https://paterson.example/potholes")
    before = stories_on(answering, "DM1")

    newer = change(answering, story)

    assert before == ["We **counted**."]
    assert stories_on(answering, "DM1") == stories_on(answering, "OD1") == ["We counted again."]
    assert (newer.proof.version, newer.proof.chain) == (2, story.proof.chain)
    assert str(story) == str(story.proof) == "Potholes"
    actions = AuditEvent.objects.filter(action__startswith="certification.story_").order_by("pk")
    assert [event.new for event in actions] == [
        {"title": "Potholes", "criteria": ["DM1", "OD1"]},
        {"title": "Potholes", "version": 2},
    ]
    with pytest.raises(WrongState):
        change(answering, story)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * 20001}, "text"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_story_that_is_not_one_is_refused_by_its_field(
    answering: Scene, fields: dict[str, str], name: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        tell(answering, **fields)

    assert list(refusal.value.errors) == [name]
    assert not Story.objects.exists()


def test_contributors_write_their_own_and_for_their_own_criteria(answering: Scene) -> None:
    of_the_lead = tell(answering, "DM1")
    services.delegate(
        case_id=answering.case.pk,
        part=Part(criterion="OD1"),
        person=answering.contributor,
        address="",
        by=answering.lead,
        now=answering.tick(),
    )
    own = tell(answering, "OD1", by=answering.contributor)

    with pytest.raises(NotAllowed):
        tell(answering, "DM1", by=answering.contributor)
    for deed in (change, remove):
        with pytest.raises(NotAllowed):
            deed(answering, of_the_lead, by=answering.contributor)
        with pytest.raises(NotFound):
            deed(answering, own, by=answering.manager)
    for who, refusal in (("sponsor", NotAllowed), ("manager", NotAllowed), ("other_lead", NotAllowed)):
        with pytest.raises(refusal):
            tell(answering, by=answering.everyone[who])
    attach_evidence(
        response_id=answering.response("DM2").pk,
        evidence_id=own.proof.pk,
        by=answering.lead,
        now=answering.tick(),
    )
    with pytest.raises(WrongState):
        remove(answering, own, by=answering.contributor)
    change(answering, own, by=answering.contributor)
    assert stories_on(answering, "DM2") == ["We **counted**."]
    assert stories_on(answering, "OD1") == ["We counted again."]


def test_answers_of_another_case_are_not_served(answering: Scene) -> None:
    first = answering.case
    answering.move_to(answering.other_city)
    del answering.case
    answering.one("self_assess")

    with pytest.raises(NotFound):
        tell_story(
            case=first,
            title="Potholes",
            text="We counted.",
            link="",
            speaks_for_on=None,
            answers=[answering.response("DM1").pk],
            by=answering.lead,
            now=answering.tick(),
        )


def test_removed_story_leaves_open_criteria_only(answering: Scene) -> None:
    story = tell(answering, "DM1")
    foreign = tell(answering, "DM1", by=answering.lead, title="Another")
    with pytest.raises(WrongState):
        replace_evidence(
            evidence_id=foreign.proof.pk,
            title="",
            speaks_for_on=None,
            link="https://paterson.example/a",
            by=answering.lead,
            now=answering.tick(),
        )

    remove(answering, story)

    assert stories_on(answering, "DM1") == ["We **counted**."]
    assert Evidence.objects.filter(story=story).exists()
    with pytest.raises(WrongState):
        remove(answering, story)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(story=foreign).update(link="https://paterson.example/both")


def test_what_was_handed_in_keeps_its_story_and_the_packet_holds_it(scene: Scene) -> None:
    scene.engagements = 1
    scene.one("self_assess")
    story = tell(scene, "DM2")
    scene.one("reassess")

    newer = change(scene, story)
    remove(scene, newer)

    first = scene.case.assessments.get(round=1)
    packet = build_packet(first, result_of(first), [])
    (kept,) = next(one["evidence"] for one in packet["criteria"] if one["code"] == "DM2")
    assert (kept["title"], kept["story"], kept["sha256"]) == ("Potholes", "We **counted**.", None)
    seen = Story.objects.visible_to(scene.fresh(scene.assessor))
    assert list(seen) == [story]


def test_pages_of_stories(answering: Scene, client: Client) -> None:
    answering.sign_in(client, answering.lead)
    address = reverse("workflows:stories", args=[answering.case.pk])
    told = {"title": "Potholes", "text": "We <b>**counted**</b>.", "link": "", "speaks_for_on": ""}

    wrong = client.post(address, told | {"link": "ftp://nowhere"})
    client.post(address, told | {"answers": [str(answering.response("DM1").pk)]})
    story = Story.objects.get()
    page = client.get(address).content.decode()
    on_sheet = client.get(sheet(answering, "DM1")).content.decode()
    details = client.get(reverse("workflows:evidence", args=[story.proof.pk])).content.decode()
    form = client.get(reverse("workflows:story", args=[story.pk])).content.decode()
    refused = client.post(reverse("workflows:story", args=[story.pk]), told | {"text": ""})
    client.post(reverse("workflows:story", args=[story.pk]), told | {"text": "Counted again."})
    changed = client.get(address).content.decode()
    newest = Story.objects.exclude(pk=story.pk).get()
    client.post(reverse("workflows:story-remove", args=[newest.pk]))

    assert (wrong.status_code, refused.status_code) == (400, 400)
    for text in (page, on_sheet, details):
        assert "&lt;b&gt;<strong>counted</strong>&lt;/b&gt;" in text
    assert "Change the story" in details
    assert "Replace it by a newer version" not in details
    assert "We &lt;b&gt;**counted**&lt;/b&gt;." in form
    assert "Counted again." in changed
    assert "No stories yet" in client.get(address).content.decode()


def test_list_of_stories_asks_the_same_for_one_and_for_many(answering: Scene, client: Client) -> None:
    address = reverse("workflows:stories", args=[answering.case.pk])
    counts: dict[User, list[int]] = {answering.lead: [], answering.contributor: []}

    for more in (1, 19):
        for _n in range(more):
            tell(answering, "DM1", "OD1")
        for person, found in counts.items():
            answering.sign_in(client, person)
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))

    assert [found[0] == found[1] for found in counts.values()] == [True, True]
    assert max(counts[answering.lead]) <= 10


def test_coach_reads_stories_of_the_coached_area_only(scene: Scene, client: Client) -> None:
    scene.engagements = 1
    scene.one("self_assess")
    for code, title in (("DM1", "Of the area"), ("OD1", "Of another"), ("", "Of none")):
        tell(scene, *filter(None, [code]), title=title)
    scene.one("work")
    address = reverse("workflows:stories", args=[scene.case.pk])

    read = {}
    for who in ("coach", "other_coach", "assessor", "lead"):
        page = scene.sign_in(client, scene.everyone[who]).get(address).content.decode()
        read[who] = {title for title in ("Of the area", "Of another", "Of none") if title in page}

    assert read == {
        "coach": {"Of the area"},
        "other_coach": set(),
        "assessor": {"Of the area", "Of another"},
        "lead": {"Of the area", "Of another", "Of none"},
    }

"""Writing findings: kept while they are written, in one window or two, signed in or not; by keyboard."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import WorkItem
from certification.enums import EvidenceKind
from certification.models import Evidence, Finding, Review
from core.models import StoredFile
from tests.scenes import Scene

AUTOSAVE = {"HX-Request": "true"}


@pytest.fixture
def item(scene: Scene, client: Client) -> WorkItem:
    """The open review of the assessor, who is signed in."""
    scene.walk_to("review")
    scene.sign_in(client, scene.assessor)
    return next(one for one in scene.open_items("review") if one.owner_id == scene.assessor.pk)


def address(scene: Scene, item: WorkItem, code: str = "DM1") -> str:
    return reverse("workflows:finding", args=[item.pk, scene.response(code).pk])


def typed(version: int = 0, outcome: str = "", comment: str = "") -> dict[str, Any]:
    return {"version": version, "outcome": outcome, "comment": comment}


def test_words_are_kept_before_there_is_a_finding(scene: Scene, client: Client, item: WorkItem) -> None:
    there = address(scene, item)

    words = client.post(there, typed(0, comment="The minutes"), headers=AUTOSAVE)
    begun = client.post(there, typed(1, "needs_revision"), headers=AUTOSAVE)
    page = client.get(item.get_absolute_url())
    refused = client.post(item.get_absolute_url())

    assert (words.status_code, begun.status_code) == (200, 200)
    assert "no finding yet" in words.content.decode()
    assert 'name="version" value="2"' in begun.content.decode()
    finding = Finding.objects.get()
    assert (finding.outcome, finding.comment, finding.version) == ("needs_revision", "", 2)
    assert page.context["sheet"].done == 0
    assert str(page.context["sheet"].find("DM1").words) == "begun"
    assert "6 criteria have no finding yet" in refused.content.decode()
    assert client.post(there, typed(2, "needs_revision", "Show them.")).status_code == 302
    assert client.get(item.get_absolute_url()).context["sheet"].done == 1


def test_second_window_overwrites_nothing(scene: Scene, client: Client, item: WorkItem) -> None:
    there = address(scene, item)
    client.post(there, typed(0, "met", "First window"), headers=AUTOSAVE)
    client.post(there, typed(1, "met", "First window, further"), headers=AUTOSAVE)

    saved_by_itself = client.post(there, typed(1, "met", "Second window"), headers=AUTOSAVE)
    pressed = client.post(there, typed(1, "met", "Second window"))
    same = client.post(there, typed(1, "met", "First window, further"), headers=AUTOSAVE)
    chosen = client.post(there, typed(pressed.context["stored"].version, "met", "Second window"))

    assert (saved_by_itself.status_code, pressed.status_code, same.status_code) == (409, 409, 200)
    assert "another window" in saved_by_itself.content.decode()
    page = pressed.content.decode()
    assert "First window, further" in page
    assert "Second window" in page
    assert chosen.status_code == 302
    assert Finding.objects.get().comment == "Second window"


def test_session_that_runs_out_loses_nothing(scene: Scene, client: Client, item: WorkItem) -> None:
    there = address(scene, item)
    client.logout()

    by_itself = client.post(there, typed(0, "met", "In mid-sentence"), headers=AUTOSAVE)
    pressed = client.post(there, typed(0, "", "In mid-sentence"))
    scene.sign_in(client, scene.assessor)
    back = client.get(there)

    assert by_itself.status_code == 401
    assert pressed["Location"] == f"{reverse('account_login')}?next={there}"
    assert not Finding.objects.exists()
    page = back.content.decode()
    assert "You were signed out before this was saved" in page
    assert "In mid-sentence" in page
    client.post(there, typed(0, "met", "In mid-sentence"))
    assert client.get(there).status_code == 302


def test_what_comes_too_late_is_refused_in_words(scene: Scene, client: Client, item: WorkItem) -> None:
    there = address(scene, item)
    scene.review(item)

    late = client.post(there, typed(1, "not_met", "Too late"), headers=AUTOSAVE)
    too_long = client.post(address(scene, item), typed(comment="x" * 5001), headers=AUTOSAVE)

    assert (late.status_code, too_long.status_code) == (409, 409)
    assert "Nothing was changed by your attempt" in late.content.decode()
    assert not Finding.objects.filter(comment="Too late").exists()


def test_criterion_returned_anew_begins_without_a_version(
    scene: Scene, client: Client, item: WorkItem
) -> None:
    scene.walk_to("reconcile")
    scene.return_to_city("DM1")
    scene.do_step("self_assess")
    again = next(one for one in scene.open_items("review") if one.owner_id == scene.assessor.pk)

    page = client.get(f"{again.get_absolute_url()}?criterion=DM1")
    saved = client.post(address(scene, again), typed(0, "met", "Now it is."), headers=AUTOSAVE)

    assert page.context["finding_form"]["version"].value() == 0
    assert saved.status_code == 200
    review = Review.objects.get(assessor=scene.assessor)
    assert review.findings.current().get(response=scene.response("DM1")).comment == "Now it is."
    assert review.findings.filter(response=scene.response("DM1")).count() == 2


def test_pictures_open_on_the_page_and_nothing_else_does(
    scene: Scene, client: Client, item: WorkItem
) -> None:
    for name, kind in (("chart.png", "image/png"), ("plan.pdf", "application/pdf")):
        stored = StoredFile.objects.create(
            name=name,
            content=f"files/{name}",
            content_type=kind,
            size=1,
            sha256="0" * 64,
            uploaded_at=scene.now,
            uploaded_by=scene.lead,
        )
        piece = Evidence.objects.create(
            case=scene.case,
            kind=EvidenceKind.FILE,
            title=name,
            file=stored,
            added_at=scene.now,
            added_by=scene.lead,
        )
        piece.responses.add(scene.response("DM1"))

    page = client.get(f"{item.get_absolute_url()}?criterion=DM1").content.decode()

    pictures = re.findall(r'<img class="mp-sheet__picture" src="([^"]+)" alt="([^"]+)"', page)
    assert [alt for _source, alt in pictures] == ["Evidence: chart.png"]
    assert not re.search(r"<(iframe|object|embed)\b", page)


def test_every_key_stands_for_one_thing_and_is_told(scene: Scene, client: Client, item: WorkItem) -> None:
    page = client.get(f"{item.get_absolute_url()}?criterion=DM2").content.decode()

    keys = re.findall(r'accesskey="(\w)"', page)
    told = re.findall(r"<kbd>(\w)</kbd>", page)
    assert sorted(keys) == sorted(key.lower() for key in told)
    assert len(set(keys)) == len(keys)

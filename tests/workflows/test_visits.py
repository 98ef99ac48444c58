"""The optional site visit of a review: who plans, who reads what, and where it shows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certification.models import SiteVisit, VisitNote
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from notifications.models import Notice
from people.models import User
from tests.scenes import Scene
from workflows import services


def plan(scene: Scene, **changes: Any) -> SiteVisit:
    words: dict[str, Any] = {
        "visit_on": scene.today + timedelta(days=2),
        "people": "Both assessors; the data office",
        "by": scene.fresh(scene.assessor),
        "now": scene.tick(),
    }
    return services.plan_visit(case_id=scene.case.pk, **words | changes)


def note(scene: Scene, visit: SiteVisit, by: User, text: str) -> VisitNote:
    return services.note_visit(visit_id=visit.pk, text=text, by=scene.fresh(by), now=scene.tick())


@pytest.fixture
def reviewing(scene: Scene) -> Scene:
    scene.walk_to("review")
    return scene


def test_visit_is_planned_held_and_told_to_the_city(reviewing: Scene) -> None:
    before = reviewing.status.updated_at
    visit = plan(reviewing)

    with pytest.raises(WrongState, match="has not come"):
        services.conclude_visit(
            visit_id=visit.pk, held=True, by=reviewing.fresh(reviewing.assessor), now=reviewing.now
        )
    held = services.conclude_visit(
        visit_id=visit.pk,
        held=True,
        by=reviewing.fresh(reviewing.manager),
        now=reviewing.now + timedelta(days=3),
    )

    assert (held.status, held.concluded_by) == ("held", reviewing.manager)
    told = {notice.person for notice in Notice.objects.filter(kind="certification.site_visit")}
    assert told == {reviewing.lead, reviewing.reconciler}
    assert reviewing.status.updated_at == before
    with pytest.raises(WrongState):
        services.conclude_visit(
            visit_id=visit.pk, held=False, by=reviewing.fresh(reviewing.manager), now=reviewing.now
        )


def test_what_is_refused(reviewing: Scene) -> None:
    visit = plan(reviewing)

    with pytest.raises(InvalidInput):
        plan(reviewing, people=" ")
    for days in (-2, 400):
        with pytest.raises(InvalidInput):
            plan(reviewing, visit_on=reviewing.today + timedelta(days=days))
    with pytest.raises(NotAllowed):
        plan(reviewing, by=reviewing.fresh(reviewing.lead))
    with pytest.raises(NotFound):
        plan(reviewing, by=reviewing.fresh(reviewing.other_lead))
    with pytest.raises(NotFound):
        note(reviewing, visit, reviewing.other_assessor, "I was never there.")
    with pytest.raises(InvalidInput):
        note(reviewing, visit, reviewing.assessor, " ")
    services.conclude_visit(
        visit_id=visit.pk, held=False, by=reviewing.fresh(reviewing.assessor), now=reviewing.tick()
    )
    with pytest.raises(WrongState, match="called off"):
        note(reviewing, visit, reviewing.assessor, "Empty rooms.")
    assert Notice.objects.filter(subject__startswith="Called off").count() == 2


def test_notes_are_sealed_until_both_reviews_are_in_and_never_the_citys(reviewing: Scene) -> None:
    visit = plan(reviewing)
    note(reviewing, visit, reviewing.assessor, "First thoughts")
    note(reviewing, visit, reviewing.assessor, "What A saw")
    note(reviewing, visit, reviewing.manager, "What the program saw")
    people = {name: one for name, one in reviewing.everyone.items() if one.is_active and name != "system"}

    def readers(text: str) -> set[str]:
        written = VisitNote.objects.filter(text=text)
        return {
            name
            for name, one in people.items()
            if VisitNote.objects.visible_to(reviewing.fresh(one)).filter(pk__in=written).exists()
        }

    judges, program = {"assessor", "reconciler"}, {"manager", "director"}
    assert readers("What A saw") == {"assessor"}
    assert readers("What the program saw") == {"manager"}
    seen = {
        name for name, one in people.items() if SiteVisit.objects.visible_to(reviewing.fresh(one)).exists()
    }
    assert seen == judges | program | {"lead", "contributor", "sponsor"}
    reviewing.walk_to("reconcile")
    assert readers("What A saw") == readers("What the program saw") == judges | program
    reviewing.walk_to("choose_path")
    assert readers("What A saw") == judges | program
    with pytest.raises(WrongState, match="stay as they are"):
        note(reviewing, visit, reviewing.assessor, "Afterwards")


def test_visit_stands_where_people_look_for_it(reviewing: Scene, client: Client) -> None:
    page = reverse("workflows:visits", args=[reviewing.case.pk])
    day = timezone.localdate()
    reviewing.sign_in(client, reviewing.assessor)
    item = next(one for one in reviewing.open_items("review") if one.owner_id == reviewing.assessor.pk)

    bare = client.post(page, {"visit_on": day.isoformat(), "people": ""})
    planned = client.post(page, {"visit_on": day.isoformat(), "people": "Both assessors"})
    visit = SiteVisit.objects.get()
    client.post(reverse("workflows:visit-note", args=[visit.pk]), {"text": "A tidy archive"})
    client.post(reverse("workflows:visit-conclude", args=[visit.pk]), {"deed": "held"})

    assert (bare.status_code, planned.status_code) == (400, 302)
    places = (item.get_absolute_url(), f"{item.get_absolute_url()}?criterion=DM1")
    case = reverse("workflows:case-detail", args=[reviewing.case.pk])
    for address in (*places, case, page):
        assert "Both assessors" in client.get(address).content.decode(), address
    assert "A tidy archive" in client.get(page).content.decode()
    reviewing.sign_in(client, reviewing.lead)
    for address in (case, page):
        told = client.get(address).content.decode()
        assert "Both assessors" in told
        assert "A tidy archive" not in told


def test_packet_holds_the_visit_with_its_notes(scene: Scene, client: Client) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("review")
    visit = plan(scene, visit_on=scene.today)
    plan(scene, people="Nobody in the end")
    note(scene, visit, scene.assessor, "A tidy archive")
    services.conclude_visit(visit_id=visit.pk, held=True, by=scene.fresh(scene.assessor), now=scene.tick())

    scene.walk_to("vote")

    told = scene.decision.packet["visits"]
    assert told == [
        {
            "visit_on": visit.visit_on.isoformat(),
            "people": "Both assessors; the data office",
            "notes": ["A tidy archive"],
        }
    ]
    scene.sign_in(client, scene.committee[0])
    page = client.get(reverse("workflows:packet-detail", args=[scene.decision.pk])).content.decode()
    assert "A tidy archive" in page


def test_page_of_visits_asks_the_same_for_one_and_for_three(reviewing: Scene, client: Client) -> None:
    reviewing.sign_in(client, reviewing.assessor)
    page = reverse("workflows:visits", args=[reviewing.case.pk])
    client.get(page)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            note(reviewing, plan(reviewing), reviewing.assessor, "A tidy archive")
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))

    assert counts[0] == counts[1]

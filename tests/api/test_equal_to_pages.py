"""One table over both: for every kind of person the API answers what the pages show, moment by moment."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case
from people.models import User
from tests.api.callers import CITIES, as_person, moment, with_key
from tests.claims import make_claim
from tests.scenes import Scene
from workflows import services

MOMENTS = {
    "apply": {"waiting_on": "city"},
    "review": {"waiting_on": "assessor"},
    "choose_path": {"waiting_on": "city"},
    "work": {"waiting_on": "partner"},
    "vote": {"waiting_on": "committee"},
    "announce": {"waiting_on": "committee"},
    "scheduled": {"waiting_on": "committee"},
    "certified": {"waiting_on": "nobody"},
}


def reach(scene: Scene, when: str) -> None:
    scene.engagements = 1
    if when in ("vote", "announce", "scheduled", "certified"):
        scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.announce_on = scene.today + timedelta(days=4)
    if when in ("scheduled", "certified"):
        scene.one("announce")
        scene.do_step("announce")
    else:
        scene.walk_to(when)
    if when == "certified":
        services.publish_due(now=scene.now + timedelta(days=4))
    if when == "work":
        late = scene.item("work").due_at + timedelta(days=1)
        services.mark_overdue_and_publish(now=late)


def by_pages(client: Client, case: Case) -> dict[str, Any] | None:
    """What the list of cases and the head of the case file show; None where there is nothing."""
    rows = list(client.get("/cases/").context["page"])
    file = client.get(f"/cases/{case.pk}/")
    if not rows:
        assert file.status_code == 404
        return None
    (row,) = rows
    ball, result = file.context["ball"], file.context["result"]
    first = ball.first
    assert (first.due_at if first else None) == row.seen_due_at
    assert file.context["case"].stage == row.stage
    return {
        "stage": row.stage,
        "on_hold": row.on_hold,
        "waiting_on": str(row.waiting_on_label).lower() or "nobody",
        "due_at": moment(row.seen_due_at) if row.seen_due_at else None,
        "step": first.step if first else None,
        "title": str(first.title) if first else None,
        "overdue": row.seen_overdue,
        "level": row.level or None,
        "result": (result[0].round, result[1].met, result[1].of) if result else None,
        "engagements": [
            (one.partner.slug, one.status, [area.code for area in one.areas.all()])
            for one in file.context["engagements"]
        ],
    }


def by_api(client: Client) -> dict[str, Any] | None:
    rows = client.get(CITIES).json()["results"]
    detail = client.get(f"{CITIES}paterson-nj/")
    if not rows:
        assert detail.status_code == 404
        return None
    (row,) = rows
    assert detail.json() == row
    deadline, result = row["next_deadline"] or {}, row["result"]
    return {
        "stage": row["stage"],
        "on_hold": row["on_hold"],
        "waiting_on": row["waiting_on"],
        "due_at": deadline.get("due_at"),
        "step": deadline.get("step"),
        "title": deadline.get("title"),
        "overdue": deadline.get("overdue", False),
        "level": row["level"],
        "result": (result["round"], result["met"], result["of"]) if result else None,
        "engagements": [(one["partner"], one["status"], one["areas"]) for one in row["engagements"]],
    }


def readers(scene: Scene) -> dict[str, User]:
    """Everybody who can sign in, and somebody who has asked to speak for the city and has no role yet."""
    claimant = make_claim(scene.city).person
    return {name: person for name, person in scene.everyone.items() if person.is_active} | {
        "claimant": claimant
    }


QUICK = ("work",)


@pytest.mark.parametrize(
    "when", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in MOMENTS]
)
def test_api_answers_what_the_pages_show(scene: Scene, when: str) -> None:
    reach(scene, when)

    people = readers(scene)
    shown = {name: by_pages(as_person(person), scene.case) for name, person in people.items()}
    answered = {name: by_api(as_person(person)) for name, person in people.items()}
    keys = {
        "partner_lead": by_api(with_key(scene.partner.organization)),
        "other_partner_lead": by_api(with_key(scene.other_partner.organization)),
        "lead": by_api(with_key(scene.city.organization)),
        "other_lead": by_api(with_key(scene.other_city.organization)),
    }

    assert answered == shown
    assert keys == {name: shown[name] for name in keys}
    strangers = {"other_lead", "other_contributor", "nobody", "claimant", "system"}
    assert {name for name, found in answered.items() if found is None} == strangers
    outsider = answered["other_coach"]
    assert outsider is not None
    assert outsider["waiting_on"] == MOMENTS[when]["waiting_on"]


def test_deactivated_people_are_strangers_to_both(scene: Scene) -> None:
    scene.open_case()
    client = as_person(scene.manager)
    User.objects.filter(pk=scene.manager.pk).update(is_active=False)

    assert client.get("/cases/").status_code == 302
    assert client.get(CITIES).status_code == 401

"""The frame of the access table: its people, its moments, and what an address needs to be called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification.services import add_evidence
from notifications.models import Notice
from people.enums import Role, Scope
from people.keys import issue_key
from people.models import User
from people.services import invite
from tests.cast import make_person
from tests.scenes import Scene
from workflows import services

# The columns, in the order of the table.
PEOPLE = (
    "anonymous",
    "lead",
    "contributor",
    "sponsor",
    "other_lead",
    "partner_lead",
    "coach",
    "other_partner_lead",
    "assessor",
    "reconciler",
    "other_assessor",
    "seated",
    "unseated",
    "manager",
    "director",
    "deactivated",
)

# What is entered where nothing would be refused for being nothing, whoever sends it.
ENTERED = {
    "workflows:answer": {"version": "0", "self_rating": "met", "narrative": "We do."},
    "workflows:finding": {"outcome": "met", "comment": ""},
}


@dataclass
class Stage:
    """A scene at one moment, with what its addresses speak of."""

    scene: Scene
    people: dict[str, User | None]
    things: dict[str, Any]


def _people(scene: Scene) -> dict[str, User | None]:
    """`seated` is a member of the committee while a vote is open; `unseated` joined after its opening."""
    unseated = make_person("Newcomer", scene.office, Role.COMMITTEE_MEMBER)
    named = scene.everyone | {"seated": scene.committee[0], "unseated": unseated}
    return {"anonymous": None} | {name: named[name] for name in PEOPLE[1:]}


def _things(scene: Scene, step: str = "") -> dict[str, Any]:
    case = scene.case
    decision, engagement = case.decisions.first(), case.engagements.first()
    answer = scene.assessment.responses.first() if case.assessments.exists() else None
    key, _token = issue_key(
        organization=scene.partner.organization,
        name="Our system",
        scopes=[Scope.READ],
        by=scene.manager,
        now=scene.now,
    )
    invitation, token = invite(
        organization=scene.city.organization,
        role=Role.CITY_CONTRIBUTOR,
        address="new@paterson.example",
        until=None,
        by=scene.lead,
        now=timezone.now(),
    )
    notice = Notice.objects.create(
        person=scene.lead, kind="test", subject="Something", text="Something is due.", created_at=scene.now
    )
    certificate = case.certificates.first()
    return {
        "case": case.pk,
        "city": case.city.slug,
        "standard": case.standard.slug,
        "response": answer and answer.pk,
        "evidence": (piece := case.evidence.first()) and piece.pk,
        "engagement": engagement and engagement.pk,
        "decision": decision and decision.pk,
        "item": items[0].pk if (items := scene.open_items(step)) else None,
        "key": key.pk,
        "invitation": invitation.pk,
        "token": token,
        "notice": notice.pk,
        "certificate": certificate.number if certificate else "MP-2025-0001",
        "word": "x-y",
    }


def _evidence(scene: Scene) -> None:
    add_evidence(
        response_id=scene.response("DM1").pk,
        title="Minutes",
        upload=SimpleUploadedFile("minutes.txt", b"We met."),
        speaks_for_on=None,
        by=scene.lead,
        now=scene.tick(),
    )


def at(step: str) -> Callable[[Scene], Stage]:
    """The case with this step open; on its way evidence was added and, in coaching, a session logged."""

    def stage(scene: Scene) -> Stage:
        scene.engagements = 1
        if step not in ("apply", "confirm"):
            scene.walk_to("self_assess")
            _evidence(scene)
        scene.walk_to(step)
        return Stage(scene, _people(scene), _things(scene, step))

    return stage


def announced(scene: Scene) -> Stage:
    scene.engagements = 1
    scene.walk_to("self_assess")
    _evidence(scene)
    scene.walk_to_end()
    return Stage(scene, _people(scene), _things(scene))


def mending(scene: Scene) -> Stage:
    """A case whose only engagement was declined."""
    scene.engagements = 1
    scene.decline(scene.one("respond"))
    return Stage(scene, _people(scene), _things(scene, "mend_plan"))


def held(scene: Scene) -> Stage:
    stage = at("self_assess")(scene)
    services.hold_case(case_id=scene.case.pk, reason="Elections.", by=scene.manager, now=scene.tick())
    return stage


MOMENTS: dict[str, Callable[[Scene], Stage]] = {
    "held": held,
    "mend_plan": mending,
    "announced": announced,
}


def build(moment: str, scene: Scene) -> Stage:
    return MOMENTS.get(moment, at(moment))(scene)


def statuses(stage: Stage, client: Client, rows: Sequence["Row"]) -> dict["Row", tuple[int, ...]]:
    """What each person is answered, row by row; nothing that a request changes is kept."""
    client.raise_request_exception = False
    found: dict[Row, list[int]] = {row: [] for row in rows}
    for person in stage.people.values():
        client.logout()
        if person is not None:
            stage.scene.sign_in(client, person)
        for row in rows:
            found[row].append(_status(stage, client, row))
    return {row: tuple(answers) for row, answers in found.items()}


def _status(stage: Stage, client: Client, row: "Row") -> int:
    address = reverse(row.name, args=[stage.things[word] for word in row.words])
    with transaction.atomic():
        if row.method == "POST":
            answer = client.post(address, ENTERED.get(row.name, {}))
        else:
            answer = client.get(address)
        if answer.streaming:
            answer.getvalue()  # which closes the file
        transaction.set_rollback(True)
    return answer.status_code


@dataclass(frozen=True)
class Row:
    """One line of the table: at a moment, a method on an address; `words` name the things in the address."""

    moment: str
    method: str
    name: str
    words: tuple[str, ...]

    @classmethod
    def read(cls, moment: str, method: str, name: str, words: str) -> "Row":
        return cls(moment, method, name, () if words == "-" else tuple(words.split("+")))

    def __str__(self) -> str:
        return f"{self.moment} {self.method} {self.name}"

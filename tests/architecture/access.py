"""The frame of the access table: its people, its moments, and what an address needs to be called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.enums import Thread
from cases.models import Application, Extension
from cases.services import ask_for_signature
from certification.models import Delegation, Response, SiteVisit
from certification.services import add_evidence, tell_story
from coaching.enums import NoteAudience
from coaching.models import ActionItem, Document, Measure, Meeting, Note, Session, Sprint
from coaching.services import Terms, add_document, set_measure, write_note
from notifications.links import unsubscribe_link
from notifications.models import Notice
from people.enums import Role, Scope
from people.keys import issue_key
from people.models import Absence, Affiliation, User
from people.services import invite
from tests.cast import SINCE, make_person
from tests.claims import apply_link, item_of, make_claim, token_of
from tests.coaching.actions import agree, offer_transfer
from tests.coaching.sessions import plan
from tests.coaching.sprints import coach_the_other_city, meet, set_up
from tests.scenes import Scene
from workflows import services
from workflows.services.delegation import Part

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
    "workflows:answer": {"version": "0", "self_rating": "not_met", "narrative": "We do."},
    "workflows:appeal-file": {"reasons": "It is met."},
    "workflows:visit-note": {"text": "A tidy archive."},
    "workflows:finding": {"outcome": "met", "comment": ""},
    "workflows:stories": {"title": "Potholes", "text": "We counted."},
    "workflows:story": {"title": "Potholes", "text": "We counted again."},
    "workflows:comment": {"audience": "city", "key": str(uuid4()), "text": "We look."},
    "workflows:evidence": {"evidence-link": "https://paterson.example/newer"},
    "workflows:note-edit": {"text": "They catch up."},
    "workflows:apply": {"address": "somebody@newark.example"},
}


@dataclass
class Stage:
    """A scene on its way, with the people who look at it and the things that addresses speak of."""

    scene: Scene
    people: dict[str, User | None]
    things: dict[str, Any]

    @classmethod
    def begin(cls, scene: Scene) -> "Stage":
        scene.engagements = 1
        scene.open_case()
        return cls(scene, _people(scene), _lasting_things(scene))

    def go_to(self, moment: str) -> None:
        """On to the next moment of the path; at the self-assessment, evidence is added."""
        getattr(self, f"_go_to_{moment}", self.scene.walk_to)(moment)
        self.things |= _things(self.scene, moment)

    def _go_to_self_assess(self, moment: str) -> None:
        self.scene.walk_to(moment)
        add_evidence(
            response_id=self.scene.response("DM1").pk,
            title="Minutes",
            upload=SimpleUploadedFile("minutes.txt", b"We met."),
            speaks_for_on=None,
            by=self.scene.lead,
            now=self.scene.tick(),
        )
        tell_story(
            case=self.scene.case,
            title="Potholes",
            text="We counted.",
            link="",
            speaks_for_on=None,
            answers=[self.scene.response("DM1").pk],
            by=self.scene.lead,
            now=self.scene.tick(),
        )
        services.ask_for_time(
            work_item_id=self.scene.open_items("self_assess")[0].pk,
            until=self.scene.today + timedelta(days=200),
            reason="Our clerk left.",
            by=self.scene.fresh(self.scene.lead),
            now=self.scene.tick(),
        )
        services.delegate(
            case_id=self.scene.case.pk,
            part=Part(criterion="OD1"),
            person=self.scene.contributor,
            address="",
            by=self.scene.lead,
            now=self.scene.tick(),
        )

    def _go_to_review(self, moment: str) -> None:
        scene = self.scene
        scene.walk_to(moment)
        words = {"visit_on": scene.today, "people": "Both assessors"}
        services.plan_visit(case_id=scene.case.pk, by=scene.manager, now=scene.tick(), **words)

    def _go_to_choose_path(self, moment: str) -> None:
        scene = self.scene
        scene.walk_to(moment)
        appealed = scene.response("WW1").pk
        services.file_appeal(
            response_id=appealed, reasons="It is met.", by=scene.fresh(scene.lead), now=scene.tick()
        )

    def _go_to_work(self, moment: str) -> None:
        scene = self.scene
        scene.walk_to(moment)
        write_note(
            engagement_id=scene.engagement().pk,
            audience=NoteAudience.PARTNER,
            text="They are far behind.",
            key=uuid4(),
            by=scene.partner.coach,
            now=scene.tick(),
        )
        agree(scene, owner=scene.fresh(scene.contributor))
        plan(scene)
        coach_the_other_city(scene)
        meet(scene, set_up(scene))
        add_document(
            engagement_id=scene.engagement().pk,
            title="Slides",
            audience=NoteAudience.PARTNER,
            upload=SimpleUploadedFile("slides.txt", b"One."),
            key=uuid4(),
            by=scene.partner.coach,
            now=scene.tick(),
        )
        offer_transfer(scene)
        terms = Terms(name="Homes", kind="outcome", unit="households", direction="up")
        set_measure(
            engagement_id=scene.engagement().pk, terms=terms, by=scene.partner.coach, now=scene.tick()
        )

    def _go_to_mend_plan(self, _moment: str) -> None:
        self.scene.decline(self.scene.one("respond"))

    def _go_to_held(self, _moment: str) -> None:
        scene = self.scene
        services.hold_case(case_id=scene.case.pk, reason="A flood.", by=scene.manager, now=scene.tick())

    def _go_to_announced(self, _moment: str) -> None:
        self.scene.walk_to_end()


# Each walk leads through its moments in this order.
WALKS = {
    "to the report": (
        "apply",
        "confirm",
        "self_assess",
        "assign_assessors",
        "review",
        "reconcile",
        "release_report",
        "choose_path",
    ),
    "to the certificate": (
        "self_assess",
        "plan_coaching",
        "respond",
        "assign_coach",
        "kick_off",
        "work",
        "close",
        "feedback",
        "reassess",
        "open_packet",
        "vote",
        "announce",
        "announced",
    ),
    "a declined offer": ("mend_plan",),
    "a hold": ("held",),
}
LOOKED_AT = {walk: set(moments) for walk, moments in WALKS.items()}
LOOKED_AT["to the certificate"] -= LOOKED_AT["to the report"]


def _people(scene: Scene) -> dict[str, User | None]:
    """`unseated` is on the committee, but worked for the city not long ago."""
    unseated = make_person("Newcomer", scene.office, Role.COMMITTEE_MEMBER)
    Affiliation.objects.create(
        person=unseated,
        organization=scene.city.organization,
        role=Role.CITY_CONTRIBUTOR,
        since=SINCE,
        until=scene.today - timedelta(days=100),
    )
    named = scene.everyone | {"seated": scene.committee[0], "unseated": unseated}
    return {"anonymous": None} | {name: named[name] for name in PEOPLE[1:]}


def _lasting_things(scene: Scene) -> dict[str, Any]:
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
    application = Application.objects.get(case=scene.case)
    application.signer_name, application.signer_title = "The sponsor", "Mayor"
    application.signer_address = "mayor@paterson.example"
    _request, sign = ask_for_signature(application=application, by=scene.lead, now=timezone.now())
    notice = Notice.objects.create(
        person=scene.lead, kind="test", subject="Something", text="Something is due.", created_at=scene.now
    )
    attachments = [_attachment(scene, thread) for thread in Thread]
    absence = Absence.objects.create(
        person=scene.partner.second_coach,
        substitute=scene.partner.coach,
        begins_on=timezone.localdate(),
        ends_on=timezone.localdate(),
        since=timezone.now(),
        until=timezone.now() + timedelta(days=1),
        set_at=timezone.now(),
        set_by=scene.partner.lead,
    )
    cover = absence.covers.create(
        holder=scene.partner.coach,
        part=scene.case.participations.first(),
        begun_at=timezone.now(),
        begun_by=scene.system,
    )
    day = timezone.localdate() + timedelta(days=90)
    closure = scene.city.organization.closures.create(
        begins_on=day, ends_on=day, name="City day", set_at=timezone.now(), set_by=scene.lead
    )
    return {
        "absence": absence.pk,
        "cover": cover.pk,
        "closure": closure.pk,
        "case": scene.case.pk,
        "attachment": attachments[0],
        "inner_file": attachments[1],
        "city": scene.city.slug,
        "standard": scene.standard.slug,
        "partner": scene.partner.organization.slug,
        "coach_at": scene.partner.coach.email,
        "member_of": scene.city.slug,
        "member_as": Role.CITY_CONTRIBUTOR,
        "member_at": scene.contributor.email,
        "key": key.pk,
        "invitation": invitation.pk,
        "token": token,
        "sign": sign,
        "cal_token": services.make_calendar_link(by=scene.contributor, now=timezone.now()),
        "apply_token": token_of(apply_link("newcomer@newark.example")),
        "claim": item_of(make_claim(scene.other_city)).pk,
        "notice": notice.pk,
        "unsubscribe": unsubscribe_link(notice).rstrip("/").rsplit("/", 1)[1],
        "step": "confirm",
        "word": "x-y",
        "wording": "cases.own_work_due",
    }


def _attachment(scene: Scene, thread: Thread) -> Any:
    """A file of a message in one of the threads."""
    sent = services.send_message(
        case_id=scene.case.pk,
        thread=thread,
        text="With a file.",
        key=uuid4(),
        uploads=[SimpleUploadedFile("notes.txt", b"We met.")],
        by=scene.manager,
        now=scene.now,
    )
    return sent.attachments.get().pk


def _things(scene: Scene, step: str) -> dict[str, Any]:
    """The newest of what comes and goes; `item` is the open step of the moment."""
    case = scene.case
    found = {
        "item": (scene.open_items(step) or [None])[0],
        "response": case.assessments.exists() and scene.assessment.responses.first(),
        "evidence": case.evidence.first(),
        "story": case.stories.first(),
        "delegation": Delegation.objects.filter(assessment__case=case).first(),
        "delegated": Response.objects.filter(delegation__assessment__case=case).first(),
        "visit": SiteVisit.objects.of_case(case).first(),
        "contested": Response.objects.filter(
            assessment__case=case, settlement__outcome="not_met", appeal__isnull=True
        ).first(),
        "appeal_item": (scene.open_items("appeal") or [None])[0],
        "own_item": (scene.open_items("delegation") or [None])[0],
        "engagement": case.engagements.first(),
        "action": ActionItem.objects.filter(engagement__case=case).first(),
        "transfer_work": (scene.open_items("transfer") or [None])[0],
        "action_work": (scene.open_items("action_item") or [None])[0],
        "measure": Measure.objects.filter(engagement__case=case).first(),
        "note": Note.objects.filter(engagement__case=case).first(),
        "sprint": Sprint.objects.first(),
        "meeting": Meeting.objects.first(),
        "document": Document.objects.filter(engagement__case=case).first(),
        "session": Session.objects.planned().filter(engagement__case=case, meeting=None).first(),
        "extension": Extension.objects.filter(item__case=case).first(),
        "decision": case.decisions.first(),
    }
    certificate = case.certificates.first()
    number = certificate.number if certificate else "MP-2025-0001"
    return {name: thing.pk for name, thing in found.items() if thing} | {"certificate": number}


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

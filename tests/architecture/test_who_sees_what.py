"""The table “who sees what” of the product: what each kind of person finds, moment by moment of a case.

Every moment holds something that could leak: answers, findings of both assessors, notes of a session.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet

from cases.enums import Thread, WorkKind
from cases.models import Attachment, Case, Message, WorkItem
from certification.enums import Audience, Choice
from certification.models import Assessment, Comment, Decision, Evidence, Finding, Response, Settlement, Story
from certification.services import (
    add_evidence,
    share_draft,
    tell_story,
    withhold_draft,
    write_comment,
)
from cities.models import City
from coaching.enums import NoteAudience
from coaching.figures import read_figure
from coaching.models import (
    ActionItem,
    Document,
    Engagement,
    Measure,
    Note,
    Objective,
    Observation,
    Session,
    Transfer,
)
from coaching.periods import read_period
from coaching.services import (
    Sighting,
    Terms,
    add_document,
    record_observation,
    set_measure,
    set_objective,
    write_note,
)
from people.enums import Role
from people.models import Affiliation, User
from tests.coaching.actions import agree, offer_transfer
from tests.coaching.sessions import plan
from tests.scenes import Scene
from workflows import services
from workflows.models import CityStatus
from workflows.selectors import timeline_of

CITY = {"lead", "contributor", "sponsor"}
PROGRAM = {"manager", "director"}
ASSESSORS = {"assessor", "reconciler"}
PARTNER = {"partner_lead", "coach", "second_coach"}
OTHERS = {"other_partner_lead", "other_coach", "other_assessor", "member"}
MEMBER = {"member"}
STATUS = CITY | PROGRAM | ASSESSORS | PARTNER | OTHERS
NOBODY: set[str] = set()


def of_round(rows: Callable[[User], QuerySet[Any]], **conditions: Any) -> Callable[[Scene, User], bool]:
    return lambda scene, person: rows(person).filter(**conditions).exists()


def answers(round_number: int, area: str, **conditions: Any) -> Callable[[Scene, User], bool]:
    return of_round(
        Response.objects.visible_to,
        assessment__round=round_number,
        criterion__area__code=area,
        **conditions,
    )


def findings_of(name: str) -> Callable[[Scene, User], bool]:
    def found(scene: Scene, person: User) -> bool:
        own = Finding.objects.filter(review__assessor=getattr(scene, name))
        assert own.exists()
        return Finding.objects.visible_to(person).filter(pk__in=own.values("pk")).exists()

    return found


def comments_of(name: str) -> Callable[[Scene, User], bool]:
    def found(scene: Scene, person: User) -> bool:
        own = Comment.objects.filter(written_by=getattr(scene, name))
        assert own.exists()
        return Comment.objects.visible_to(person).filter(pk__in=own.values("pk")).exists()

    return found


KINDS: dict[str, Callable[[Scene, User], bool]] = {
    "status": lambda scene, person: CityStatus.objects.visible_to(person).exists(),
    "case": lambda scene, person: Case.objects.visible_to(person).exists(),
    "engagements": lambda scene, person: Engagement.objects.visible_to(person).exists(),
    "answers": answers(1, "DM"),
    "answers of another area": answers(1, "OD"),
    "returned answer": answers(1, "DM", criterion__code="DM1"),
    "answers of round 2": answers(2, "OD"),
    "round": lambda scene, person: Assessment.objects.visible_to(person).exists(),
    "evidence": lambda scene, person: Evidence.objects.visible_to(person).exists(),
    "story": lambda scene, person: Story.objects.visible_to(person).exists(),
    "findings of the assessor": findings_of("assessor"),
    "findings of the reconciler": findings_of("reconciler"),
    "result": lambda scene, person: Settlement.objects.visible_to(person).exists(),
    "coaching notes": lambda scene, person: Session.objects.visible_to(person).held().exists(),
    "planned sessions": lambda scene, person: Session.objects.visible_to(person).planned().exists(),
    "objectives and measures": lambda scene, person: Observation.objects.visible_to(person).exists(),
    "documents": lambda scene, person: Document.objects.visible_to(person).filter(audience="city").exists(),
    "documents of a partner": lambda scene, person: (
        Document.objects.visible_to(person).filter(audience="partner").exists()
    ),
    "action items": lambda scene, person: ActionItem.objects.visible_to(person).exists(),
    "work on action items": lambda scene, person: (
        WorkItem.objects.visible_to(person).filter(kind=WorkKind.ACTION_ITEM).exists()
    ),
    "hand-over note": lambda scene, person: Transfer.objects.visible_to(person).exists(),
    "messages": of_round(Message.objects.visible_to, thread=Thread.CITY),
    "internal messages": of_round(Message.objects.visible_to, thread=Thread.INTERNAL),
    "files of messages": of_round(Attachment.objects.visible_to, message__thread=Thread.CITY),
    "files of internal messages": of_round(Attachment.objects.visible_to, message__thread=Thread.INTERNAL),
    "comments of the city": comments_of("lead"),
    "internal comments": comments_of("manager"),
    "comments of an assessor": comments_of("assessor"),
    "packet": lambda scene, person: Decision.objects.visible_to(person).exists(),
    "score in the timeline": lambda scene, person: _timeline_holds(scene, person, "criteria met"),
    "hold and its reason": lambda scene, person: _timeline_holds(scene, person, "A delicate matter."),
}


def _timeline_holds(scene: Scene, person: User, words: str) -> bool:
    return any(words in entry.detail for entry in timeline_of(scene.case, user=person))


def correspond(scene: Scene) -> None:
    """A message with a file in each thread."""
    for thread in Thread:
        services.send_message(
            case_id=scene.case.pk,
            thread=thread,
            text="A delicate matter.",
            key=uuid4(),
            uploads=[SimpleUploadedFile("notes.txt", b"A delicate matter.")],
            by=scene.manager,
            now=scene.tick(),
        )


def draft(scene: Scene) -> None:
    scene.walk_to("self_assess")
    correspond(scene)
    scene.answer()
    add_evidence(
        response_id=scene.response("DM1").pk,
        title="Minutes",
        link="https://paterson.example/minutes",
        speaks_for_on=None,
        by=scene.lead,
        now=scene.tick(),
    )
    tell_story(
        case=scene.case,
        title="Potholes",
        text="A delicate matter.",
        link="",
        speaks_for_on=None,
        answers=[scene.response("DM1").pk],
        by=scene.lead,
        now=scene.tick(),
    )
    comment(scene, Audience.CITY, scene.lead)
    services.hold_case(case_id=scene.case.pk, reason="A delicate matter.", by=scene.manager, now=scene.tick())
    services.resume_case(case_id=scene.case.pk, by=scene.manager, now=scene.tick())


def comment(scene: Scene, audience: Audience, by: User) -> None:
    write_comment(
        response_id=scene.response("DM1").pk,
        audience=audience,
        text="A delicate matter.",
        key=uuid4(),
        by=by,
        now=scene.tick(),
    )


def draft_shared(scene: Scene) -> None:
    share_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.tick())


def draft_withheld(scene: Scene) -> None:
    withhold_draft(assessment_id=scene.assessment.pk, by=scene.lead, now=scene.tick())


def one_review_in(scene: Scene) -> None:
    """One assessor has submitted, the other has written findings."""
    first, second = scene.walk_to("review")
    comment(scene, Audience.INTERNAL, scene.manager)
    comment(scene, Audience.INTERNAL, scene.assessor)
    scene.review(first)
    scene.prepare(second)


def both_reviews_in(scene: Scene) -> None:
    scene.walk_to("reconcile")


def returned(scene: Scene) -> None:
    scene.return_to_city("DM1")


def reopened(scene: Scene) -> None:
    _first, second = scene.walk_to("review")
    scene.prepare(second)


def reconciled(scene: Scene) -> None:
    scene.walk_to("release_report")


def released(scene: Scene) -> None:
    scene.walk_to("choose_path")


def offered(scene: Scene) -> None:
    scene.walk_to("respond")


def coached(scene: Scene) -> None:
    scene.walk_to("work")
    services.log_session(
        engagement_id=scene.engagement().pk,
        kind="coaching",
        held_on=scene.today,
        minutes=60,
        participants="",
        notes="What the city said.",
        by=scene.partner.coach,
        now=scene.tick(),
    )
    for audience in NoteAudience:
        write_note(
            engagement_id=scene.engagement().pk,
            audience=audience,
            text="What the coach thinks.",
            key=uuid4(),
            by=scene.partner.coach,
            now=scene.tick(),
        )
    measure(scene)
    agree(scene, owner=scene.partner.coach)
    plan(scene)
    for audience in (NoteAudience.CITY, NoteAudience.PARTNER):
        add_document(
            engagement_id=scene.engagement().pk,
            title="What is in it.",
            audience=audience,
            upload=SimpleUploadedFile("slides.txt", b"One."),
            key=uuid4(),
            by=scene.partner.coach,
            now=scene.tick(),
        )
    offer_transfer(scene)


def measure(scene: Scene) -> None:
    """An objective, and what is measured of it."""
    place: Any = {"engagement_id": scene.engagement().pk, "by": scene.partner.coach, "now": scene.tick()}
    objective = set_objective(text="Fewer wait.", criteria=[], **place)
    terms = Terms(name="Waiting", kind="outcome", unit="days", direction="down", objective=objective.pk)
    seen = Sighting(read_period("2024"), read_figure("9"), source="The city's office")
    record_observation(
        measure_id=set_measure(terms=terms, **place).pk, seen=seen, by=scene.partner.coach, now=scene.tick()
    )


def next_round(scene: Scene) -> None:
    scene.walk_to("reassess")


def packet_open(scene: Scene) -> None:
    scene.walk_to("vote")


def decided(scene: Scene) -> None:
    scene.walk_to("announce")


def announced(scene: Scene) -> None:
    scene.walk_to_end()


ALWAYS = {
    "status": STATUS,
    "case": STATUS,
    "hold and its reason": CITY | PROGRAM,
    "messages": CITY | PROGRAM,
    "internal messages": PROGRAM,
    "files of messages": CITY | PROGRAM,
    "files of internal messages": PROGRAM,
}
INSIDE = CITY | PROGRAM | ASSESSORS
# In this order, one walk leads through all of them.
MOMENTS: dict[Callable[[Scene], None], dict[str, set[str]]] = {
    draft: {
        "answers": CITY,
        "round": CITY,
        "evidence": CITY,
        "story": CITY,
        "comments of the city": CITY,
        "result": NOBODY,
        "packet": NOBODY,
        "score in the timeline": NOBODY,
    },
    draft_shared: {
        "answers": CITY | PROGRAM,
        "round": CITY | PROGRAM,
        "evidence": CITY | PROGRAM,
        "story": CITY | PROGRAM,
        "comments of the city": CITY | PROGRAM,
        "result": NOBODY,
    },
    draft_withheld: {
        "answers": CITY,
        "round": CITY,
        "evidence": CITY,
        "story": CITY,
        "comments of the city": CITY,
    },
    one_review_in: {
        "answers": INSIDE,
        "round": INSIDE,
        "evidence": INSIDE,
        "story": INSIDE,
        "findings of the assessor": {"assessor"},
        "findings of the reconciler": {"reconciler"},
        "comments of the city": CITY | PROGRAM,
        "internal comments": PROGRAM | ASSESSORS,
        "comments of an assessor": PROGRAM | {"assessor"},
        "result": NOBODY,
    },
    both_reviews_in: {
        "findings of the assessor": PROGRAM | ASSESSORS,
        "findings of the reconciler": PROGRAM | ASSESSORS,
        "comments of an assessor": PROGRAM | ASSESSORS,
        "result": NOBODY,
    },
    returned: {
        "answers": INSIDE,
        "returned answer": CITY,
        "comments of the city": CITY,
        "internal comments": NOBODY,
        "evidence": CITY,
        "story": CITY,
        "findings of the assessor": PROGRAM | ASSESSORS,
        "findings of the reconciler": PROGRAM | ASSESSORS,
        "result": PROGRAM | ASSESSORS,
    },
    reopened: {
        "returned answer": INSIDE,
        "comments of an assessor": PROGRAM | {"assessor"},
        "evidence": INSIDE,
        "story": INSIDE,
        "findings of the assessor": {"assessor"},
        "findings of the reconciler": {"reconciler"},
    },
    reconciled: {
        "findings of the assessor": PROGRAM | ASSESSORS,
        "result": PROGRAM | ASSESSORS,
        "score in the timeline": NOBODY,
    },
    released: {
        "answers": INSIDE,
        "findings of the assessor": INSIDE,
        "findings of the reconciler": INSIDE,
        "result": INSIDE,
        "score in the timeline": INSIDE,
    },
    offered: {
        "engagements": STATUS,
        "answers": INSIDE,
        "findings of the assessor": INSIDE,
        "result": INSIDE,
        "coaching notes": NOBODY,
        "objectives and measures": NOBODY,
        "action items": NOBODY,
        "planned sessions": NOBODY,
        "documents": NOBODY,
        "hand-over note": NOBODY,
        "work on action items": NOBODY,
        "score in the timeline": INSIDE,
    },
    coached: {
        "engagements": STATUS,
        "comments of the city": CITY | PROGRAM,
        "internal comments": PROGRAM | ASSESSORS,
        "answers": INSIDE | PARTNER,
        "answers of another area": INSIDE,
        "round": INSIDE | PARTNER,
        "evidence": INSIDE | PARTNER,
        "story": INSIDE | PARTNER,
        "findings of the assessor": INSIDE | PARTNER,
        "result": INSIDE | PARTNER,
        "coaching notes": CITY | PROGRAM | PARTNER,
        "objectives and measures": CITY | PROGRAM | PARTNER,
        "planned sessions": CITY | PROGRAM | PARTNER,
        "documents": CITY | PROGRAM | PARTNER,
        "documents of a partner": PARTNER,
        "action items": CITY | PROGRAM | PARTNER,
        "hand-over note": PROGRAM | PARTNER,
        "work on action items": CITY | PROGRAM | PARTNER,
        "score in the timeline": INSIDE | PARTNER,
        "packet": NOBODY,
    },
    next_round: {
        "answers": INSIDE,
        "answers of round 2": CITY,
        "findings of the assessor": INSIDE,
        "coaching notes": CITY | PROGRAM | PARTNER,
        "objectives and measures": CITY | PROGRAM | PARTNER,
        "action items": CITY | PROGRAM | PARTNER,
        "hand-over note": PROGRAM | PARTNER,
        "work on action items": CITY | PROGRAM | PARTNER,
        "score in the timeline": INSIDE,
    },
    packet_open: {
        "answers": INSIDE | MEMBER,
        "answers of round 2": INSIDE | MEMBER,
        "comments of the city": CITY | PROGRAM,
        "internal comments": PROGRAM | ASSESSORS,
        "comments of an assessor": PROGRAM | ASSESSORS,
        "evidence": INSIDE | MEMBER,
        "story": INSIDE | MEMBER,
        "findings of the assessor": INSIDE | MEMBER,
        "result": INSIDE | MEMBER,
        "coaching notes": CITY | PROGRAM | PARTNER,
        "objectives and measures": CITY | PROGRAM | PARTNER,
        "action items": CITY | PROGRAM | PARTNER,
        "hand-over note": PROGRAM | PARTNER,
        "work on action items": CITY | PROGRAM | PARTNER,
        "packet": PROGRAM | MEMBER,
    },
    decided: {
        "answers": INSIDE,
        "findings of the assessor": INSIDE,
        "result": INSIDE,
        "packet": PROGRAM,
    },
    announced: {
        "answers": CITY | PROGRAM,
        "round": CITY | PROGRAM,
        "evidence": CITY | PROGRAM,
        "story": CITY | PROGRAM,
        "findings of the assessor": CITY | PROGRAM,
        "findings of the reconciler": CITY | PROGRAM,
        "result": CITY | PROGRAM,
        "packet": PROGRAM,
        "score in the timeline": CITY | PROGRAM,
    },
}


def test_everyone_sees_exactly_what_the_table_says_from_moment_to_moment(scene: Scene) -> None:
    scene.engagements = 1
    found = {}

    for moment, table in MOMENTS.items():
        moment(scene)
        people = {name: scene.fresh(person) for name, person in scene.everyone.items()}
        found[moment.__name__] = {
            kind: {name for name, person in people.items() if KINDS[kind](scene, person)}
            for kind in ALWAYS | table
        }

    assert found == {moment.__name__: ALWAYS | table for moment, table in MOMENTS.items()}


VISIBLE = (
    Assessment,
    Attachment,
    Case,
    City,
    CityStatus,
    Comment,
    Decision,
    Document,
    Engagement,
    Evidence,
    Finding,
    Measure,
    Message,
    Note,
    Objective,
    Observation,
    Response,
    Session,
    Settlement,
    Story,
    WorkItem,
)


def everything_there_is(scene: Scene) -> None:
    """A case before its vote, that has been coached, with evidence and notes."""
    scene.engagements = 1
    for moment in (draft, coached, packet_open):
        moment(scene)


def test_nobody_and_the_deactivated_see_nothing(scene: Scene) -> None:
    everything_there_is(scene)

    for person in (None, AnonymousUser(), scene.deactivated, scene.nobody):
        seen = {model.__name__ for model in VISIBLE if model.objects.visible_to(person).exists()}
        assert seen == set()


def test_rights_end_with_the_role_also_where_the_part_in_the_case_runs_on(scene: Scene) -> None:
    everything_there_is(scene)
    for person in (scene.assessor, scene.committee[0], scene.lead, scene.manager):
        Affiliation.objects.filter(person=person).update(until=scene.today)

    for person in (scene.assessor, scene.committee[0], scene.lead, scene.manager):
        left = scene.fresh(person)
        seen = {model.__name__ for model in VISIBLE if model.objects.visible_to(left).exists()}
        assert seen == set()


def test_partner_who_coaches_another_city_sees_nothing_of_this_one(scene: Scene) -> None:
    draft(scene)
    coached(scene)
    first_city, first_lead, first_case = scene.city, scene.lead, scene.case
    scene.city, scene.lead, scene.partner = scene.other_city, scene.other_lead, scene.other_partner
    del scene.case
    scene.other_partner = type(scene.partner).make("third-partner", "Third partner")
    draft(scene)
    coached(scene)

    for person in (scene.partner.lead, scene.partner.coach, scene.lead):
        reader = scene.fresh(person)
        for model in (Response, Settlement, Finding, Evidence):
            path = {
                Response: "assessment__case",
                Settlement: "response__assessment__case",
                Finding: "review__assessment__case",
                Evidence: "case",
            }[model]
            seen = model.objects.visible_to(reader)
            assert seen.exists()
            assert not seen.filter(**{path: first_case}).exists()
        assert not Session.objects.visible_to(reader).filter(engagement__case=first_case).exists()
        assert (
            not Observation.objects.visible_to(reader).filter(measure__engagement__case=first_case).exists()
        )
    assert first_city != scene.city
    assert first_lead != scene.lead


@pytest.mark.parametrize("who", ["lead", "manager", "member", "partner_lead", "assessor"])
def test_no_timeline_tells_a_sealed_vote(scene: Scene, who: str) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    item = scene.one("vote")
    for member in scene.committee[:4]:
        scene.cast(item, member, Choice.NOT_YET)

    entries = timeline_of(scene.case, user=scene.fresh(scene.everyone[who]))

    told = " ".join(f"{entry.sentence} {entry.detail}" for entry in entries)
    assert "not_yet" not in told
    assert "Not enough" not in told


@pytest.mark.parametrize("who", ["partner_lead", "other_coach", "assessor", "other_assessor", "member"])
def test_steps_of_a_decision_are_not_told_to_who_only_follows_the_status(scene: Scene, who: str) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("announce")

    seen = WorkItem.objects.visible_to(scene.fresh(scene.everyone[who]))

    committee_knows = {"vote", "announce"} if who == "member" else set()
    assert {item.step for item in seen} & {"vote", "announce"} <= committee_knows
    sentences = {str(entry.sentence) for entry in timeline_of(scene.case, user=scene.everyone[who])}
    assert "The committee decided." not in sentences


def test_former_role_of_the_committee_is_no_seat(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("vote")
    newcomer = Affiliation.objects.create(
        person=scene.nobody, organization=scene.office, role=Role.COMMITTEE_MEMBER, since="2020-01-01"
    ).person

    assert not Decision.objects.visible_to(scene.fresh(newcomer)).exists()

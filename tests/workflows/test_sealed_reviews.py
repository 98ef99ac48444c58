"""What one assessor can learn of the other's work before both reviews are in: nothing, anywhere."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core import mail
from django.test import Client
from django.urls import reverse

from certification.enums import Audience
from certification.models import Finding, Review, SiteVisit
from certification.services.comments import write_comment
from core.models import AuditEvent
from notifications.models import Notice
from notifications.services import deliver_due, send_due_reminders
from people.models import User
from tests.architecture.access import Stage
from tests.architecture.test_access import TABLE
from tests.scenes import Scene
from workflows import services
from workflows.models import CityStatus
from workflows.selectors import timeline_of

# What a scraper and whoever watches the site read, not an assessor; and a file that holds its own moment.
OF_OPERATORS = {"reports:metrics", "reports:readyz", "standards:standard-xlsx"}
OF_ACCOUNTS = ("account_", "mfa_", "usersessions_")
OF_THE_MOMENT = {"x-request-id", "expires"}
SECRETS = {outcome: f"Zebra {outcome} Quagga" for outcome in ("met", "not_met", "needs_revision")}
TOKENS = re.compile(
    r'csrf\w*\W+(\w+\W+){0,4}\w{64}|"X-CSRFToken": "\w+"|\w{64}'
    r'|"request_id":\s*"[^"]*"|name="key" value="[^"]*"'
)


def _concerns(name: str) -> bool:
    return name not in OF_OPERATORS and not name.startswith(OF_ACCOUNTS)


def addresses(stage: Stage, *more: str) -> list[str]:
    """Everything that can be looked at with what there is, and the ways in which it can be asked for more."""
    plain = {
        reverse(row.name, args=[stage.things[word] for word in row.words])
        for row in TABLE
        if row.method == "GET" and _concerns(row.name) and set(row.words) <= set(stage.things)
    }
    return sorted(plain | set(more))


def everything(client: Client, there: list[str]) -> dict[str, Any]:
    """Status, headers and body of every answer, without the tokens that differ each time."""
    found = {}
    for address in there:
        answer = client.get(address)
        body = TOKENS.sub("", answer.getvalue().decode(errors="replace"))
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in OF_THE_MOMENT}
        found[address] = (answer.status_code, headers, body)
    return found


def write_findings(scene: Scene, review: Review) -> None:
    """A distinctive finding and comment for each criterion, each outcome among them, a remark, a note."""
    answers = review.assessment.responses.order_by("criterion__position")
    for number, response in enumerate(answers):
        outcome = list(SECRETS)[number % len(SECRETS)]
        Finding.objects.create(
            review=review,
            response=response,
            outcome=outcome,
            comment=SECRETS[outcome],
            saved_at=scene.tick(),
        )
    visit = SiteVisit.objects.of_case(scene.case).get()
    by, now = scene.fresh(review.assessor), scene.tick()
    services.note_visit(visit_id=visit.pk, text=SECRETS["not_met"], by=by, now=now)
    write_comment(
        response_id=answers[0].pk,
        audience=Audience.INTERNAL,
        text=SECRETS["met"],
        key=uuid4(),
        by=review.assessor,
        now=scene.tick(),
    )


def own_items(scene: Scene) -> tuple[Any, Any]:
    items = {item.owner_id: item for item in scene.open_items("review")}
    return items[scene.assessor.pk], items[scene.reconciler.pk]


def told_elsewhere(scene: Scene, reader: User) -> Any:
    """Messages, the timeline, and the published row in the very columns."""
    row = CityStatus.objects.filter(city=scene.city).values().get()
    notices = list(Notice.objects.filter(person=reader).values_list("subject", "text"))
    mails = [message.subject + str(message.body) for message in mail.outbox if reader.email in message.to]
    return row, notices, mails, timeline_of(scene.case, user=scene.fresh(reader))


def test_nothing_of_one_review_reaches_the_other_assessor(scene: Scene, client: Client) -> None:
    stage = Stage.begin(scene)
    stage.go_to("self_assess")
    stage.go_to("review")
    theirs, mine = own_items(scene)
    sealed = reverse("workflows:finding", args=[theirs.pk, scene.response("DM1").pk])
    case, slug = scene.case.pk, scene.city.slug
    moment = (scene.now + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    there = addresses(
        stage,
        theirs.get_absolute_url(),
        sealed,
        mine.get_absolute_url(),
        f"{mine.get_absolute_url()}?criterion=DM1",
        f"{reverse('workflows:assessment', args=[case])}?criterion=DM1",
        f"{reverse('workflows:assessment', args=[case])}?round=1&criterion=DM2",
        f"{reverse('workflows:case-list')}?waiting_on=assessor&sort=-due",
        f"{reverse('workflows:desk')}?whose=mine",
        f"/api/v1/cities/?updated_since={moment}",
        f"/api/v1/cities/?waiting_on=assessor&q={scene.city.name}",
        f"/api/v1/cities/{slug}/",
        f"/api/v1/cities/{slug}/timeline/",
    )
    scene.sign_in(client, scene.reconciler)
    client.get(there[0])
    deliver_due(now=scene.now)
    before = everything(client, there), told_elsewhere(scene, scene.reconciler)

    write_findings(scene, Review.objects.get(pk=theirs.subject))
    saved = everything(client, there), told_elsewhere(scene, scene.reconciler)
    scene.review(theirs)
    send_due_reminders(now=scene.tick())
    deliver_due(now=scene.now)
    submitted = everything(client, there), told_elsewhere(scene, scene.reconciler)

    assert Finding.objects.filter(comment__contains="Quagga").count() == len(scene.standard.criteria.all())
    assert AuditEvent.objects.filter(action="certification.review_submitted").exists()
    assert len(there) > 50
    for later in (saved, submitted):
        assert {one for one in there if before[0][one] != later[0][one]} == set()
        assert later[1] == before[1]
    assert "Quagga" not in str(submitted)
    assert submitted[0][theirs.get_absolute_url()][0] == 404


def test_both_findings_open_when_both_are_in(scene: Scene, client: Client) -> None:
    scene.one("review")
    theirs, mine = own_items(scene)
    services.plan_visit(
        case_id=scene.case.pk,
        visit_on=scene.today,
        people="Both assessors",
        by=scene.manager,
        now=scene.tick(),
    )
    write_findings(scene, Review.objects.get(pk=theirs.subject))
    published = scene.status.updated_at
    scene.review(theirs)
    assert scene.status.updated_at == published

    scene.review(mine)

    scene.sign_in(client, scene.reconciler)
    page = client.get(scene.item("reconcile").get_absolute_url()).content.decode()
    assert "Quagga" in page
    ledger = client.get(reverse("workflows:case-deadlines", args=[scene.case.pk])).content.decode()
    assert ledger.count("Review the assessment") >= 2
    assert scene.status.updated_at > published

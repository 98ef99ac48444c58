"""Appeals of a city: filed, answered by the program, told to those concerned. No step of the flow."""

import uuid
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import WorkKind
from cases.models import Case, WorkItem
from cases.selectors import managers_of
from cases.services import close_work_item, open_work_item, require_running
from certification import services as domain
from certification.enums import AppealStatus
from certification.models import Appeal, Response
from core.errors import NotFound
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Words
from people.models import User
from people.permissions import Permission
from workflows.flows import owing
from workflows.selectors import leads_of
from workflows.services.moves import changing, moving
from workflows.wordings import happening

FILED = "certification.appeal_filed"
ANSWERED = "certification.appeal_answered"


def file_appeal(
    *,
    response_id: uuid.UUID,
    reasons: str,
    by: User,
    now: datetime,
    title: str = "",
    upload: "UploadedFile[Any] | None" = None,
    link: str = "",
    speaks_for_on: date | None = None,
) -> Appeal:
    """Contest a finding; the program has it on its desk. Raises NotFound, and what the domain does."""
    seen = Response.objects.visible_to(by).filter(pk=response_id)
    case_id = seen.values_list("assessment__case", flat=True).first()
    if case_id is None:
        raise NotFound(_("There is no such answer for you."))
    with changing(case_id, by=by, now=now) as case:
        require_running(case)
        response = Response.objects.select_related("assessment", "criterion", "settlement").get(
            pk=response_id
        )
        response.assessment.case = case
        appeal = domain.file_appeal(
            response=response,
            reasons=reasons,
            title=title,
            upload=upload,
            link=link,
            speaks_for_on=speaks_for_on,
            by=by,
            now=now,
        )
        _open_work(appeal, case, by=by, now=now)
        _tell_the_managers(appeal, case, now=now)
    return appeal


def _open_work(appeal: Appeal, case: Case, *, by: User, now: datetime) -> WorkItem:
    """On the manager's own desk, unless they may not answer it."""
    owed = owing.by_program(case, subject=appeal.pk)
    manager = owing.in_use(owed.owner)
    may_answer = manager is not None and manager.has_perm(Permission.ANSWER_APPEAL, appeal)
    return open_work_item(
        case=case,
        step="appeal",
        kind=WorkKind.APPEAL,
        organization=owed.organization,
        owner=manager if may_answer else None,
        subject=appeal.pk,
        topic=appeal.response.criterion.code,
        by=by,
        now=now,
    )


def answer_appeal(*, work_item_id: uuid.UUID, grant: bool, answer: str, by: User, now: datetime) -> Appeal:
    """Grant the appeal or uphold the finding, and tell the city why."""
    with moving(work_item_id, "appeal", by=by, now=now) as move:
        move.ends = False
        related = "response__criterion", "response__settlement", "response__assessment"
        appeal = Appeal.objects.select_related(*related).get(pk=move.subject)
        appeal.response.assessment.case = move.case
        answered = domain.grant_appeal if grant else domain.uphold_finding
        appeal = answered(appeal=appeal, answer=answer, by=by, now=now)
        close_work_item(item=move.item, by=by, now=now)
        _tell_the_city(appeal, move.case, now=now)
    return appeal


def end_appeals(*, case: Case, by: User, now: datetime) -> None:
    """What is not answered when a case ends early falls away, and leaves the desks."""
    domain.let_appeals_lapse(case=case, by=by, now=now)
    for item in WorkItem.objects.open().filter(case=case, kind=WorkKind.APPEAL):
        close_work_item(item=item, by=by, now=now)


def _tell_the_managers(appeal: Appeal, case: Case, *, now: datetime) -> None:
    values = {"city": case.city.name, "code": appeal.response.criterion.code}
    words = say(happening.APPEAL_FILED, values)
    for person in managers_of(case, on=program_calendar().local_day(now)):
        _tell(person, FILED, appeal, words, now=now)


def _tell_the_city(appeal: Appeal, case: Case, *, now: datetime) -> None:
    values = {"city": case.city.name, "code": appeal.response.criterion.code, "why": appeal.answer}
    is_granted = appeal.status == AppealStatus.GRANTED
    words = say(happening.APPEAL_GRANTED if is_granted else happening.APPEAL_UPHELD, values)
    for held in leads_of(case.city, on=program_calendar().local_day(now)):
        _tell(held.person, ANSWERED, appeal, words, now=now)


def _tell(person: User, kind: str, appeal: Appeal, words: Words, *, now: datetime) -> None:
    url = reverse("workflows:appeals", args=[appeal.case.pk])
    notify(
        kind=kind,
        subject=words.subject,
        text=words.text,
        url=url,
        now=now,
        person=person,
        obligation=appeal.pk,
    )

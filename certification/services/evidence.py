"""Evidence: pieces, more criteria for them, newer versions. What was handed in keeps what it had."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.models import Case
from certification.enums import EvidenceKind, ResponseStatus
from certification.models import Evidence, Response
from certification.querysets import WITH_THE_CITY
from certification.services.answers import lock_answer
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.files import shown_name, store
from people.models import User
from people.permissions import Permission

OLDEST_EVIDENCE = timedelta(days=50 * 365)
SENT_TWICE_WITHIN = timedelta(minutes=2)


@transaction.atomic
def add_evidence(
    *,
    response_id: uuid.UUID,
    title: str,
    speaks_for_on: date | None,
    by: User,
    now: datetime,
    upload: "UploadedFile[Any] | None" = None,
    link: str = "",
) -> Evidence:
    """Attach a file or a link to an answer. Raises InvalidInput naming the field."""
    response = lock_answer(response_id, by=by)
    if link and (sent_before := _just_linked(response, link.strip(), by=by, now=now)):
        return sent_before
    evidence = keep_piece(
        case=response.assessment.case,
        title=title,
        upload=upload,
        link=link,
        speaks_for_on=speaks_for_on,
        by=by,
        now=now,
    )
    evidence.responses.add(response)
    _record("certification.evidence_added", evidence, response, by=by, now=now)
    return evidence


def _just_linked(response: Response, link: str, *, by: User, now: datetime) -> Evidence | None:
    """The same link of the same person a moment ago is the same form sent twice."""
    recent = response.evidence.filter(link=link, added_by=by, added_at__gt=now - SENT_TWICE_WITHIN)
    return recent.first()


@transaction.atomic
def attach_evidence(*, response_id: uuid.UUID, evidence_id: uuid.UUID, by: User, now: datetime) -> Evidence:
    """Use a piece that the case has already for one more answer; the newest version of it only."""
    evidence = find_piece(evidence_id, by=by)
    response = lock_answer(response_id, by=by)
    if evidence.case_id != response.assessment.case_id:
        raise NotFound(_("There is no such evidence for you."))
    require_newest(evidence)
    if not evidence.responses.filter(pk=response.pk).exists():
        evidence.responses.add(response)
        _record("certification.evidence_attached", evidence, response, by=by, now=now)
    return evidence


@transaction.atomic
def replace_evidence(
    *,
    evidence_id: uuid.UUID,
    title: str,
    speaks_for_on: date | None,
    by: User,
    now: datetime,
    upload: "UploadedFile[Any] | None" = None,
    link: str = "",
) -> Evidence:
    """A newer version of a piece, for every answer that it serves and the person may change now.

    The earlier version stays as it was, also for the answers that were handed in with it.
    """
    old = find_piece(evidence_id, by=by)
    if old.kind == EvidenceKind.STORY:
        raise WrongState(_("A story is told anew on its own page."))
    require_newest(old)
    answers = _answers_to_change(old, by=by)
    evidence = keep_piece(
        case=old.case,
        title=title or old.title,
        upload=upload,
        link=link,
        speaks_for_on=speaks_for_on,
        by=by,
        now=now,
        chain=old.chain,
        version=old.version + 1,
    )
    take_over(old, evidence, answers)
    new = {"title": evidence.title, "version": evidence.version}
    new["criteria"] = sorted(response.criterion.code for response in answers)
    audit.record(
        "certification.evidence_replaced", by=by, target=evidence, now=now, dossier=evidence.case_id, new=new
    )
    return evidence


@transaction.atomic
def remove_evidence(*, response_id: uuid.UUID, evidence_id: uuid.UUID, by: User, now: datetime) -> None:
    """Take a piece of evidence off an answer. The piece itself stays: earlier rounds may rest on it."""
    response = lock_answer(response_id, by=by)
    evidence = response.evidence.filter(pk=evidence_id).first()
    if evidence is None:
        return
    take_off(evidence, response)
    _record("certification.evidence_removed", evidence, response, by=by, now=now)


def find_piece(evidence_id: uuid.UUID, *, by: User) -> Evidence:
    """The piece, locked, so that of two newer versions the second finds the first."""
    seen = Evidence.objects.visible_to(by).filter(pk=evidence_id)
    found = seen.select_for_update(of=("self",), no_key=True).select_related("case__city__organization")
    evidence = found.first()
    if evidence is None:
        raise NotFound(_("There is no such evidence for you."))
    return evidence


def require_newest(evidence: Evidence) -> None:
    if Evidence.objects.filter(chain=evidence.chain, version__gt=evidence.version).exists():
        raise WrongState(_("There is a newer version of this. Look at that one first."))


def _answers_to_change(evidence: Evidence, *, by: User) -> list[Response]:
    """The answers that rest on a piece and that the person may change now, locked."""
    writable, _others = open_answers(evidence, by=by)
    if not writable:
        raise NotAllowed(_("Evidence is renewed by whoever may write an answer that rests on it now."))
    return writable


def open_answers(evidence: Evidence, *, by: User) -> tuple[list[Response], int]:
    """The open answers that rest on a piece: those that the person may write, locked; how many others."""
    serving = evidence.responses.filter(status__in=WITH_THE_CITY).order_by("pk")
    serving = serving.select_related("assessment__case__city__organization", "delegation")
    writable = [one.pk for one in serving if by.has_perm(Permission.EDIT_ANSWERS, one)]
    return [lock_answer(key, by=by) for key in writable], len(serving) - len(writable)


def take_over(old: Evidence, newer: Evidence, answers: Iterable[Response]) -> None:
    """The newer version takes the place of the earlier one for these answers."""
    for response in answers:
        take_off(old, response)
        newer.responses.add(response)


def take_off(evidence: Evidence, response: Response) -> None:
    """What the assessors have read once, they find again after the revision."""
    returned_at = response.assessment.returned_at
    if response.status == ResponseStatus.RETURNED and returned_at and returned_at > evidence.added_at:
        evidence.rested.add(response)
    evidence.responses.remove(response)


def keep_piece(
    *,
    case: Case,
    title: str,
    upload: "UploadedFile[Any] | None",
    link: str,
    speaks_for_on: date | None,
    by: User,
    now: datetime,
    **place: Any,
) -> Evidence:
    """A file or a link of a city, not yet standing for anything. Raises InvalidInput naming the field.

    `place` says which version it is of what; without it, it is the first of its own.
    """
    if bool(upload) == bool(link):
        raise InvalidInput(errors={"link": [_("Give either a file or a link.")]})
    if link:
        require_web_address(link)
    here = calendar_of(case.city.organization)
    require_believable(speaks_for_on, today=here.local_day(now))
    return Evidence.objects.create(
        case=case,
        kind=EvidenceKind.FILE if upload else EvidenceKind.LINK,
        title=(title.strip() or (shown_name(upload.name or "") if upload else link))[:200],
        file=store(upload, by=by, now=now) if upload else None,
        link=link,
        speaks_for_on=speaks_for_on,
        added_at=now,
        added_by=by,
        **place,
    )


def require_believable(day: date | None, *, today: date) -> None:
    """Recency windows are counted from this day, so it must be one that can be meant."""
    if day is None:
        return
    if day > today:
        raise InvalidInput(errors={"speaks_for_on": [_("Evidence can't speak for a day to come.")]})
    if day < today - OLDEST_EVIDENCE:
        text = _("That is more than fifty years ago. Check the year.")
        raise InvalidInput(errors={"speaks_for_on": [text]})


def require_web_address(link: str) -> None:
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError as error:
        text = _("Enter a web address that begins with https:// or http://.")
        raise InvalidInput(errors={"link": [text]}) from error


def _record(action: str, evidence: Evidence, response: Response, *, by: User, now: datetime) -> None:
    new = {"criterion": response.criterion.code, "title": evidence.title}
    audit.record(action, by=by, target=evidence, now=now, dossier=evidence.case_id, new=new)

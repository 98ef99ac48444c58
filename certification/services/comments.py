"""Comments on a criterion: for city and program, or for those who judge. They are written and stay."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole, Party
from cases.rules import is_program
from cases.selectors import leads_of
from cases.services import require_not_ended
from certification import wordings
from certification.enums import Audience
from certification.models import Comment, Response
from certification.rules import WRITING
from core import audit
from core.errors import NotAllowed, NotFound
from core.words import sound_text
from notifications.selectors import say, told_about
from notifications.services import notify
from people.models import User

LONGEST = 5000
EVENTS = {
    Audience.CITY: "certification.comment_written",
    Audience.INTERNAL: "certification.internal_comment_written",
}
# Whoever has an unread notice of comments on a case hears of more after this time only.
PATIENCE = timedelta(days=1)


@transaction.atomic
def write_comment(
    *, response_id: uuid.UUID, audience: Audience, text: str, key: uuid.UUID, by: User, now: datetime
) -> Comment:
    """Add a comment; the same key of the same writer again returns the first one.

    Locks the answer, which gives it its number. Raises NotFound, NotAllowed, CaseClosed, InvalidInput.
    """
    response = _lock(response_id, by=by)
    if not by.has_perm(WRITING[audience], response):
        raise NotAllowed(_("You read along here; you can't write to these readers."))
    if written := Comment.objects.filter(written_by=by, key=key).first():
        return written
    require_not_ended(response.assessment.case)
    words = sound_text(text, longest=LONGEST)
    side = _side(audience, by)
    lane = by.pk if side == Party.ASSESSOR else 0
    thread = response.comments.filter(audience=audience, lane=lane)
    comment = Comment.objects.create(
        response=response,
        audience=audience,
        lane=lane,
        number=(thread.aggregate(last=Max("number"))["last"] or 0) + 1,
        side=side,
        text=words,
        key=key,
        written_at=now,
        written_by=by,
    )
    new = {"criterion": response.criterion.code, "number": comment.number}
    case_id = response.assessment.case_id
    audit.record(EVENTS[audience], by=by, target=comment, now=now, dossier=case_id, new=new)
    _tell(comment, now=now)
    return comment


def _lock(response_id: uuid.UUID, *, by: User) -> Response:
    seen = Response.objects.visible_to(by).filter(pk=response_id)
    locked = seen.select_for_update(of=("self",), no_key=True)
    response = locked.select_related(
        "assessment__case__city__organization", "criterion", "delegation__person"
    ).first()
    if response is None:
        raise NotFound(_("There is no such answer for you."))
    return response


def _side(audience: Audience, by: User) -> Party:
    if is_program(by):
        return Party.PROGRAM
    return Party.CITY if audience == Audience.CITY else Party.ASSESSOR


def _tell(comment: Comment, *, now: datetime) -> None:
    """One notice for many comments, and nothing in it of what was written or on which criterion."""
    case = comment.response.assessment.case
    kind = EVENTS[Audience(comment.audience)]
    told = told_about([kind], case.pk, since=now - PATIENCE) | {comment.written_by_id}
    words = say(wordings.COMMENTED, {"city": case.city.name})
    for person in _concerned(comment, now=now):
        # Whoever can't read it, now or yet, must not learn that it was written.
        if person.pk not in told and Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
            notify(
                kind=kind,
                subject=words.subject,
                text=words.text,
                url=reverse("workflows:assessment", args=[case.pk]),
                now=now,
                person=person,
                obligation=case.pk,
            )


def _concerned(comment: Comment, *, now: datetime) -> list[User]:
    """Who answers for the other sides: the case's managers, assessors, and the city's leads and writer."""
    response = comment.response
    case = response.assessment.case
    roles = [ParticipationRole.MANAGER]
    if comment.audience == Audience.INTERNAL:
        roles.append(ParticipationRole.ASSESSOR)
    parts = case.participations.filter(role__in=roles, until__isnull=True)
    people = list(User.objects.filter(participations__in=parts).distinct().order_by("pk"))
    if comment.audience == Audience.CITY and comment.side != Party.CITY:
        people += leads_of(case, today=program_calendar().local_day(now))
        if response.delegation is not None and response.delegation.person is not None:
            people.append(response.delegation.person)
    return list({person.pk: person for person in people}.values())

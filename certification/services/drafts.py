"""Sharing an unfinished draft with the program for a conversation, and no longer."""

import uuid
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.enums import ParticipationRole
from cases.services import require_not_ended
from certification import wordings
from certification.models import Assessment
from certification.transitions import TABLE, Action
from core.errors import NotFound
from core.transitions import advance, authorize
from notifications.selectors import say
from notifications.services import notify
from people.models import User
from people.roles import PROGRAM_ROLES


@transaction.atomic
def share_draft(*, assessment_id: uuid.UUID, by: User, now: datetime) -> Assessment:
    """Let the program read the draft, without the city's own ratings, until it is submitted or withheld."""
    assessment = _lock(assessment_id, Action.SHARE_DRAFT, by=by)
    if assessment.shared_at is not None:
        return assessment
    assessment.shared_at, assessment.shared_by = now, by
    row, new = TABLE[Action.SHARE_DRAFT], {"round": assessment.round}
    advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)
    _tell(assessment, by=by, now=now)
    return assessment


@transaction.atomic
def withhold_draft(*, assessment_id: uuid.UUID, by: User, now: datetime) -> Assessment:
    """End the sharing; what the program has read is read."""
    assessment = _lock(assessment_id, Action.STOP_SHARING, by=by)
    if assessment.shared_at is None:
        return assessment
    assessment.shared_at, assessment.shared_by = None, None
    row, new = TABLE[Action.STOP_SHARING], {"round": assessment.round}
    return advance(row, assessment, by=by, now=now, dossier=assessment.case_id, new=new)


def _lock(assessment_id: uuid.UUID, action: Action, *, by: User) -> Assessment:
    seen = Assessment.objects.visible_to(by).filter(pk=assessment_id)
    locked = seen.select_for_update(of=("self",), no_key=True).select_related("case__city__organization")
    assessment = locked.first()
    if assessment is None:
        raise NotFound(_("There is no such assessment for you."))
    authorize(TABLE[action], assessment, by=by)
    require_not_ended(assessment.case)
    return assessment


def _tell(assessment: Assessment, *, by: User, now: datetime) -> None:
    """Whoever manages the case hears that there is something to talk about."""
    case = assessment.case
    words = say(wordings.DRAFT_SHARED, {"city": case.city.name, "who": by.name})
    managing = case.participations.filter(role=ParticipationRole.MANAGER, until__isnull=True)
    for person in User.objects.filter(participations__in=managing).distinct():
        if person.has_role(*PROGRAM_ROLES):
            notify(
                kind="certification.draft_shared",
                subject=words.subject,
                text=words.text,
                url=reverse("workflows:assessment", args=[case.pk]),
                now=now,
                person=person,
                obligation=case.pk,
            )

"""Documents of an engagement. Adding one moves no case and locks none."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.services import require_not_ended
from coaching.enums import NoteAudience
from coaching.models import Document, Engagement
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound
from core.files import shown_name, store
from core.words import plain_line
from people.models import User
from people.permissions import Permission
from people.roles import PARTNER_ROLES

LONGEST_TITLE = 200


def audiences_for(engagement: Engagement, *, by: User) -> list[NoteAudience]:
    """For whom this person can add a document: the partner's people also for themselves alone."""
    if engagement.partner_id in by.organizations_as(*PARTNER_ROLES):
        return [NoteAudience.CITY, NoteAudience.PARTNER]
    return [NoteAudience.CITY]


@transaction.atomic
def add_document(
    *,
    engagement_id: uuid.UUID,
    title: str,
    audience: str,
    upload: UploadedFile[Any],
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> Document:
    """Keep a file for the readers its audience names; the same key of the same person returns the first one.

    Raises NotFound, NotAllowed, CaseClosed, InvalidInput.
    """
    seen = Engagement.objects.readable_by(by).select_related("case__city", "partner")
    engagement = seen.filter(pk=engagement_id).first()
    if engagement is None:
        raise NotFound(_("There is no such engagement for you."))
    if not by.has_perm(Permission.ADD_DOCUMENTS, engagement):
        raise NotAllowed(_("Documents are added by the partner and the leads of the city."))
    if added := Document.objects.filter(added_by=by, key=key).first():
        return added
    require_not_ended(engagement.case)
    if audience not in audiences_for(engagement, by=by):
        raise InvalidInput(errors={"audience": [_("Choose who reads the document.")]})
    title = _sound_title(title) or shown_name(upload.name or "")[:LONGEST_TITLE]
    document = Document.objects.create(
        engagement=engagement,
        partner=engagement.partner,
        file=store(upload, by=by, now=now),
        title=title,
        audience=audience,
        key=key,
        added_at=now,
        added_by=by,
    )
    _record("coaching.document_added", document, by=by, now=now)
    return document


def _sound_title(title: str) -> str:
    try:
        plain_line(title)
    except ValidationError as error:
        raise InvalidInput(errors={"title": error.messages}) from error
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(errors={"title": [_("Up to %(limit)s characters.") % {"limit": LONGEST_TITLE}]})
    return title.strip()


@transaction.atomic
def withdraw_document(*, document_id: uuid.UUID, by: User, now: datetime) -> Document:
    """Take one's own document away again; that it was there stays on record. Raises NotFound, NotAllowed."""
    seen = Document.objects.visible_to(by).filter(pk=document_id).select_for_update(of=("self",), no_key=True)
    document = seen.select_related("engagement__case__city", "engagement__partner").first()
    if document is None:
        raise NotFound(_("There is no such document for you."))
    if document.added_by_id != by.pk or not by.has_perm(Permission.ADD_DOCUMENTS, document.engagement):
        raise NotAllowed(_("Only whoever added a document withdraws it."))
    require_not_ended(document.engagement.case)
    document.withdrawn_at, document.withdrawn_by = now, by
    document.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record("coaching.document_withdrawn", document, by=by, now=now)
    return document


def _record(action: str, document: Document, *, by: User, now: datetime) -> None:
    """A document that the city does not read stands in no case's history, and its title in none."""
    dossier = document.engagement.case_id if document.audience == NoteAudience.CITY else None
    audit.record(action, by=by, target=document, now=now, dossier=dossier)

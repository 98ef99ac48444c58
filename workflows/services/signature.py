"""The sponsor's signature by mail: asked for by the city's lead, given by a link."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import services as cases
from cases.deadlines import program_calendar
from cases.errors import SignatureGone
from cases.models import Case, SignatureRequest
from cases.selectors import leads_of, request_behind
from notifications.selectors import say
from notifications.services import notify
from people.models import User
from workflows.services.moves import moving
from workflows.wordings import access

ASKED = "cases.signature_asked"
SIGNED = "cases.commitment_signed"


def ask_for_signature(*, work_item_id: uuid.UUID, by: User, now: datetime, **entered: Any) -> Case:
    """Keep what the city has entered, and send the sponsor named there a link to sign: both, or neither.

    The same form sent twice asks once.
    """
    with moving(work_item_id, "apply", by=by, now=now) as move:
        move.ends = False
        application = move.case.application
        sent_twice = application.version != entered["version"] and application.signature
        cases.save_application(application=application, by=by, now=now, **entered)
        if not sent_twice:
            request, token = cases.ask_for_signature(application=application, by=by, now=now)
            _mail(request, token, by=by, now=now)
    return move.case


def _mail(request: SignatureRequest, token: str, *, by: User, now: datetime) -> None:
    values = {"who": by.name, "city": request.application.case.city.name}
    words = say(access.SIGNATURE_ASKED, values)
    notify(
        kind=ASKED,
        subject=words.subject,
        text=words.text,
        url=reverse("workflows:commitment-sign", args=[quote(token)]),
        now=now,
        address=request.address,
    )


@transaction.atomic
def sign_commitment(
    *, token: str, name: str, title: str, origin: str, agent: str, now: datetime
) -> SignatureRequest:
    """Sign by the link. The case is locked first, so that of two at once one signs. Raises SignatureGone."""
    found = request_behind(token, now=now)
    if found is None:
        raise SignatureGone(_("This link does not work, or not any more."))
    cases.lock_case(found.application.case_id)
    signed = cases.sign_commitment(token=token, name=name, title=title, origin=origin, agent=agent, now=now)
    _tell_leads(signed, now=now)
    return signed


def _tell_leads(signed: SignatureRequest, *, now: datetime) -> None:
    case = signed.application.case
    values = {"name": signed.signed_name, "title": signed.signed_title, "city": case.city.name}
    words = say(access.SIGNED, values)
    for lead in leads_of(case, today=program_calendar().local_day(now)):
        notify(
            kind=SIGNED,
            subject=words.subject,
            text=words.text,
            url=reverse("workflows:case-documents", args=[case.pk]),
            now=now,
            person=lead,
        )

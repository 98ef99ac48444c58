"""More time for a piece of work, under the lock of its case, with messages to whoever answers and asked."""

import uuid
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.enums import RecipientRule, WorkKind
from cases.models import Extension, WorkItem
from cases.services import answer_extension, request_extension, require_running
from core.errors import NotAllowed, NotFound
from core.pagekit_dates import day_in_words
from notifications.selectors import say
from notifications.services import notify
from people.models import User
from workflows.recipients import Recipients
from workflows.selectors import may_do
from workflows.services.moves import changing
from workflows.wordings import happening

ASKED, ANSWERED = "cases.extension_requested", "cases.extension_answered"


def ask_for_time(*, work_item_id: uuid.UUID, until: date, reason: str, by: User, now: datetime) -> Extension:
    """Whoever may do the work asks for a later due date; whoever may grant it is told."""
    item = WorkItem.objects.visible_to(by).filter(pk=work_item_id, case__isnull=False).first()
    if item is None or item.case_id is None:
        raise NotFound(_("There is no such work for you."))
    with changing(item.case_id, by=by, now=now) as case:
        require_running(case)
        item = WorkItem.objects.for_list().select_for_update(of=("self",)).get(pk=work_item_id)
        if not may_do(by, item):
            raise NotAllowed(_("Whoever owes the work asks for more time."))
        extension = request_extension(item=item, until=until, reason=reason, by=by, now=now)
        _tell_who_answers(extension, now=now)
    return extension


def answer_time(*, extension_id: uuid.UUID, grant: bool, answer: str, by: User, now: datetime) -> Extension:
    """Grant or refuse; the due date, its reminders and the published status move in one transaction."""
    found = Extension.objects.visible_to(by).select_related("item").filter(pk=extension_id).first()
    if found is None or found.item.case_id is None:
        raise NotFound(_("There is no such request for you."))
    with changing(found.item.case_id, by=by, now=now) as case:
        require_running(case)
        extension = Extension.objects.select_for_update().get(pk=extension_id)
        extension.item = WorkItem.objects.for_list().get(pk=extension.item_id)
        answer_extension(extension=extension, grant=grant, answer=answer, by=by, now=now)
        _tell_who_asked(extension, now=now)
    return extension


def _tell_who_answers(extension: Extension, *, now: datetime) -> None:
    item, recipients = extension.item, Recipients([extension.item])
    is_partners = item.kind == WorkKind.ACTION_ITEM
    told = recipients.of(item, RecipientRule.PARTNER_LEAD if is_partners else RecipientRule.MANAGER)
    values = {
        "title": item.title,
        "city": item.place.name if item.place else "",
        "who": extension.requested_by,
        "until": day_in_words(extension.until),
        "reason": extension.reason,
    }
    words = say(happening.TIME_ASKED, values)
    for person in User.objects.filter(pk__in=told).exclude(pk=extension.requested_by_id):
        notify(
            kind=ASKED,
            subject=words.subject,
            text=words.text,
            url=reverse("workflows:extension", args=[extension.pk]),
            now=now,
            person=person,
            obligation=extension.pk,
            thread=item.case_id,
        )


def _tell_who_asked(extension: Extension, *, now: datetime) -> None:
    values = {
        "title": extension.item.title,
        "answer": extension.get_status_display(),
        "reason": extension.answer or _("The due date has moved, and the reminders with it."),
    }
    words = say(happening.TIME_ANSWERED, values)
    notify(
        kind=ANSWERED,
        subject=words.subject,
        text=words.text,
        url=extension.item.get_absolute_url(),
        now=now,
        person=extension.requested_by,
        obligation=extension.pk,
        thread=extension.item.case_id,
    )

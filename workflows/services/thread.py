import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import Thread
from cases.models import Case, Message
from cases.services import lock_case, post_message
from core.errors import NotFound
from people.models import User


@transaction.atomic
def send_message(*, case_id: uuid.UUID, thread: Thread, by: User, now: datetime, **written: Any) -> Message:
    """Add a message to a thread, as `cases.services.post_message`; the case's lock gives it its number."""
    if not Case.objects.visible_to(by).filter(pk=case_id).exists():
        raise NotFound(_("There is no such case for you."))
    return post_message(case=lock_case(case_id), thread=thread, by=by, now=now, **written)

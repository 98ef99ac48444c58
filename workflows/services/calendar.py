"""The address at which a person's calendar program reads their deadlines."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from core import audit
from people.models import User
from people.services.invitations import digest_of
from workflows.models import CalendarLink

READ_RECORDED_EVERY = timedelta(hours=1)


@transaction.atomic
def make_calendar_link(*, by: User, now: datetime) -> str:
    """A new address for one's own calendar: the token in it, told this once. The address before it ends."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once would both be the only one
    revoke_calendar_link(by=by, now=now)
    token = secrets.token_urlsafe(32)
    link = CalendarLink.objects.create(person=by, token_hash=digest_of(token), made_at=now)
    audit.record("workflows.calendar_link_made", by=by, target=link, now=now)
    return token


@transaction.atomic
def revoke_calendar_link(*, by: User, now: datetime) -> None:
    """End one's own address; when there is none, nothing happens."""
    for link in CalendarLink.objects.in_use().filter(person=by).select_for_update(of=("self",)):
        link.revoked_at, link.revoked_by = now, by
        link.save(update_fields=["revoked_at", "revoked_by"])
        audit.record("workflows.calendar_link_revoked", by=by, target=link, now=now)


def note_calendar_read(*, link: CalendarLink, now: datetime) -> None:
    """Programs read every few minutes; once an hour is enough to see that one does."""
    if link.last_read_at is None or now - link.last_read_at >= READ_RECORDED_EVERY:
        CalendarLink.objects.filter(pk=link.pk).update(last_read_at=now)

"""The Message-ID of a mail, and back from it to what was sent: mail servers name it in their reports."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import Delivery
from notifications.querysets import DeliveryQuerySet

SALT = "notifications.digest"
MOMENT = "%Y%m%d%H%M"
SEAL = 20
SINGLE = re.compile(r"<delivery-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,18})@[^<>\s]+>")
DIGEST = re.compile(r"<digest-(\d{1,18})-(\d{12})-([0-9a-f]{20})@[^<>\s]+>")
OURS = re.compile(rf"{SINGLE.pattern}|{DIGEST.pattern}")


def host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def message_id(deliveries: Sequence[Delivery]) -> str:
    """The same for every attempt, so that a mail system can drop the twin that a crash may cause.

    Nobody guesses it who has not seen the mail.
    """
    first = deliveries[0]
    if first.digest_at is None or first.notice.person_id is None:
        return f"<delivery-{first.notice_id}-{first.pk}@{host()}>"
    person, moment = first.notice.person_id, first.digest_at.astimezone(UTC).strftime(MOMENT)
    return f"<digest-{person}-{moment}-{_seal(person, moment)}@{host()}>"


def deliveries_named(name: str) -> DeliveryQuerySet:
    """What went out under a Message-ID; nothing under one that we did not give."""
    if single := SINGLE.fullmatch(name):
        return Delivery.objects.filter(notice=UUID(single[1]), pk=int(single[2]), digest_at=None)
    digest = DIGEST.fullmatch(name)
    if digest is None or not constant_time_compare(digest[3], _seal(int(digest[1]), digest[2])):
        return Delivery.objects.none()
    moment = datetime.strptime(digest[2], MOMENT).replace(tzinfo=UTC)
    within = (moment, moment + timedelta(minutes=1))
    return Delivery.objects.filter(notice__person=int(digest[1]), digest_at__range=within)


def _seal(person: int, moment: str) -> str:
    return salted_hmac(SALT, f"{person}-{moment}").hexdigest()[:SEAL]

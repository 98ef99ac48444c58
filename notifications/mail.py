"""Notices as e-mails: text and HTML, with a Message-ID that follows from what is sent."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from notifications.links import unsubscribe_link
from notifications.models import Delivery, Notice


def host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def message_id(deliveries: Sequence[Delivery]) -> str:
    """The same for every attempt, so that a mail system can drop the twin that a crash may cause."""
    first = deliveries[0]
    if first.digest_at is None:
        return f"<delivery-{first.notice_id}-{first.pk}@{host()}>"
    return f"<digest-{first.notice.person_id}-{first.digest_at:%Y%m%d%H%M}@{host()}>"


def send(deliveries: Sequence[Delivery]) -> None:
    """Hand one mail to the mail server. Raises OSError or smtplib's errors when it does not take it."""
    compose(deliveries).send()


def compose(deliveries: Sequence[Delivery]) -> EmailMultiAlternatives:
    """The mail of one delivery, or of the deliveries of one digest."""
    notices = [delivery.notice for delivery in deliveries]
    first = notices[0]
    name = "digest" if deliveries[0].digest_at else "mail"
    unsubscribe = "" if name == "digest" else unsubscribe_link(first)
    choose = settings.BASE_URL + reverse("notifications:settings") if first.person_id else ""
    context = {
        "notice": first,
        "entries": [(notice, address_of(notice), why_link(notice)) for notice in notices],
        "settings_url": choose,
        "unsubscribe_url": unsubscribe,
    }
    mail = EmailMultiAlternatives(
        subject=_subject(notices, is_digest=name == "digest"),
        body=render_to_string(f"notifications/{name}.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[first.recipient],
        headers={"Message-ID": message_id(deliveries), "Auto-Submitted": "auto-generated"}
        | _unsubscribing(unsubscribe, choose)
        | _threading(notices),
    )
    mail.attach_alternative(render_to_string(f"notifications/{name}.html", context), "text/html")
    if first.calendar:
        # Mail programs read the last alternative that they understand, and its method from this header.
        mail.attach_alternative(first.calendar, f"text/calendar; method={method_of(first.calendar)}")
    return mail


def address_of(notice: Notice) -> str:
    return f"{settings.BASE_URL}{notice.url}" if notice.url else ""


def why_link(notice: Notice) -> str:
    """For readers with an account; others have no page to read it on."""
    if notice.person_id is None:
        return ""
    return settings.BASE_URL + reverse("notifications:notice-why", args=[notice.pk])


def _subject(notices: Sequence[Notice], *, is_digest: bool) -> str:
    if not is_digest:
        return " ".join(notices[0].subject.split())
    words = ngettext("Milepost: %(count)s message", "Milepost: %(count)s messages", len(notices))
    return words % {"count": len(notices)}


def _unsubscribing(unsubscribe: str, choose: str) -> dict[str, str]:
    """RFC 2369 and 8058: a mail program's own button, which works without signing in.

    A digest holds several topics, and its button leads to where they are chosen.
    """
    if unsubscribe:
        one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return {"List-Unsubscribe": f"<{unsubscribe}>"} | one_click
    return {"List-Unsubscribe": f"<{choose}>"} if choose else {}


def _threading(notices: Sequence[Notice]) -> dict[str, str]:
    """Mails about one case answer a mail that never was, which holds them together in mail programs."""
    threads = {notice.thread for notice in notices}
    (thread, *others) = threads
    if thread is None or others:
        return {}
    root = f"<case-{thread}@{host()}>"
    return {"In-Reply-To": root, "References": root}


def method_of(calendar: str) -> str:
    """What an iCalendar object is for: REQUEST, CANCEL or, where it does not say, PUBLISH."""
    found = re.search(r"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    return found[1] if found else "PUBLISH"

"""Notices as e-mails: text and HTML, with a Message-ID that follows from what is sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.links import unsubscribe_link
from notifications.models import Delivery, Notice
from notifications.naming import host, message_id
from notifications.selectors import say
from notifications.topics import topic_of
from notifications.wordings import Placeholder, Wording, Words
from people.models import User

DIGEST = "notifications.digest"
DIGEST_WORDING = Wording(
    DIGEST,
    kind=DIGEST,
    group=gettext_lazy("Digests"),
    title=gettext_lazy("Several messages in one mail"),
    subject=gettext_lazy("Milepost: %(messages)s"),
    text=gettext_lazy("You chose to get these together."),
    placeholders=(
        Placeholder(
            "messages", gettext_lazy("how many messages it holds, in words"), gettext_lazy("3 messages")
        ),
    ),
)


def send(deliveries: Sequence[Delivery]) -> None:
    """Hand one mail to the mail server. Raises OSError or smtplib's errors when it does not take it."""
    compose(deliveries).send()


def compose(deliveries: Sequence[Delivery], *, digest: Words | None = None) -> EmailMultiAlternatives:
    """The mail of one delivery, or of the deliveries of one digest, whose own words may be given."""
    notices = [delivery.notice for delivery in deliveries]
    first = notices[0]
    if deliveries[0].digest_at is None:
        name, words, unsubscribe = "mail", Words(first.subject, first.text), unsubscribe_link(first)
    else:
        name, words, unsubscribe = "digest", digest or say(DIGEST_WORDING, digest_values(len(notices))), ""
    choose = settings.BASE_URL + reverse("notifications:settings") if first.person_id else ""
    context = {
        "words": words,
        "entries": [(notice, address_of(notice), why_link(notice)) for notice in notices],
        "settings_url": choose,
        "unsubscribe_url": unsubscribe,
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(words.subject.split()),
        body=render_to_string(f"notifications/{name}.txt", context),
        # The sender on the envelope, to whom it comes back when it can't be delivered.
        from_email=settings.BOUNCE_EMAIL,
        to=[first.recipient],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id(deliveries),
            "Auto-Submitted": "auto-generated",
        }
        | _unsubscribing(unsubscribe, choose)
        | _threading(notices),
    )
    mail.attach_alternative(render_to_string(f"notifications/{name}.html", context), "text/html")
    if first.calendar:
        # Mail programs read the last alternative that they understand, and its method from this header.
        mail.attach_alternative(first.calendar, f"text/calendar; method={method_of(first.calendar)}")
    return mail


@dataclass(frozen=True)
class Preview:
    """A mail as it would go out; `html` is what stands between its body tags."""

    subject: str
    text: str
    html: SafeString


def preview(wording: Wording, words: Words, *, reader: User, now: datetime) -> Preview:
    """The mail that the reader would get with these words; nothing is kept or sent."""
    entries = [words]
    if wording.code == DIGEST:
        entries = [Words(_("The subject of a message"), _("Its text."))] * 3
    shared: dict[str, Any] = {
        "topic": topic_of(wording.kind).code,
        "why": _("Here it says why it came to its reader."),
    }
    notices = [
        Notice(person=reader, kind=wording.kind, subject=one.subject, text=one.text, url="/desk/", **shared)
        for one in entries
    ]
    digest_at = now if wording.code == DIGEST else None
    deliveries = [Delivery(notice=notice, digest_at=digest_at) for notice in notices]
    mail = compose(deliveries, digest=words)
    ((html, _type),) = mail.alternatives
    # The button of a mail that is only looked at must not unsubscribe who looks.
    live, tame = unsubscribe_link(notices[0]), settings.BASE_URL + reverse("notifications:settings")
    body = str(html).partition("<body>")[2].partition("</body>")[0].replace(live, tame)
    # The text is rendered without escaping and must not pass for markup; the HTML's template escapes.
    return Preview(str(mail.subject), str(mail.body).replace(live, tame), mark_safe(body))  # noqa: S308 -- see above


def address_of(notice: Notice) -> str:
    return f"{settings.BASE_URL}{notice.url}" if notice.url else ""


def why_link(notice: Notice) -> str:
    """For readers with an account; others have no page to read it on."""
    if notice.person_id is None:
        return ""
    return settings.BASE_URL + reverse("notifications:notice-why", args=[notice.pk])


def digest_values(count: int) -> dict[str, str]:
    """What stands in a digest's own words."""
    return {"messages": ngettext("%(count)s message", "%(count)s messages", count) % {"count": count}}


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

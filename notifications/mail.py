"""One notice as an e-mail: plain text, with a Message-ID that follows from the delivery."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from notifications.models import Delivery


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a mail system can drop the twin that a crash may cause."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<delivery-{delivery.notice_id}-{delivery.pk}@{host}>"


def send(delivery: Delivery) -> None:
    """Hand the mail to the mail server. Raises OSError or smtplib's errors when it does not take it."""
    notice = delivery.notice
    context = {"notice": notice, "address": f"{settings.BASE_URL}{notice.url}" if notice.url else ""}
    mail = EmailMultiAlternatives(
        subject=" ".join(notice.subject.split()),
        body=render_to_string("notifications/mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[notice.recipient],
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    if notice.calendar:
        # Mail programs read the last alternative that they understand, and its method from this header.
        mail.attach_alternative(notice.calendar, f"text/calendar; method={method_of(notice.calendar)}")
    mail.send()


def method_of(calendar: str) -> str:
    """What an iCalendar object is for: REQUEST, CANCEL or, where it does not say, PUBLISH."""
    found = re.search(r"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    return found[1] if found else "PUBLISH"

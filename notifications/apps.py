"""Messages to people. Knows no domain: higher apps register the texts and recipients of their kinds."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import events  # noqa: F401 -- registers the audit events
        from notifications.mail import DIGEST_WORDING
        from notifications.topics import NEWS, Topic, register_topic
        from notifications.wordings import register_wordings

        text = _("What happens on cases that you take part in, and what somebody wants you to know.")
        register_topic(Topic(NEWS, _("News"), text))
        register_wordings([DIGEST_WORDING])

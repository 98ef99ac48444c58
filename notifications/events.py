from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register(
    "notifications.preference_set", _("Somebody chose how they get their mails."), audience=Audience.PROGRAM
)

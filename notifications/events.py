from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register(
    "notifications.preference_set", _("Somebody chose how they get their mails."), audience=Audience.PROGRAM
)
register(
    "notifications.wording_set",
    _("The program changed the words of a message."),
    audience=Audience.PROGRAM,
)
register(
    "notifications.wording_reset",
    _("The program put back the words of a message that Milepost brings."),
    audience=Audience.PROGRAM,
)

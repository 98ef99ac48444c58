from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("workflows.calendar_link_made", _("Somebody made a calendar address."), audience=Audience.PROGRAM)
register(
    "workflows.calendar_link_revoked", _("Somebody ended a calendar address."), audience=Audience.PROGRAM
)
register("workflows.claim_made", _("Somebody asked to speak for a city."), audience=Audience.PROGRAM)
register("workflows.claim_confirmed", _("A person speaks for their city."), audience=Audience.PROGRAM)
register(
    "workflows.claim_declined", _("A claim to speak for a city was declined."), audience=Audience.PROGRAM
)

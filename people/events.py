from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("people.account_created", _("An account was created."), audience=Audience.PROGRAM)
register("people.affiliation_begun", _("Someone joined an organization."), audience=Audience.PROGRAM)
register("people.key_created", _("An API key was created."), audience=Audience.PROGRAM)
register("people.key_revoked", _("An API key was revoked."), audience=Audience.PROGRAM)
register("people.affiliation_ended", _("Someone left an organization."), audience=Audience.PROGRAM)

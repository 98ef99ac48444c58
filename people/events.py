from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("people.account_created", _("An account was created."), audience=Audience.PROGRAM)
register("people.affiliation_begun", _("Someone joined an organization."), audience=Audience.PROGRAM)
register("people.key_created", _("An API key was created."), audience=Audience.PROGRAM)
register("people.key_revoked", _("An API key was revoked."), audience=Audience.PROGRAM)
register("people.affiliation_ended", _("Someone left an organization."), audience=Audience.PROGRAM)
register("people.person_invited", _("Someone was invited."), audience=Audience.PROGRAM)
register("people.invitation_renewed", _("An invitation was sent again."), audience=Audience.PROGRAM)
register("people.invitation_revoked", _("An invitation was revoked."), audience=Audience.PROGRAM)
register("people.invitation_accepted", _("An invitation was accepted."), audience=Audience.PROGRAM)
register("people.person_deactivated", _("An account was deactivated."), audience=Audience.PROGRAM)
register("people.person_reactivated", _("An account was reactivated."), audience=Audience.PROGRAM)
register("people.absence_set", _("Somebody will be away."), audience=Audience.PROGRAM)
register("people.absence_ended", _("An absence ended early."), audience=Audience.PROGRAM)
register(
    "people.absence_asked", _("An absence is over; open work was asked about."), audience=Audience.PROGRAM
)
register("people.substitute_changed", _("Somebody else stands in."), audience=Audience.PROGRAM)
register(
    "people.closure_set", _("An organization set days on which it is closed."), audience=Audience.PROGRAM
)
register(
    "people.closure_removed",
    _("An organization is open on days that were closed."),
    audience=Audience.PROGRAM,
)

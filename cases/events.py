from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("cases.case_opened", _("Case opened."), audience=Audience.STATUS)
register(
    "cases.case_taken_over",
    _("The running case was taken over from earlier records."),
    audience=Audience.STATUS,
)
register("cases.stage_entered", _("The case entered a new stage."), audience=Audience.STATUS)
register("cases.application_saved", _("Application saved as a draft."), audience=Audience.CITY)
register("cases.signature_asked", _("The sponsor was asked to sign the commitment."), audience=Audience.CITY)
register("cases.commitment_signed", _("The sponsor signed the commitment."), audience=Audience.CITY)
register("cases.application_submitted", _("Application submitted."), audience=Audience.STATUS)
register(
    "cases.changes_requested", _("The program asked for changes to the application."), audience=Audience.CITY
)
register("cases.application_accepted", _("Application accepted."), audience=Audience.STATUS)
register("cases.application_declined", _("Application declined."), audience=Audience.STATUS)
register("cases.case_withdrawn", _("The city withdrew."), audience=Audience.STATUS)
register("cases.case_ended", _("The program ended the case as inactive."), audience=Audience.STATUS)
register("cases.case_certified", _("The city is certified."), audience=Audience.STATUS)
register(
    "cases.policy_set", _("The program changed a deadline and its reminders."), audience=Audience.PROGRAM
)
register("cases.due_date_moved", _("A due date moved."), audience=Audience.PROGRAM)
register("cases.extension_requested", _("More time was asked for."), audience=Audience.PROGRAM)
register("cases.extension_granted", _("More time was granted."), audience=Audience.PROGRAM)
register("cases.extension_refused", _("More time was refused."), audience=Audience.PROGRAM)
register("cases.hold_placed", _("The case was put on hold."), audience=Audience.STATUS)
register("cases.hold_lifted", _("The case was resumed."), audience=Audience.STATUS)
register("cases.participation_begun", _("Someone began to take part."), audience=Audience.PROGRAM)
register("cases.participation_ended", _("Someone ended taking part."), audience=Audience.PROGRAM)
register("cases.work_opened", _("A step opened."), audience=Audience.PROGRAM)
register("cases.work_closed", _("A step was done."), audience=Audience.PROGRAM)
register("cases.work_handed_over", _("A step was handed over."), audience=Audience.PROGRAM)
register("cases.message_sent", _("A message was sent."), audience=Audience.CITY)
register(
    "cases.internal_message_sent", _("The program wrote an internal message."), audience=Audience.PROGRAM
)
register("cases.work_covered", _("A substitute took work over."), audience=Audience.PROGRAM)
register("cases.cover_kept", _("A substitute keeps work."), audience=Audience.PROGRAM)
register("cases.cover_ended", _("Work of an absence was settled."), audience=Audience.PROGRAM)

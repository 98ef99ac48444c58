from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("coaching.partners_imported", _("Partners were imported."), audience=Audience.PROGRAM)
register("coaching.partner_profile_changed", _("A partner's profile was changed."), audience=Audience.PROGRAM)
register("coaching.coach_profile_changed", _("A coach's profile was changed."), audience=Audience.PROGRAM)
register("coaching.plan_made", _("The coaching was planned."), audience=Audience.STATUS)
register(
    "coaching.engagement_offered", _("An engagement was offered to a partner."), audience=Audience.STATUS
)
register("coaching.engagement_accepted", _("A partner accepted an engagement."), audience=Audience.STATUS)
register("coaching.engagement_declined", _("A partner declined an engagement."), audience=Audience.STATUS)
register("coaching.coach_assigned", _("A coach was assigned."), audience=Audience.STATUS)
register("coaching.coach_changed", _("Another coach took over."), audience=Audience.STATUS)
register("coaching.kicked_off", _("Coaching began."), audience=Audience.STATUS)
register("coaching.session_planned", _("A session was planned."), audience=Audience.COACHING)
register("coaching.session_changed", _("A planned session was changed."), audience=Audience.COACHING)
register("coaching.session_called_off", _("A session was called off."), audience=Audience.COACHING)
register("coaching.session_missed", _("Nobody came to a session."), audience=Audience.COACHING)
register(
    "coaching.session_mail_sent", _("A session's agenda or follow-up was sent."), audience=Audience.COACHING
)
register("coaching.sprint_set_up", _("A sprint was set up."), audience=Audience.PROGRAM)
register("coaching.meeting_planned", _("A session of a sprint was planned."), audience=Audience.PROGRAM)
register("coaching.document_added", _("A document was added."), audience=Audience.COACHING)
register("coaching.document_withdrawn", _("A document was withdrawn."), audience=Audience.COACHING)
register("coaching.session_logged", _("A session was logged."), audience=Audience.COACHING)
register("coaching.health_judged", _("A coach judged how it fares."), audience=Audience.PROGRAM)
register("coaching.note_written", _("A note was shared."), audience=Audience.COACHING)
register("coaching.note_edited", _("A shared note was changed."), audience=Audience.COACHING)
register("coaching.note_widened", _("A note was shared."), audience=Audience.COACHING)
register("coaching.engagement_paused", _("An engagement was paused."), audience=Audience.STATUS)
register("coaching.engagement_resumed", _("An engagement was resumed."), audience=Audience.STATUS)
register(
    "coaching.transfer_offered", _("An engagement was offered for hand-over."), audience=Audience.PROGRAM
)
register("coaching.transfer_accepted", _("An engagement was handed over."), audience=Audience.STATUS)
register("coaching.transfer_declined", _("A hand-over was declined."), audience=Audience.PROGRAM)
register("coaching.transfer_withdrawn", _("A hand-over was called off."), audience=Audience.PROGRAM)
register("coaching.action_set", _("An action item was agreed upon."), audience=Audience.COACHING)
register("coaching.action_passed_on", _("Somebody else took on an action item."), audience=Audience.COACHING)
register("coaching.action_done", _("An action item is done."), audience=Audience.COACHING)
register("coaching.action_dropped", _("An action item was dropped."), audience=Audience.COACHING)
register("coaching.objective_set", _("An objective was set."), audience=Audience.COACHING)
register("coaching.measure_set", _("A measure was set."), audience=Audience.COACHING)
register("coaching.observation_recorded", _("A figure was recorded."), audience=Audience.COACHING)
register("coaching.observation_corrected", _("A figure was corrected."), audience=Audience.COACHING)
register("coaching.observations_imported", _("Figures were read from a list."), audience=Audience.COACHING)
register("coaching.work_finished", _("The coaching work is finished."), audience=Audience.COACHING)
register("coaching.engagement_closed", _("An engagement was closed."), audience=Audience.STATUS)
register("coaching.plan_mended", _("The coaching plan was mended."), audience=Audience.STATUS)
register("coaching.engagement_cancelled", _("An engagement was cancelled."), audience=Audience.STATUS)
register("coaching.feedback_given", _("The city gave feedback."), audience=Audience.PROGRAM)

from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("certification.round_opened", _("A round of the assessment was opened."), audience=Audience.CITY)
register(
    "certification.round_taken_over",
    _("A round of the assessment was taken over from earlier records."),
    audience=Audience.CITY,
)
register("certification.answer_saved", _("An answer was saved."), audience=Audience.CITY)
register("certification.draft_shared", _("The draft was shared with the program."), audience=Audience.CITY)
register(
    "certification.draft_withheld",
    _("The draft is no longer shared with the program."),
    audience=Audience.CITY,
)
register("certification.comment_written", _("A comment was written."), audience=Audience.CITY)
register(
    "certification.internal_comment_written", _("An internal comment was written."), audience=Audience.PROGRAM
)
register("certification.criteria_delegated", _("Criteria were delegated."), audience=Audience.CITY)
register("certification.delegation_taken_up", _("A delegation was taken up."), audience=Audience.CITY)
register("certification.delegation_finished", _("Delegated criteria are done."), audience=Audience.CITY)
register("certification.delegation_ended", _("A delegation ended."), audience=Audience.CITY)
register("certification.story_told", _("A story was told."), audience=Audience.CITY)
register("certification.story_changed", _("A story was told anew."), audience=Audience.CITY)
register("certification.story_removed", _("A story was removed."), audience=Audience.CITY)
register("certification.evidence_added", _("Evidence was added."), audience=Audience.CITY)
register(
    "certification.evidence_attached", _("Evidence was used for one more answer."), audience=Audience.CITY
)
register(
    "certification.evidence_replaced", _("A newer version of evidence was added."), audience=Audience.CITY
)
register("certification.evidence_removed", _("Evidence was removed from an answer."), audience=Audience.CITY)
register(
    "certification.assessment_submitted", _("Assessment submitted for review."), audience=Audience.STATUS
)
register("certification.assessors_assigned", _("Two assessors were assigned."), audience=Audience.PROGRAM)
register("certification.assessor_changed", _("Another assessor took over."), audience=Audience.PROGRAM)
register("certification.finding_saved", _("A finding was saved."), audience=Audience.PROGRAM)
register("certification.review_submitted", _("A review was submitted."), audience=Audience.PROGRAM)
register(
    "certification.assessment_reconciled", _("The two reviews were reconciled."), audience=Audience.ASSESSMENT
)
register(
    "certification.assessment_returned",
    _("Criteria were returned to the city."),
    audience=Audience.ASSESSMENT,
)
register("certification.report_released", _("Report released."), audience=Audience.STATUS)
register("certification.path_chosen", _("The city chose its path."), audience=Audience.STATUS)
register("certification.visit_planned", _("A site visit was planned."), audience=Audience.ASSESSMENT)
register("certification.visit_held", _("A site visit was held."), audience=Audience.ASSESSMENT)
register("certification.visit_called_off", _("A site visit was called off."), audience=Audience.ASSESSMENT)
register("certification.visit_noted", _("A note on a site visit was saved."), audience=Audience.PROGRAM)
register("certification.appeal_filed", _("The city appealed a finding."), audience=Audience.ASSESSMENT)
register(
    "certification.finding_upheld",
    _("The program upheld the finding appealed."),
    audience=Audience.ASSESSMENT,
)
register("certification.appeal_granted", _("The program granted the appeal."), audience=Audience.ASSESSMENT)
register("certification.appeal_lapsed", _("An appeal fell away with the case."), audience=Audience.ASSESSMENT)
register("certification.packet_opened", _("The decision packet was opened."), audience=Audience.CITY)
register("certification.vote_cast", _("A committee member voted."), audience=Audience.PROGRAM)
register("certification.member_recused", _("A committee member stood aside."), audience=Audience.PROGRAM)
register("certification.members_seated", _("Further members were seated."), audience=Audience.PROGRAM)
register("certification.vote_unsealed", _("A vote was unsealed."), audience=Audience.PROGRAM)
register("certification.decided", _("The committee decided."), audience=Audience.CITY)
register("certification.decision_cancelled", _("The decision was set aside."), audience=Audience.CITY)
register("certification.announcement_set", _("The announcement was scheduled."), audience=Audience.CITY)
register("certification.certificate_issued", _("Certificate issued."), audience=Audience.STATUS)

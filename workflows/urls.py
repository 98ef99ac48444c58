from django.urls import path

from workflows.views import (
    answers,
    apply,
    assessment,
    casefile,
    decision,
    delegation,
    desk,
    engagements,
    files,
    invitations,
    membership,
    people,
    report,
    review,
    signature,
    takeover,
    thread,
)
from workflows.views.steps import work

app_name = "workflows"
urlpatterns = [
    path("desk/", desk.Desk.as_view(), name="desk"),
    path("work/<uuid:item_id>/", work, name="work"),
    path("cases/", casefile.CaseList.as_view(), name="case-list"),
    path("cases/open/", casefile.CaseOpen.as_view(), name="case-open"),
    path("cases/import/", takeover.CaseImport.as_view(), name="case-import"),
    path("cases/<uuid:case_id>/", casefile.CaseDetail.as_view(), name="case-detail"),
    path("cases/<uuid:case_id>/assessment/", assessment.AssessmentDetail.as_view(), name="assessment"),
    path("cases/<uuid:case_id>/delegations/", delegation.DelegationList.as_view(), name="delegations"),
    path("delegations/<uuid:delegation_id>/end/", delegation.DelegationEnd.as_view(), name="delegation-end"),
    path("cases/<uuid:case_id>/report/", report.ReportDetail.as_view(), name="report"),
    path("responses/<uuid:response_id>/", answers.AnswerSave.as_view(), name="answer"),
    path("work/<uuid:item_id>/findings/<uuid:response_id>/", review.FindingSave.as_view(), name="finding"),
    path("files/evidence/<uuid:evidence_id>/", files.EvidenceFile.as_view(), name="file-evidence"),
    path("files/messages/<uuid:attachment_id>/", files.MessageFile.as_view(), name="file-message"),
    path("files/application/<uuid:case_id>/", files.ApplicationFile.as_view(), name="file-application"),
    path("cases/<uuid:case_id>/messages/", thread.CaseMessages.as_view(), name="case-messages"),
    path(
        "cases/<uuid:case_id>/messages/internal/",
        thread.CaseMessagesInternal.as_view(),
        name="case-messages-internal",
    ),
    path("cases/<uuid:case_id>/people/", casefile.CasePeople.as_view(), name="case-people"),
    path("cases/<uuid:case_id>/documents/", casefile.CaseDocuments.as_view(), name="case-documents"),
    path("cases/<uuid:case_id>/deadlines/", casefile.CaseDeadlines.as_view(), name="case-deadlines"),
    path("cases/<uuid:case_id>/coaching/", engagements.CaseCoaching.as_view(), name="case-coaching"),
    path("cases/<uuid:case_id>/decision/", decision.CaseDecision.as_view(), name="case-decision"),
    path("cases/<uuid:case_id>/decision/close/", decision.VoteClosing.as_view(), name="vote-close"),
    path("cases/<uuid:case_id>/decision/seat/", decision.VoteSeating.as_view(), name="vote-seat"),
    path(
        "cases/<uuid:case_id>/certificate/", decision.CertificateDetail.as_view(), name="certificate-detail"
    ),
    path("engagements/", engagements.EngagementList.as_view(), name="engagement-list"),
    path(
        "engagements/<uuid:engagement_id>/", engagements.EngagementDetail.as_view(), name="engagement-detail"
    ),
    path("decisions/<uuid:decision_id>/packet/", decision.PacketDetail.as_view(), name="packet-detail"),
    path(
        "decisions/<uuid:decision_id>/packet.json",
        decision.PacketDownload.as_view(),
        name="packet-download",
    ),
    path("cases/<uuid:case_id>/hold/", casefile.CaseHold.as_view(), name="case-hold"),
    path("cases/<uuid:case_id>/resume/", casefile.CaseResume.as_view(), name="case-resume"),
    path("cases/<uuid:case_id>/withdraw/", casefile.CaseWithdraw.as_view(), name="case-withdraw"),
    path("cases/<uuid:case_id>/end/", casefile.CaseEnd.as_view(), name="case-end"),
    path("people/", people.PeopleList.as_view(), name="people-list"),
    path(
        "people/of/<slug:slug>/<slug:role>/<str:address>/",
        membership.MembershipDetail.as_view(),
        name="membership-detail",
    ),
    path("people/invite/", people.Invite.as_view(), name="invite"),
    path("people/invitations/", people.InvitationList.as_view(), name="invitation-list"),
    path(
        "people/invitations/<uuid:invitation_id>/resend/",
        people.InvitationResend.as_view(),
        name="invitation-resend",
    ),
    path(
        "people/invitations/<uuid:invitation_id>/revoke/",
        people.InvitationRevoke.as_view(),
        name="invitation-revoke",
    ),
    path("sign/<str:token>/", signature.CommitmentSign.as_view(), name="commitment-sign"),
    path("apply/", apply.Apply.as_view(), name="apply"),
    path("apply/sent/", apply.ApplySent.as_view(), name="apply-sent"),
    path("apply/<str:token>/", apply.ApplyClaim.as_view(), name="apply-claim"),
    path("invitations/<str:token>/", invitations.InvitationAccept.as_view(), name="invitation-accept"),
]

from django.urls import path

from workflows.views import casefile, desk
from workflows.views.steps import work

app_name = "workflows"
urlpatterns = [
    path("desk/", desk.Desk.as_view(), name="desk"),
    path("work/<uuid:item_id>/", work, name="work"),
    path("cases/", casefile.CaseList.as_view(), name="case-list"),
    path("cases/open/", casefile.CaseOpen.as_view(), name="case-open"),
    path("cases/<uuid:case_id>/", casefile.CaseDetail.as_view(), name="case-detail"),
    path("cases/<uuid:case_id>/people/", casefile.CasePeople.as_view(), name="case-people"),
    path("cases/<uuid:case_id>/documents/", casefile.CaseDocuments.as_view(), name="case-documents"),
    path("cases/<uuid:case_id>/deadlines/", casefile.CaseDeadlines.as_view(), name="case-deadlines"),
    path("cases/<uuid:case_id>/hold/", casefile.CaseHold.as_view(), name="case-hold"),
    path("cases/<uuid:case_id>/resume/", casefile.CaseResume.as_view(), name="case-resume"),
    path("cases/<uuid:case_id>/withdraw/", casefile.CaseWithdraw.as_view(), name="case-withdraw"),
    path("cases/<uuid:case_id>/end/", casefile.CaseEnd.as_view(), name="case-end"),
]

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from certification.models import Assessment
from certification.report import report_of, rounds_reported
from people.permissions import Permission
from workflows.views.base import CasePage


class ReportDetail(CasePage, View):
    """The validated result of a round, for whoever may know it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.case = self.find_case(kwargs["case_id"])
        rounds = self.find_rounds()
        wanted = request.GET.get("round") or str(rounds[0].round) if rounds else ""
        assessment = next((one for one in rounds if str(one.round) == wanted), None)
        if assessment is None:
            raise Http404
        report = report_of(assessment, user=self.reader)
        context = {"case": self.case, "rounds": rounds, "assessment": assessment, "report": report}
        context["may_read_appeals"] = self.reader.has_perm(Permission.VIEW_APPEALS, assessment)
        return render(request, "workflows/report/report.html", context)

    def find_rounds(self) -> list[Assessment]:
        rounds = list(rounds_reported(Assessment.objects.filter(case=self.case)))
        for one in rounds:
            one.case = self.case
        return [one for one in rounds if self.reader.has_perm(Permission.VIEW_RESULT, one)]

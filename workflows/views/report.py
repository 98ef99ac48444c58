from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from certification.models import Assessment
from certification.report import WholeReport, rounds_reported, whole_report, words
from certification.report.document import document_of
from certification.report.pictures import area_chart, level_chart
from core.pdf import PDF_TYPE, as_pdf
from people.permissions import Permission
from workflows.views.base import CasePage


class ReportPage(CasePage, View):
    """The validated result of a round, for whoever may know it."""

    def find_round(self, request: HttpRequest, **kwargs: Any) -> Assessment:
        """The round that the address names, else the newest."""
        self.case = self.find_case(kwargs["case_id"])
        self.rounds = self.find_rounds()
        wanted = request.GET.get("round") or str(self.rounds[0].round) if self.rounds else ""
        found = next((one for one in self.rounds if str(one.round) == wanted), None)
        if found is None:
            raise Http404
        return found

    def find_rounds(self) -> list[Assessment]:
        rounds = list(rounds_reported(Assessment.objects.filter(case=self.case)))
        for one in rounds:
            one.case = self.case
        return [one for one in rounds if self.reader.has_perm(Permission.VIEW_RESULT, one)]


class ReportDetail(ReportPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        assessment = self.find_round(request, **kwargs)
        whole = whole_report(assessment, user=self.reader, now=timezone.now())
        context = {"case": self.case, "rounds": self.rounds, "assessment": assessment}
        context |= {"may_read_appeals": self.reader.has_perm(Permission.VIEW_APPEALS, assessment)}
        return render(request, "workflows/report/report.html", context | _told(whole))


class ReportPdf(ReportPage):
    """The same report as an accessible PDF."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        assessment = self.find_round(request, **kwargs)
        now = timezone.now()
        notice = _("Demonstration: real cities, invented progress.") if settings.DEMO else ""
        whole = whole_report(assessment, user=self.reader, now=now)
        whole = replace(whole, peers=whole.peers.for_everyone())  # a file is passed on
        name = f"report-{self.case.city.slug}-round-{assessment.round}.pdf"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        content = as_pdf(document_of(whole, notice=notice), now=now)
        return HttpResponse(content, content_type=PDF_TYPE, headers=headers)


def _told(whole: WholeReport) -> dict[str, Any]:
    """The report with its charts and sentences, as the templates name them."""
    told = {
        "report": whole.result,
        "whole": whole,
        "appealed": words.appealed(whole.granted),
        "peers_told": words.peers_in_words(whole.peers),
    }
    told |= {"area_chart": area_chart(whole).svg, "level_chart": level_chart(whole).svg}
    if whole.path:
        told |= {"missing": words.missing_in_words(whole.path, whole.result)}
        told |= {"path_told": words.path_in_words(whole.path), "pace_rule": words.pace_rule()}
    if changes := whole.changes:
        told |= {name: whole.named(getattr(changes, name)) for name in ("gained", "lost", "expired")}
    return told

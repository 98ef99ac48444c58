"""My cities: what a coach opens in the morning, as cards or a table, and as CSV."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.services.case import require
from coaching.faring import health_of
from coaching.models import Engagement, HealthJudgment
from coaching.services import judge_health
from core.errors import InvalidInput
from core.tables import CSV_TYPE, csv_lines
from people.enums import Role
from people.permissions import Permission
from workflows.forms.mycities import JudgmentForm, MyCitiesFilter
from workflows.mycities import MyCity, my_cities, sheet_of, sorted_by
from workflows.views.base import CasePage, SignedInPage, show_errors

PAGE_SIZE = 60
# Judgments on the page of an engagement's health.
NEWEST = 20


class MyCities(SignedInPage, View):
    """The engagements under way that one coaches; a lead's page shows the whole partner's at first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.reader.has_role(Role.COACH, Role.PARTNER_LEAD):
            raise Http404
        form = MyCitiesFilter(request.GET)
        now = timezone.now()
        rows = sorted_by(form.narrow(self._rows(form, now)), request.GET.get("sort", ""))
        return self.answer(form, rows, now)

    def _rows(self, form: MyCitiesFilter, now: datetime) -> list[MyCity]:
        everybodys = form.chosen("whose") == "all" or not self.reader.has_role(Role.COACH)
        return my_cities(self.reader, everybodys=everybodys, now=now)

    def answer(self, form: MyCitiesFilter, rows: list[MyCity], now: datetime) -> HttpResponse:
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
        context = {
            "form": form,
            "page": page,
            "as_table": form.chosen("view") == "table",
            "query": self.request.GET.urlencode(),
            "now": now,
        }
        return render(self.request, "workflows/coaching/my_cities.html", context)


class MyCitiesCsv(MyCities):
    def answer(self, form: MyCitiesFilter, rows: list[MyCity], now: datetime) -> HttpResponse:
        sheet = sheet_of(rows)
        content = "".join(csv_lines(sheet.head, sheet.rows)).encode()
        headers = {"Content-Disposition": 'attachment; filename="my-cities.csv"'}
        return HttpResponse(content, content_type=CSV_TYPE, headers=headers)


class EngagementHealth(CasePage, View):
    """How an engagement fares, fact by fact, and what its coach thinks of it."""

    engagement: Engagement

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        self._find(engagement_id)
        return self._page(JudgmentForm())

    def post(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        self._find(engagement_id)
        require(self.reader, Permission.COACH_ENGAGEMENT, self.engagement)
        form = JudgmentForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=400)
        try:
            judge_health(engagement_id=engagement_id, by=self.reader, now=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            show_errors(form, error)
            return self._page(form, status=400)
        messages.success(request, _("Your judgment is kept beside the facts."))
        return HttpResponseRedirect(request.path)

    def _find(self, engagement_id: UUID) -> None:
        found = Engagement.objects.readable_by(self.reader).for_list().for_health()
        self.engagement = get_object_or_404(found, pk=engagement_id)
        if not knows_health(self.reader, self.engagement):
            raise Http404

    def _judgments(self) -> Any:
        seen = HealthJudgment.objects.visible_to(self.reader).filter(engagement=self.engagement)
        return seen.select_related("judged_by")[:NEWEST]

    def _page(self, form: JudgmentForm, status: int = 200) -> HttpResponse:
        engagement = self.engagement
        judges = self.reader.has_perm(Permission.COACH_ENGAGEMENT, engagement)
        context: dict[str, Any] = {
            "engagement": engagement,
            "case": engagement.case,
            "health": health_of([engagement], now=timezone.now())[engagement.pk],
            "judgments": self._judgments(),
            "form": form if judges and engagement.case.closed_at is None else None,
            "back_url": reverse("workflows:engagement-detail", args=[engagement.pk]),
        }
        return render(self.request, "workflows/coaching/health.html", context, status=status)


def knows_health(reader: Any, engagement: Engagement) -> bool:
    """The partner's own people and the program; how it fares is not told to the city."""
    return bool(reader.has_perm(Permission.SEE_HEALTH, engagement))

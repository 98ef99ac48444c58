"""Sprints: the list, setting one up, and the page on which each reader finds their part."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from coaching.enums import SessionStatus
from coaching.models import Meeting, Sprint
from coaching.progress import progress_of
from coaching.services import set_up_sprint
from core.errors import InvalidInput, NotAllowed
from people.models import Organization
from people.permissions import Permission
from people.roles import PARTNER_ROLES
from workflows.forms.sprints import SprintForm
from workflows.views.base import CasePage, show_errors

PAGE_SIZE = 50


class SprintList(CasePage, View):
    """The sprints that the person may know; how many cities, only for who reads them all."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Sprint.objects.visible_to(self.reader).select_related("partner")
        rows = rows.annotate(cities=Count("engagements")).order_by("-begins_on", "name", "pk")
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        shown = Sprint.objects.whole_to(self.reader).filter(pk__in=[one.pk for one in page])
        whole = set(shown.values_list("pk", flat=True))
        context = {
            "page": page,
            "rows": [(sprint, sprint.pk in whole) for sprint in page],
            "today": program_calendar().local_day(timezone.now()),
            "runs": bool(self.reader.organizations_as(*PARTNER_ROLES)),
        }
        return render(request, "workflows/sprints/list.html", context)


class SprintNew(CasePage, View):
    """Set up a sprint of one's own organization."""

    partner: Organization

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            own = self.reader.organizations_as(*PARTNER_ROLES)
            partner = Organization.objects.filter(pk__in=own).order_by("name").first()
            if partner is None:
                raise NotAllowed(_("Sprints are set up by the people of a partner."))
            self.partner = partner
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(SprintForm(partner=self.partner))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SprintForm(request.POST, partner=self.partner)
        if form.is_valid():
            try:
                sprint = set_up_sprint(
                    partner=self.partner,
                    terms=form.terms,
                    key=form.cleaned_data["key"],
                    by=self.reader,
                    now=timezone.now(),
                )
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The sprint is set up. Plan its first session."))
                return HttpResponseRedirect(sprint.get_absolute_url())
        return self.show(form, status=400)

    def show(self, form: SprintForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "partner": self.partner}
        return render(self.request, "workflows/sprints/new.html", context, status=status)


class SprintDetail(CasePage, View):
    """A sprint: for the partner and the program with all of its cities, for a city its own part alone."""

    def get(self, request: HttpRequest, sprint_id: UUID) -> HttpResponse:
        found = Sprint.objects.visible_to(self.reader).select_related("partner").prefetch_related("criteria")
        sprint = get_object_or_404(found, pk=sprint_id)
        cities = progress_of(sprint, reader=self.reader)
        meetings = Meeting.objects.visible_to(self.reader).filter(sprint=sprint)
        today = program_calendar().local_day(timezone.now())
        runs = self.reader.has_perm(Permission.RUN_SPRINTS, sprint)
        context = {
            "sprint": sprint,
            "today": today,
            "cities": cities,
            "whole": Sprint.objects.whole_to(self.reader).filter(pk=sprint.pk).exists(),
            "meetings": _by_meeting(meetings, cities),
            "runs": runs,
            "may_plan": runs and not sprint.is_over(today),
        }
        return render(request, "workflows/sprints/detail.html", context)


def _by_meeting(meetings: Any, cities: Any) -> list[dict[str, Any]]:
    """Each meeting with its moment and how it went in each city, the first one first."""
    rows = []
    for meeting in meetings:
        sessions = [
            (city.engagement, one) for city in cities for one in city.sessions if one.meeting_id == meeting.pk
        ]
        if sessions:
            is_planned = any(one.status == SessionStatus.PLANNED for _engagement, one in sessions)
            rows.append(
                {"meeting": meeting, "first": sessions[0][1], "sessions": sessions, "is_planned": is_planned}
            )
    return sorted(rows, key=lambda row: row["first"].starts_at)

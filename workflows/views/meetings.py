"""A session for all cities of a sprint: planned, moved, called off and logged in one go."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import calendar_of
from cases.services.case import require
from coaching.enums import RUNNING
from coaching.models import Engagement, Meeting, Session, Sprint
from core.errors import InvalidInput, WrongState
from people.permissions import Permission
from workflows import services
from workflows.forms.sessions import CallOffForm
from workflows.forms.sprints import MeetingChangeForm, MeetingForm, MeetingLogForm
from workflows.views.base import CasePage, show_errors
from workflows.views.sessions import at_the_day


class MeetingPlan(CasePage, View):
    """Plan a session for all cities of a sprint."""

    sprint: Sprint

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.find(**kwargs)
            require(self.reader, Permission.RUN_SPRINTS, self.sprint)
        return super().dispatch(request, *args, **kwargs)

    def find(self, sprint_id: UUID) -> None:
        found = Sprint.objects.whole_to(self.reader).select_related("partner")
        self.sprint = get_object_or_404(found, pk=sprint_id)

    def get(self, request: HttpRequest, **kwargs: UUID) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: UUID) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            self.act(form)
        except InvalidInput as error:
            show_errors(form, at_the_day(error))
            return self.show(form, status=400)
        return HttpResponseRedirect(self.sprint.get_absolute_url())

    def form(self, data: Any = None) -> Any:
        own = self.sprint.engagements.filter(partner=self.sprint.partner)
        engagements = own.filter(status__in=RUNNING, paused_at__isnull=True).for_list()
        return MeetingForm(data, sprint=self.sprint, engagements=engagements, now=timezone.now())

    def act(self, form: Any) -> None:
        services.plan_meeting(
            sprint_id=self.sprint.pk,
            plan=form.plan,
            people=form.cleaned_data["people"],
            key=form.cleaned_data["key"],
            by=self.reader,
            now=timezone.now(),
        )
        messages.success(self.request, _("The session is planned; each city gets its own invitation."))
        if left_out := left_out_of(self.sprint):
            text = _("Not invited: %(cities)s.") % {"cities": ", ".join(left_out)}
            messages.warning(self.request, text)

    def show(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        left_out = left_out_of(self.sprint) if isinstance(form, MeetingForm) else []
        context = {"form": form, "sprint": self.sprint, "left_out": left_out}
        return render(self.request, "workflows/sprints/plan.html", context, status=status)


def left_out_of(sprint: Sprint) -> list[str]:
    """The cities that a session for all does not reach now, each with the reason."""
    found = [(one, _why_left_out(one, sprint)) for one in sprint.engagements.for_list()]
    return [f"{one.case.city.name} ({reason})" for one, reason in found if reason]


def _why_left_out(engagement: Engagement, sprint: Sprint) -> str:
    if engagement.partner_id != sprint.partner_id:
        return _("coached by another partner by now")
    if engagement.status not in RUNNING or engagement.case.closed_at is not None:
        return _("not coached now")
    if engagement.paused_at is not None:
        return _("paused")
    return _("case on hold") if engagement.case.open_hold is not None else ""


class OfMeeting(MeetingPlan):
    """Something about a meeting that is there."""

    meeting: Meeting

    def find(self, meeting_id: UUID) -> None:
        found = Meeting.objects.visible_to(self.reader).select_related("sprint__partner")
        self.meeting = get_object_or_404(found, pk=meeting_id)
        self.sprint = self.meeting.sprint

    @cached_property
    def planned(self) -> list[Session]:
        return list(Session.objects.planned().of_meeting(self.meeting).for_list().order_by("pk"))

    @property
    def first(self) -> Session:
        if not self.planned:
            raise WrongState(_("The session is over, or has been called off."))
        return self.planned[0]


class MeetingChange(OfMeeting):
    def form(self, data: Any = None) -> Any:
        return MeetingChangeForm(data, session=self.first)

    def act(self, form: Any) -> None:
        services.change_meeting(
            meeting_id=self.meeting.pk, plan=form.plan, by=self.reader, now=timezone.now()
        )
        messages.success(self.request, _("The session is changed; each city is told."))


class MeetingDetail(OfMeeting):
    """Log it for all cities; move it, or call it off."""

    def form(self, data: Any = None) -> Any:
        start = self.first.local_start
        today = calendar_of(self.sprint.partner).local_day(timezone.now())
        return MeetingLogForm(data, sessions=self.planned, today=min(start.date(), today) if start else today)

    def act(self, form: Any) -> None:
        services.hold_meeting(
            meeting_id=self.meeting.pk,
            record=form.record,
            took_part=[UUID(one) for one in form.cleaned_data["took_part"]],
            by=self.reader,
            now=timezone.now(),
        )
        messages.success(self.request, _("The session is logged for each city."))

    def show(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "sprint": self.sprint,
            "meeting": self.meeting,
            "first": self.first,
            "begun": self.first.starts_at is not None and self.first.starts_at <= timezone.now(),
            "call_off_form": CallOffForm(),
        }
        return render(self.request, "workflows/sprints/meeting.html", context, status=status)


class MeetingCallOff(OfMeeting):
    def get(self, request: HttpRequest, **kwargs: UUID) -> HttpResponse:
        return HttpResponseRedirect(self.sprint.get_absolute_url())

    def form(self, data: Any = None) -> Any:
        return CallOffForm(data)

    def show(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        raise InvalidInput(errors={name: list(map(str, texts)) for name, texts in form.errors.items()})

    def act(self, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        services.call_off_meeting(
            meeting_id=self.meeting.pk, reason=reason, by=self.reader, now=timezone.now()
        )
        messages.success(self.request, _("The session is called off; each city is told."))

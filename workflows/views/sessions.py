"""Sessions: planned from the engagement's page, changed, called off and logged on their own."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import calendar_of
from coaching.enums import SessionStatus
from coaching.meetings import last_change_of
from coaching.models import Engagement, Session
from coaching.services.mails import kind_for
from coaching.services.sessions import require_own_plan
from coaching.transitions import TABLE, Action
from core.errors import EditConflict, InvalidInput
from core.transitions import authorize, is_possible
from people.models import User
from people.permissions import Permission
from workflows import services
from workflows.forms.sessions import CallOffForm, HeldSessionForm, PlanSessionForm
from workflows.views.base import CasePage, show_errors

TONES = {
    SessionStatus.PLANNED: "soon",
    SessionStatus.HELD: "ok",
    SessionStatus.MISSED: "late",
    SessionStatus.CANCELLED: "neutral",
}


def sessions_of(engagement: Engagement, reader: User) -> dict[str, Any]:
    """What the engagement's page shows of its sessions: what comes, and what was."""
    seen = Session.objects.visible_to(reader).filter(engagement=engagement).select_related("logged_by")
    rows = list(seen.prefetch_related("criteria"))
    ahead = [one for one in rows if one.status == SessionStatus.PLANNED]
    return {
        "planned": sorted(ahead, key=lambda one: (one.starts_at, one.pk)),
        "sessions": [one for one in rows if one.status == SessionStatus.HELD],
        "plans_sessions": may_plan(engagement, reader),
    }


def held_of(engagement: Engagement) -> list[Session]:
    held = Session.objects.held().filter(engagement=engagement)
    return list(held.select_related("logged_by").prefetch_related("criteria"))


def may_plan(engagement: Engagement, reader: User) -> bool:
    running = engagement.case.closed_at is None and engagement.case.open_hold is None
    running = running and engagement.paused_at is None
    return running and is_possible(TABLE[Action.PLAN_SESSION], engagement, by=reader)


class SessionPlan(CasePage, View):
    """Plan a session of an engagement that the person coaches."""

    engagement: Engagement
    session: Session | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.find(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def find(self, engagement_id: UUID) -> None:
        found = Engagement.objects.readable_by(self.reader).for_list()
        self.engagement = get_object_or_404(found, pk=engagement_id)
        authorize(TABLE[Action.PLAN_SESSION], self.engagement, by=self.reader)

    def get(self, request: HttpRequest, **kwargs: UUID) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: UUID) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            session = self.act(form)
        except InvalidInput as error:
            show_errors(form, at_the_day(error))
            return self.show(form, status=400)
        except EditConflict as error:
            return self.conflict(error)
        return HttpResponseRedirect(session.get_absolute_url())

    def conflict(self, error: EditConflict) -> HttpResponse:
        """What is planned by now above what was typed; sending it once more keeps the latter."""
        typed = self.request.POST.copy()
        typed["version"] = str(error.stored.sequence)
        again = self.form(typed)
        again.add_error(None, f"{error.title}: {error.detail}")
        return self.show(again, status=error.status, theirs=error.stored)

    def form(self, data: Any = None) -> PlanSessionForm:
        return PlanSessionForm(data, engagement=self.engagement, now=timezone.now(), session=self.session)

    def act(self, form: PlanSessionForm) -> Session:
        key = form.cleaned_data["key"]
        session = services.plan_session(
            engagement_id=self.engagement.pk, plan=form.plan, key=key, by=self.reader, now=timezone.now()
        )
        messages.success(self.request, _("The session is planned; those invited get it by mail."))
        return session

    def show(self, form: forms.Form, *, status: int = 200, theirs: Session | None = None) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "engagement": self.engagement, "session": self.session}
        if theirs:
            invited = theirs.invitees.filter(taken_off_at__isnull=True).select_related("person")
            context |= {"theirs": theirs, "invited": invited, "last_change": last_change_of(theirs)}
        return render(self.request, "workflows/coaching/session_plan.html", context, status=status)


def at_the_day(error: InvalidInput) -> InvalidInput:
    """The page asks for day and time where the service takes a moment."""
    return InvalidInput(
        errors={"day" if name == "starts_at" else name: texts for name, texts in error.errors.items()}
    )


class SessionChange(SessionPlan):
    """Move a planned session, or change what is planned of it."""

    session: Session

    def find(self, session_id: UUID) -> None:
        self.session = get_object_or_404(Session.objects.visible_to(self.reader).for_list(), pk=session_id)
        self.engagement = self.session.engagement
        require_own_plan(self.session, by=self.reader)

    def act(self, form: PlanSessionForm) -> Session:
        session = services.change_session(
            session_id=self.session.pk,
            plan=form.plan,
            version=form.cleaned_data["version"],
            by=self.reader,
            now=timezone.now(),
        )
        messages.success(self.request, _("The session is changed; those invited get the update by mail."))
        return session


class SessionDetail(CasePage, View):
    """One session: what is planned or was done, for whoever reads the engagement."""

    session: Session

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            seen = Session.objects.visible_to(self.reader).for_list()
            self.session = get_object_or_404(seen, pk=kwargs["session_id"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        return self.show(self.form() if self.may(Action.HOLD_SESSION) else None)

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        """Log it as held, or as one to which nobody came."""
        authorize(TABLE[Action.HOLD_SESSION], self.session, by=self.reader, part=self.session.engagement)
        form = self.form(request.POST)
        missed = request.POST.get("deed") == "missed"
        if not missed and not form.is_valid():
            return self.show(form, status=400)
        try:
            self.log(form, missed=missed)
        except InvalidInput as error:
            form.full_clean()
            show_errors(form, error)
            return self.show(form, status=400)
        messages.success(request, _("The session is logged."))
        return HttpResponseRedirect(request.path)

    def log(self, form: HeldSessionForm, *, missed: bool) -> None:
        place: dict[str, Any] = {"session_id": self.session.pk, "by": self.reader, "now": timezone.now()}
        if missed:
            services.miss_session(**place)
        else:
            services.hold_session(record=form.record, **place)

    def form(self, data: Any = None) -> HeldSessionForm:
        start = self.session.local_start
        today = calendar_of(self.session.engagement.partner).local_day(timezone.now())
        held_on = min(start.date(), today) if start else today
        return HeldSessionForm(data, session=self.session, today=held_on, auto_id="id_log_%s")

    @cached_property
    def runs(self) -> bool:
        case = self.session.engagement.case
        return case.closed_at is None and case.open_hold is None

    def may(self, action: Action) -> bool:
        row = TABLE[action]
        return self.runs and is_possible(row, self.session, by=self.reader, part=self.session.engagement)

    def show(self, form: HeldSessionForm | None, *, status: int = 200) -> HttpResponse:
        session = self.session
        logs = form is not None and is_possible(TABLE[Action.LOG_SESSION], session.engagement, by=self.reader)
        coaches = self.reader.has_perm(Permission.COACH_ENGAGEMENT, session.engagement)
        context = {
            "session": session,
            "engagement": session.engagement,
            "tone": TONES[SessionStatus(session.status)],
            "invited": session.invitees.filter(taken_off_at__isnull=True).select_related("person"),
            "log_form": form if logs else None,
            "begun": session.starts_at is not None and session.starts_at <= timezone.now(),
            "mails": session.mails.select_related("sent_by").prefetch_related("recipients__person"),
            "mail_kind": kind_for(session) if self.runs and coaches else None,
            "call_off_form": CallOffForm() if self.may(Action.CALL_OFF_SESSION) else None,
        }
        return render(self.request, "workflows/coaching/session.html", context, status=status)


class SessionCallOff(SessionDetail):
    """Call a planned session off; the form stands on its page."""

    def get(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(self.session.get_absolute_url())

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        form = CallOffForm(request.POST)
        if not form.is_valid():
            raise InvalidInput(errors={name: list(map(str, texts)) for name, texts in form.errors.items()})
        services.call_off_session(
            session_id=session_id, reason=form.cleaned_data["reason"], by=self.reader, now=timezone.now()
        )
        messages.success(request, _("The session is called off; those invited are told by mail."))
        return HttpResponseRedirect(reverse("workflows:engagement-detail", args=[self.session.engagement_id]))

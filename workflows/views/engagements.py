"""The engagement's own page, the list of engagements, and the case file's tab about coaching."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import calendar_of
from cases.enums import WorkKind
from cases.models import WorkItem
from cases.services.case import require
from coaching.assigning import suggest_coaches
from coaching.enums import RUNNING, EngagementStatus
from coaching.faring import health_of
from coaching.models import ActionItem, Engagement, Feedback, Session
from coaching.selectors import engagements_for
from coaching.services import write_note
from coaching.transitions import TABLE, Action
from core.errors import InvalidInput
from core.transitions import authorize, is_possible
from people.models import User
from people.permissions import Permission
from people.roles import PARTNER_ROLES
from workflows import services
from workflows.forms.assigning import CoachForm
from workflows.forms.coaching import EngagementFilter
from workflows.forms.notes import NoteForm
from workflows.forms.sessions import SessionForm
from workflows.selectors import open_work_for
from workflows.services.appointing import may_change_coach
from workflows.views.actions import may_set_actions
from workflows.views.base import CasePage, show_errors
from workflows.views.casefile import CaseTab
from workflows.views.documents import documents_of
from workflows.views.measures import measures_of
from workflows.views.mycities import knows_health
from workflows.views.notes import notes_of
from workflows.views.passing import passing_of
from workflows.views.sessions import sessions_of
from workflows.whereabouts import work_of_the_absent

PAGE_SIZE = 50
UNANSWERED = (EngagementStatus.OFFERED, EngagementStatus.DECLINED)
OF_THE_ENGAGEMENT = (WorkKind.STEP, WorkKind.FEEDBACK)


class EngagementDetail(CasePage, View):
    """One partner coaching one city: its status for all who see the case, the rest for those it concerns."""

    engagement: Engagement

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        self.engagement = self._find(engagement_id)
        return self._page(self._form() if self._may_log() else None)

    def post(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        """Log a session, name another coach, or keep a note."""
        self.engagement = self._find(engagement_id)
        if request.POST.get("deed") == "coach":
            return self._name_coach()
        if request.POST.get("deed") == "note":
            return self._write_note()
        authorize(TABLE[Action.LOG_SESSION], self.engagement, by=self.reader)
        form = self._form(request.POST)
        if form.is_valid() and self._logged(form):
            messages.success(request, _("The session is logged."))
            return HttpResponseRedirect(reverse("workflows:engagement-detail", args=[engagement_id]))
        return self._page(form, status=400)

    def _name_coach(self) -> HttpResponse:
        require(self.reader, Permission.ASSIGN_COACH, self.engagement)
        form = self._coach_form(self.request.POST)
        if form.is_valid():
            try:
                services.name_coach(
                    engagement_id=self.engagement.pk, coach=form.coach, by=self.reader, now=timezone.now()
                )
            except InvalidInput as error:
                show_errors(form, error)
            else:
                elsewhere = work_of_the_absent([self.engagement.pk], now=timezone.now())
                messages.success(
                    self.request, " ".join([_("The coach is named and has been told."), *elsewhere])
                )
                return HttpResponseRedirect(self.request.path)
        return self._page(self._form() if self._may_log() else None, coach_form=form, status=400)

    def _write_note(self) -> HttpResponse:
        require(self.reader, Permission.WRITE_NOTES, self.engagement)
        form = NoteForm(self.request.POST, engagement=self.engagement)
        if form.is_valid():
            write_note(
                engagement_id=self.engagement.pk, by=self.reader, now=timezone.now(), **form.cleaned_data
            )
            messages.success(self.request, _("The note is kept."))
            return HttpResponseRedirect(self.request.path)
        return self._page(self._form() if self._may_log() else None, note_form=form, status=400)

    def _note_form(self) -> NoteForm | None:
        running = self.engagement.case.closed_at is None
        writes = running and self.reader.has_perm(Permission.WRITE_NOTES, self.engagement)
        return NoteForm(engagement=self.engagement) if writes else None

    def _coach_form(self, data: Any = None) -> CoachForm:
        (suggestion,) = suggest_coaches(self.engagement.partner, [self.engagement], now=timezone.now())
        return CoachForm(data, suggestion=suggestion, auto_id="id_coach_%s")

    def _offers_coach_form(self) -> bool:
        named_by = self.reader.has_perm(Permission.ASSIGN_COACH, self.engagement)
        return named_by and self.engagement.case.closed_at is None and may_change_coach(self.engagement)

    def _find(self, engagement_id: UUID) -> Engagement:
        return get_object_or_404(
            Engagement.objects.visible_to(self.reader).for_list().for_health(), pk=engagement_id
        )

    def _form(self, data: Any = None) -> SessionForm:
        today = calendar_of(self.engagement.partner).local_day(timezone.now())
        return SessionForm(data, today=today, engagement=self.engagement, auto_id="id_log_%s")

    def _may_log(self) -> bool:
        running = self.engagement.case.closed_at is None and self.engagement.case.open_hold is None
        return running and is_possible(TABLE[Action.LOG_SESSION], self.engagement, by=self.reader)

    def _logged(self, form: SessionForm) -> bool:
        try:
            services.log_session(
                engagement_id=self.engagement.pk, by=self.reader, now=timezone.now(), **form.cleaned_data
            )
        except InvalidInput as error:
            show_errors(form, error)
            return False
        return True

    def _page(
        self,
        form: SessionForm | None,
        coach_form: CoachForm | None = None,
        note_form: NoteForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        engagement, reader = self.engagement, self.reader
        reads = reader.has_perm(Permission.VIEW_COACHING, engagement)
        context: dict[str, Any] = {
            "engagement": engagement,
            "case": engagement.case,
            "now": timezone.now(),
            "reads": reads,
            "log_form": form,
            "coach_form": coach_form or (self._coach_form() if self._offers_coach_form() else None),
            "notes": notes_of(engagement, reader),
            "documents": documents_of(engagement, reader),
            "actions": ActionItem.objects.visible_to(reader).open().filter(engagement=engagement).for_list(),
            "sets_actions": may_set_actions(engagement, reader),
            "note_form": note_form or self._note_form(),
            "needs_coach": engagement.coach is None and may_change_coach(engagement),
            "mine": open_work_for(reader).filter(subject=engagement.pk, kind__in=OF_THE_ENGAGEMENT).first(),
        }
        context |= sessions_of(engagement, reader) | passing_of(engagement, reader)
        context |= _told_of_the_end(engagement, reader)
        if knows_health(reader, engagement) and engagement.status in RUNNING:
            context["health"] = health_of([engagement], now=timezone.now())[engagement.pk]
        if reads:
            context["believed_ready"] = engagement.ready.order_by("area__position", "position")
            context |= measures_of(engagement, reader)
        return render(self.request, "workflows/coaching/engagement.html", context, status=status)


def _told_of_the_end(engagement: Engagement, reader: User) -> dict[str, Any]:
    """Why it was declined is for program and partner lead; feedback is never for the partner."""
    of_the_case = reader.has_perm(Permission.VIEW_COACHING, engagement.case)
    hears_why = reader.has_perm(Permission.MEND_PLAN, engagement) or reader.has_perm(
        Permission.RESPOND, engagement
    )
    return {
        "names_criteria": of_the_case or engagement.status not in UNANSWERED,
        "decline_reason": engagement.decline_reason if hears_why else "",
        "mend_note": engagement.mend_note if of_the_case else "",
        "feedback": Feedback.objects.filter(engagement=engagement).first() if of_the_case else None,
    }


class EngagementList(CasePage, View):
    """The engagements whose coaching the person reads: a coach's own first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = EngagementFilter(request.GET)
        rows = form.narrow(engagements_for(self.reader), sort=request.GET.get("sort", ""))
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "form": form,
            "page": page,
            "rows": self._with_work(page.object_list),
            "own": self.reader.organizations_as(*PARTNER_ROLES),
            "now": timezone.now(),
        }
        return render(request, "workflows/coaching/engagement_list.html", context)

    def _with_work(self, shown: Any) -> list[tuple[Engagement, WorkItem | None]]:
        """Each engagement with the reader's own open step in it."""
        items = open_work_for(self.reader).filter(
            subject__in=[one.pk for one in shown], kind__in=OF_THE_ENGAGEMENT
        )
        of_engagement = {item.subject: item for item in items}
        return [(one, of_engagement.get(one.pk)) for one in shown]


class CaseCoaching(CaseTab):
    """The plans and engagements of a case; who does not coach it sees how far they are, no more."""

    tab = "coaching"
    template_name = "workflows/coaching/case.html"

    def more(self, now: datetime) -> dict[str, Any]:
        engagements = Engagement.objects.visible_to(self.reader).filter(case=self.case).for_list()
        readable = Engagement.objects.readable_by(self.reader).filter(case=self.case)
        plans = self.case.coaching_plans.select_related("assessment", "made_by")
        return {
            "plans": [(plan, [one for one in engagements if one.plan_id == plan.pk]) for plan in plans],
            "readable": set(readable.values_list("pk", flat=True)),
            "reads_plan": self.reader.has_perm(Permission.VIEW_COACHING, self.case),
            "sessions": self._sessions(now),
            "actions": self._actions(),
        }

    def _sessions(self, now: datetime) -> Any:
        """What comes next of all engagements that the person reads."""
        coming = Session.objects.visible_to(self.reader).upcoming(now).filter(engagement__case=self.case)
        return coming.select_related("engagement__partner")

    def _actions(self) -> Any:
        rows = ActionItem.objects.visible_to(self.reader).open().filter(engagement__case=self.case)
        return list(rows.for_list())

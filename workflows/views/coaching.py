"""The pages of coaching, step by step."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.deadlines import calendar_of
from cases.models import WorkItem
from coaching.assigning import suggest_coaches, waiting_for_a_coach
from coaching.models import ActionItem, Engagement
from core.errors import NotFound
from people.models import User
from standards.models import Criterion
from workflows import services
from workflows.forms.assigning import CoachForm
from workflows.forms.coaching import (
    CloseForm,
    DeclineForm,
    FeedbackForm,
    KickOffForm,
)
from workflows.forms.sessions import SessionForm
from workflows.measuring import shown_measures
from workflows.selectors import may_do
from workflows.views.base import EmptyForm, StepPage
from workflows.views.deeds import DeedsPage
from workflows.views.sessions import held_of
from workflows.whereabouts import work_of_the_absent


class EngagementStep(StepPage):
    """A step of one engagement; it ends at the engagement's own page."""

    @cached_property
    def engagement(self) -> Engagement:
        engagements = Engagement.objects.visible_to(self.reader).for_list()
        found = engagements.filter(pk=self.item.subject).first() if self.item.subject else None
        if found is None:
            raise NotFound
        return found

    @property
    def today(self) -> date:
        """The day where the partner is, for what its people log."""
        return calendar_of(self.engagement.partner).local_day(timezone.now())

    def get_success_url(self) -> str:
        return reverse("workflows:engagement-detail", args=[self.item.subject])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(engagement=self.engagement, **kwargs)


class EngagementResponse(EngagementStep, DeedsPage):
    template_name = "workflows/steps/respond.html"
    deeds = {"accept": EmptyForm, "decline": DeclineForm}

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        if self.deed == "accept":
            services.accept_engagement_and_route(work_item_id=self.item.pk, by=by, now=now)
        else:
            reason = form.cleaned_data["reason"]
            services.decline_engagement_and_route(work_item_id=self.item.pk, reason=reason, by=by, now=now)


class CoachAssignment(EngagementStep):
    template_name = "workflows/steps/assign_coach.html"
    form_class = CoachForm

    @property
    def done_message(self) -> Any:  # type: ignore[override]  # -- says where the kick-off is by now
        elsewhere = work_of_the_absent([self.engagement.pk], now=timezone.now())
        if elsewhere:
            return " ".join([gettext("The coach is assigned."), *elsewhere])
        return _("The coach is assigned and finds the kick-off on their desk.")

    def get_form_kwargs(self) -> dict[str, Any]:
        partner = self.engagement.partner
        (suggestion,) = suggest_coaches(partner, [self.engagement], now=timezone.now())
        return super().get_form_kwargs() | {"suggestion": suggestion}

    def act(self, form: CoachForm, *, by: User, now: datetime) -> None:
        services.assign_coach_and_route(work_item_id=self.item.pk, coach=form.coach, by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = waiting_for_a_coach(self.engagement.partner).count()
        return super().get_context_data(others=waiting - 1, **kwargs)


class CoachStep(EngagementStep):
    """A step that only the coach can do; while there is none, its page is where one is named."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        items = WorkItem.objects.visible_to(self.reader) if request.user.is_authenticated else None
        item = items.open().filter(pk=kwargs["item_id"], owner__isnull=True).first() if items else None
        if item is not None and may_do(self.reader, item):
            return HttpResponseRedirect(reverse("workflows:engagement-detail", args=[item.subject]))
        return super().dispatch(request, *args, **kwargs)


class KickOff(CoachStep):
    template_name = "workflows/steps/kick_off.html"
    form_class = KickOffForm
    done_message = _("The coaching has begun. Log each session on this page.")

    def get_initial(self) -> dict[str, Any]:
        return {"held_on": self.today}

    def act(self, form: KickOffForm, *, by: User, now: datetime) -> None:
        services.kick_off_and_route(
            work_item_id=self.item.pk, held_on=form.cleaned_data["held_on"], by=by, now=now
        )


class EngagementWork(CoachStep, DeedsPage):
    """Log sessions, as many as there are; finishing the work is what ends the step."""

    template_name = "workflows/steps/work.html"
    deeds = {"log": SessionForm, "finish": EmptyForm}

    def form_options(self, deed: str) -> dict[str, Any]:
        return {"today": self.today, "engagement": self.engagement} if deed == "log" else {}

    @property
    def done_message(self) -> Any:  # type: ignore[override]  # -- two deeds, two messages
        return (
            _("The session is logged.")
            if self.deed == "log"
            else _("The work is finished. Close the engagement next.")
        )

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        if self.deed == "finish":
            services.finish_work_and_route(work_item_id=self.item.pk, by=by, now=now)
        else:
            services.log_session(engagement_id=self.engagement.pk, by=by, now=now, **form.cleaned_data)

    def get_success_url(self) -> str:
        if self.item.closed_at is None and self.deed == "log":
            return self.item.get_absolute_url()
        return super().get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sessions=held_of(self.engagement), **kwargs)


class EngagementClosing(CoachStep):
    """The coach's last word: what was achieved, with the measures beside it, and what is believed ready."""

    template_name = "workflows/steps/close.html"
    form_class = CloseForm
    done_message = _("The engagement is closed. The city is asked for feedback.")

    def get_form_kwargs(self) -> dict[str, Any]:
        named = self.engagement.criteria.all()
        coached = Criterion.objects.filter(area__in=self.engagement.areas.all())
        criteria = named if named.exists() else coached
        return super().get_form_kwargs() | {"criteria": criteria.order_by("area__position", "position")}

    def act(self, form: CloseForm, *, by: User, now: datetime) -> None:
        services.close_engagement_and_route(
            work_item_id=self.item.pk,
            summary=form.cleaned_data["summary"],
            ready=list(form.cleaned_data["ready"]),
            by=by,
            now=now,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        open_items = ActionItem.objects.visible_to(self.reader).open().filter(engagement=self.engagement)
        return super().get_context_data(
            others=self.case.engagements.unsettled().exclude(pk=self.engagement.pk).count(),
            sessions=held_of(self.engagement),
            measured=shown_measures(self.engagement, self.reader),
            actions=list(open_items.for_list()),
            **kwargs,
        )


class FeedbackGiving(EngagementStep):
    template_name = "workflows/steps/feedback.html"
    form_class = FeedbackForm
    done_message = _("Thank you. The program reads your feedback; the partner never reads a single one.")

    def act(self, form: FeedbackForm, *, by: User, now: datetime) -> None:
        services.give_feedback_and_close(work_item_id=self.item.pk, by=by, now=now, **form.cleaned_data)

"""The frame of every step's page: find the work, check that it is this person's, act once, answer clearly."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView
from structlog.contextvars import bind_contextvars

from cases.enums import Party
from cases.errors import WorkItemClosed
from cases.models import Case, Extension, WorkItem
from cases.services import require_open
from cases.services.case import require
from certification.models import Assessment
from certification.selectors import current_assessment
from coaching.models import Engagement
from core.errors import EditConflict, InvalidInput, NotAllowed, Text, WrongState
from people.models import User
from people.permissions import Permission
from workflows.ledger import escalation_in_words
from workflows.selectors import may_do


class EmptyForm(forms.Form):
    """A step that needs no input but the button."""


def show_errors(form: forms.Form, error: InvalidInput) -> None:
    """Put what the domain refused at the fields it names, the rest at the top."""
    if not error.errors:
        form.add_error(None, str(error.detail))
    for field, texts in error.errors.items():
        target = field if field in form.fields else None
        for text in texts:
            form.add_error(target, str(text) if target else f"{field}: {text}")


class SignedInPage(LoginRequiredMixin):
    """A page for people with an account."""

    request: HttpRequest

    @property
    def reader(self) -> User:
        user = self.request.user
        if not isinstance(user, User):
            raise Http404
        return user


class CasePage(SignedInPage):
    """A page of one case that the person sees; anything else does not exist for them."""

    case: Case

    def find_case(self, case_id: UUID) -> Case:
        case = get_object_or_404(Case.objects.visible_to(self.reader).for_detail(), pk=case_id)
        bind_contextvars(case_id=str(case.pk))
        return case


class RoundPage:
    """A page about the newest round of its case; without a round there is no such page."""

    case: Case

    @cached_property
    def assessment(self) -> Assessment:
        assessment = current_assessment(self.case)
        if assessment is None:
            raise Http404
        assessment.case = self.case
        return assessment


class WorkPage(SignedInPage, FormView[Any]):
    """The page of one piece of work. Subclasses give the form, the template and what `act` calls."""

    form_class: type[forms.Form] = EmptyForm
    done_message: ClassVar[Text] = ""
    item: WorkItem

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        items = WorkItem.objects.visible_to(self.reader).for_list().select_related("closed_by")
        self.item = get_object_or_404(items, pk=kwargs["item_id"])
        self.find_subject()
        try:
            require_open(self.item)
        except WorkItemClosed as error:
            return self.done_already(error)
        if not may_do(self.reader, self.item):
            raise NotAllowed(_("This step is owed by someone else. The case shows who has the ball."))
        return super().dispatch(request, *args, **kwargs)

    def find_subject(self) -> None:
        """What the work is about, before anybody is told more of it."""

    def done_already(self, error: WorkItemClosed) -> HttpResponse:
        """A second click of the same person is no mistake worth an error page; somebody else's attempt is."""
        if self.request.method == "POST" and error.closed_by_id != self.reader.pk:
            raise error
        messages.info(self.request, str(error.detail))
        return HttpResponseRedirect(self.get_success_url())

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form, by=self.reader, now=timezone.now())
        except WorkItemClosed as error:
            return self.done_already(error)
        except InvalidInput as error:
            show_errors(form, error)
            return self.form_invalid(form)
        except EditConflict as error:
            return self.conflict(form, error)
        except WrongState as error:
            # On the page itself, so that what was typed is still there when the way is free again.
            return self.refused(form, error)
        if self.done_message:
            messages.success(self.request, str(self.done_message))
        return HttpResponseRedirect(self.get_success_url())

    def refused(self, form: forms.Form, error: WrongState) -> HttpResponse:
        form.add_error(None, f"{error.title}: {error.detail}")
        return self.form_invalid(form, status=error.status)

    def conflict(self, form: Any, error: EditConflict) -> HttpResponse:
        """Somebody else's text stands where this one was written; pages that know both show both."""
        return self.refused(form, error)

    def form_invalid(self, form: forms.Form, status: int = 400) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = status
        return response

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        """The one domain call of the step."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return reverse("workflows:desk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = self.item.case is not None and self.item.case.open_hold is not None
        ahead = "" if held else escalation_in_words([self.item]).get(self.item.pk, "")
        time = more_time(self.item, self.reader, owes=True)
        return super().get_context_data(item=self.item, ahead=ahead, now=timezone.now(), **time, **kwargs)


def more_time(item: WorkItem, reader: User, *, owes: bool) -> dict[str, Any]:
    """What was asked for and has no answer yet, and whether the reader, if they owe it, may ask for more."""
    asked = (
        Extension.objects.visible_to(reader).open().filter(item=item).select_related("requested_by").first()
    )
    running = item.case is not None and item.case.open_hold is None and item.case.closed_at is None
    may_ask = running and item.party != Party.COMMITTEE and owes
    return {"time_asked": asked, "may_ask_for_time": may_ask and asked is None}


class StepPage(WorkPage, CasePage):
    """The page of one step of a case."""

    def find_subject(self) -> None:
        if self.item.case is None:
            raise Http404
        self.case = self.item.case
        bind_contextvars(case_id=str(self.case.pk))

    def get_success_url(self) -> str:
        return reverse("workflows:case-detail", args=[self.case.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(case=self.case, **kwargs)


class EngagementPage(CasePage, View):
    """A page about an engagement whose coaching the person reads; any other does not exist for them."""

    engagement: Engagement

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            found = Engagement.objects.readable_by(self.reader).for_list()
            self.engagement = get_object_or_404(found, pk=kwargs["engagement_id"])
            self.require_permission()
        return super().dispatch(request, *args, **kwargs)

    def require_permission(self) -> None:
        """What it takes beyond reading; nothing unless a page says so."""


class EngagementForm(EngagementPage):
    """A page with one form about an engagement."""

    permission: ClassVar[Permission]

    title: ClassVar[Text]
    # What follows from it, beside the button.
    note: ClassVar[Text] = ""
    done: ClassVar[Text]

    def require_permission(self) -> None:
        require(self.reader, self.permission, self.engagement)

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            address = self.act(form)
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=400)
        except WrongState as error:
            form.add_error(None, f"{error.title}: {error.detail}")
            return self.show(form, status=error.status)
        messages.success(request, str(self.done))
        return HttpResponseRedirect(address)

    def form(self, data: Any = None) -> forms.Form:
        raise NotImplementedError

    def act(self, form: Any) -> str:
        """The one domain call; returns where to go on."""
        raise NotImplementedError

    @property
    def page_of_the_engagement(self) -> str:
        return reverse("workflows:engagement-detail", args=[self.engagement.pk])

    def show(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": str(self.title),
            "note": str(self.note),
            "engagement": self.engagement,
            "back_url": self.page_of_the_engagement,
        }
        return render(self.request, "workflows/coaching/engagement_form.html", context, status=status)

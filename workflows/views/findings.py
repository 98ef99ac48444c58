"""Saving one finding: as a plain form, and by itself while an assessor writes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.errors import WorkItemClosed
from certification.enums import Outcome
from certification.grounds import stands
from certification.models import Finding, Response
from certification.worksheet import Row
from core.errors import DomainError, EditConflict, InvalidInput, Text
from workflows import services
from workflows.forms.review import FindingForm, TypedFindingForm
from workflows.views.base import show_errors
from workflows.views.review import ReviewStep

UNSAVED = "unsaved_finding"


# Not for strangers: `dispatch` turns them away itself, after keeping what they had typed.
@method_decorator(login_not_required, name="dispatch")
class FindingSave(ReviewStep):
    """Keep one finding, and go on to the next criterion without one; nothing typed is lost."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.signed_out(request, str(kwargs["response_id"]))
        return super().dispatch(request, *args, **kwargs)

    def signed_out(self, request: HttpRequest, response_id: str) -> HttpResponse:
        """Keep what was typed until the person has signed in again."""
        if _is_autosave(request):
            return _said(request, _("You are signed out. Sign in in another tab, then go on here."), 401)
        typed = TypedFindingForm(request.POST)
        if request.method == "POST" and typed.is_valid():
            request.session[UNSAVED] = {"response": response_id, "typed": typed.cleaned_data}
        return redirect_to_login(request.path)

    def done_already(self, error: WorkItemClosed) -> HttpResponse:
        if _is_autosave(self.request):
            return _said(self.request, error.detail, error.status)
        return super().done_already(error)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Back from signing in: what was typed before, to be looked at and saved."""
        kept = request.session.get(UNSAVED, {})
        if kept.get("response") != str(self.response.pk) or self.row is None:
            return HttpResponseRedirect(self.address(self.code))
        return self.show(FindingForm(kept["typed"]), status=200, recovered=True)

    @cached_property
    def response(self) -> Response:
        under_review = Response.objects.visible_to(self.reader).filter(assessment=self.assessment)
        return get_object_or_404(under_review.select_related("criterion"), pk=self.kwargs["response_id"])

    @property
    def code(self) -> str:
        return self.response.criterion.code

    @property
    def row(self) -> Row | None:
        return self.sheet.find(self.code)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _is_autosave(request):
            return self.autosave(TypedFindingForm(request.POST))
        form = FindingForm(request.POST)
        try:
            if form.is_valid():
                self.keep(form)
        except EditConflict as error:
            return self.differs(error)
        except InvalidInput as error:
            show_errors(form, error)
        if form.errors:
            return self.show(form, status=400)
        request.session.pop(UNSAVED, None)
        messages.success(request, f"{self.code}: {Outcome(form.cleaned_data['outcome']).label}.")
        return HttpResponseRedirect(self.next_address())

    def autosave(self, form: TypedFindingForm) -> HttpResponse:
        """Words are kept before there is a finding, and a finding before there are words."""
        if not form.is_valid():
            return _said(self.request, _("Not saved: the comment is too long."), 400)
        try:
            saved = self.keep(form, draft=True)
        except EditConflict:
            text = _("You saved this criterion in another window. Press Save to compare both texts.")
            return _said(self.request, text, 409)
        except DomainError as error:
            return _said(self.request, error.detail, error.status)
        told = {"finding": saved, "counts": stands(saved, self.response)}
        return render(self.request, "workflows/review/saved.html", told)

    def keep(self, form: TypedFindingForm, *, draft: bool = False) -> Finding:
        return services.keep_finding(
            review_id=self.review.pk,
            response_id=self.response.pk,
            by=self.reader,
            now=timezone.now(),
            draft=draft,
            **form.entered(),
        )

    def show(self, form: FindingForm, *, status: int, **more: Any) -> HttpResponse:
        context = self.get_context_data(form=form) | {"finding_form": form} | more
        return self.render_to_response(context, status=status)

    def differs(self, error: EditConflict) -> HttpResponse:
        """Both of one's own texts side by side; one of them is to stand."""
        typed = self.request.POST.copy()
        typed["version"] = str(error.stored.version)
        context = {
            "case": self.case,
            "item": self.item,
            "response": self.response,
            "stored": error.stored,
            "form": FindingForm(typed),
            "title": error.title,
        }
        return render(self.request, "workflows/review/conflict.html", context, status=409)

    def next_address(self) -> str:
        row = self.row
        following = self.sheet.next_waiting(row) if row else None
        if self.request.POST.get("action") == "stay":
            return self.address(self.code)
        return self.address(following.code) if following else self.item.get_absolute_url()

    def address(self, code: str) -> str:
        return f"{self.item.get_absolute_url()}?criterion={code}"


def _is_autosave(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _said(request: HttpRequest, text: Text, status: int) -> HttpResponse:
    return render(request, "workflows/assessment/unsaved.html", {"text": text}, status=status)

"""Where the program takes over the cases that were running before Milepost."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.errors import InvalidInput, NotAllowed
from people.permissions import Permission
from workflows import services
from workflows.forms.takeover import RunningCasesForm
from workflows.running_cases import COLUMNS, ENTRIES
from workflows.services.takeover import TakeoverReport
from workflows.views.base import SignedInPage, show_errors


class CaseImport(SignedInPage, View):
    """First a rehearsal that says line by line what would happen, then the import of the same lines."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        organizations = [held.organization for held in self.reader.active_affiliations]
        if not any(self.reader.has_perm(Permission.TAKE_OVER_CASES, one) for one in organizations):
            raise NotAllowed(_("Running cases are taken over by the program office."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(RunningCasesForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RunningCasesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=400)
        source = form.cleaned_data["source"]
        try:
            report = services.import_cases(
                source=source,
                by=self.reader,
                now=timezone.now(),
                rehearse=request.POST.get("deed") != "import",
                invite=form.cleaned_data["invite"],
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=400)
        text = source.decode(errors="replace").removeprefix("\ufeff")
        left = text if report.rehearsed else _only_refused(text, report)
        again = RunningCasesForm(initial={"text": left, "invite": form.cleaned_data["invite"]})
        return self.show(again, report=report, text=text)

    def show(self, form: RunningCasesForm, status: int = 200, **more: Any) -> HttpResponse:
        context = {"form": form, "columns": COLUMNS, "entries": ENTRIES} | more
        return render(self.request, "workflows/takeover.html", context, status=status)


def _only_refused(text: str, report: TakeoverReport) -> str:
    """The column names and the lines that are left to correct."""
    lines = text.splitlines()
    numbers = [refusal.line for refusal in report.refused]
    return "\n".join([lines[0], *(lines[number - 1] for number in numbers)]) if numbers else ""

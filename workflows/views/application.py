from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.eligibility import RuleResult, eligibility, unmet
from cases.enums import DeclineReason
from cases.errors import WorkItemClosed
from cases.models import Application
from core.errors import DomainError, EditConflict, InvalidInput
from people.models import User
from workflows import services
from workflows.forms.application import AcceptForm, ApplicationForm, ChangesForm, DeclineForm
from workflows.selectors import signature_told
from workflows.views.base import StepPage
from workflows.views.deeds import DeedsPage


class ApplicationSubmit(StepPage):
    """The city's application: kept as often as they like, submitted once."""

    template_name = "workflows/steps/apply.html"
    form_class = ApplicationForm

    @property
    def application(self) -> Application:
        return self.case.application

    @property
    def is_submitting(self) -> bool:
        return self.request.POST.get("action") == "submit"

    def get_initial(self) -> dict[str, Any]:
        return ApplicationForm.stored(self.application)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        form.is_valid()
        self.keep_paper(form)
        return self.form_invalid(form) if form.errors else self.form_valid(form)

    def keep_paper(self, form: forms.Form) -> None:
        """Before anything else: a browser does not send a file again when another field was wrong."""
        upload = form.cleaned_data.get("paper")
        if not upload:
            return
        try:
            services.keep_paper(work_item_id=self.item.pk, upload=upload, by=self.reader, now=timezone.now())
        except InvalidInput as error:
            for text in error.errors.get("file", [error.detail]):
                form.add_error("paper", str(text))
        self.case.application.refresh_from_db()

    def form_invalid(self, form: forms.Form, status: int = 400) -> HttpResponse:
        self.keep_valid(form)
        return super().form_invalid(form, status)

    def keep_valid(self, form: Any) -> None:
        """What is right is a draft already, like the paper; of what is wrong, the stored value stays."""
        if "version" not in form.cleaned_data:
            return
        values = ApplicationForm.stored(self.application) | form.entered()
        try:
            case = services.save_application_draft(
                work_item_id=self.item.pk, by=self.reader, now=timezone.now(), **values
            )
        except DomainError:
            return
        self.see_version(form, case.application.version)
        self.application.refresh_from_db()

    def see_version(self, form: Any, version: int) -> None:
        """A page that comes back refused must not meet its own version at its next save."""
        form.data = form.data.copy()
        form.data["version"] = str(version)

    def done_already(self, error: WorkItemClosed) -> HttpResponse:
        """Only a second click on Submit is told mildly: who saves here has typed what nobody will read."""
        if self.request.method == "POST" and not self.is_submitting:
            raise error
        return super().done_already(error)

    def conflict(self, form: Any, error: EditConflict) -> HttpResponse:
        """What is saved now beside what was typed; saving once more keeps the latter."""
        typed = form.data.copy()
        typed["version"] = str(error.stored.version)
        again = ApplicationForm(typed)
        again.add_error(None, f"{error.title}: {error.detail}")
        context = self.get_context_data(form=again, theirs=error.stored)
        return self.render_to_response(context, status=error.status)

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        if self.request.POST.get("action") == "ask":
            services.ask_for_signature(work_item_id=self.item.pk, by=by, now=now, **form.entered())
            messages.success(self.request, _("The mail with the link is on its way to the sponsor."))
            return
        case = services.save_application_draft(work_item_id=self.item.pk, by=by, now=now, **form.entered())
        self.see_version(form, case.application.version)
        if self.is_submitting:
            services.submit_application_and_route(work_item_id=self.item.pk, by=by, now=now)
            messages.success(self.request, _("The application is with the program office."))
            return
        clock = date_format(timezone.localtime(now), "H:i")
        messages.success(self.request, _("Saved %(time)s.") % {"time": clock})

    def get_success_url(self) -> str:
        return super().get_success_url() if self.is_submitting else self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = eligibility(self.application)
        told = signature_told(self.application, user=self.reader, now=timezone.now())
        return super().get_context_data(
            application=self.application, rules=rules, unmet=unmet(rules), **told, **kwargs
        )


class ApplicationConfirm(DeedsPage, StepPage):
    """Accept, ask for changes, or decline."""

    template_name = "workflows/steps/confirm.html"
    deeds: ClassVar[dict[str, type[forms.Form]]] = {
        "accept": AcceptForm,
        "changes": ChangesForm,
        "decline": DeclineForm,
    }

    @cached_property
    def unmet(self) -> list[RuleResult]:
        return unmet(eligibility(self.case.application))

    def form_options(self, deed: str) -> dict[str, Any]:
        return {"unmet": self.unmet} if deed == "decline" else {}

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        values = form.cleaned_data | {"work_item_id": self.item.pk, "by": by, "now": now}
        if self.deed == "accept":
            services.accept_application_and_route(**values)
            messages.success(self.request, _("The city is in; its self-assessment is open."))
        elif self.deed == "changes":
            services.request_changes_and_route(**values)
            messages.success(self.request, _("The application is back with the city."))
        else:
            values["rule"] = DeclineReason(values["rule"])
            services.decline_application_and_route(**values)
            messages.success(self.request, _("The application is declined and the case has ended."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.case.application
        told = signature_told(application, user=self.reader, now=timezone.now())
        return super().get_context_data(
            application=application, rules=eligibility(application), unmet=self.unmet, **told, **kwargs
        )

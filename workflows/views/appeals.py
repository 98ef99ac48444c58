"""Appeals: what a city can contest and has contested, filing one, and the program's answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView

from cases.deadlines import calendar_of
from certification.appealing import closes_at, open_to_appeal, round_to_appeal
from certification.models import Appeal, Assessment, Response
from certification.records import record_on
from certification.selectors import last_released
from certification.transitions import TABLE, Action
from core.errors import InvalidInput, WrongState
from core.transitions import is_possible
from people.models import User
from people.permissions import Permission
from workflows import services
from workflows.forms.appeals import AnswerAppealForm, AppealForm
from workflows.views.base import CasePage, StepPage, show_errors


class AppealPage(CasePage):
    """What a page about the appeals of a case shows; there is none before a report is released."""

    @cached_property
    def contested(self) -> Assessment | None:
        """The round of which findings can be appealed now."""
        assessment = round_to_appeal(self.case)
        return assessment if assessment and self.closes_at and timezone.now() <= self.closes_at else None

    @cached_property
    def closes_at(self) -> datetime | None:
        assessment = round_to_appeal(self.case)
        return closes_at(assessment, now=timezone.now()) if assessment else None

    def find_released(self, case_id: UUID) -> None:
        self.case = self.find_case(case_id)
        released = last_released(self.case)
        if released is None or not self.reader.has_perm(Permission.VIEW_APPEALS, released):
            raise Http404

    @property
    def may_file(self) -> bool:
        if self.contested is None or self.case.closed_at is not None:
            return False
        return is_possible(TABLE[Action.FILE_APPEAL], self.contested, by=self.reader)

    def common(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "now": timezone.now(),
            "closes_at": self.closes_at if self.contested else None,
            "calendar": calendar_of(self.case.city.organization),
            "may_file": self.may_file,
        }


class AppealList(AppealPage, View):
    """What was appealed with the answers, and what still can be."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.find_released(case_id)
        appeals = Appeal.objects.visible_to(self.reader).of_case(self.case).for_list()
        context = self.common() | {
            "appeals": list(appeals),
            "contestable": list(open_to_appeal(self.contested)) if self.contested else [],
        }
        return render(request, "workflows/appeals/list.html", context)


class AppealFile(AppealPage, FormView[Any]):
    """Contest the finding on one criterion."""

    form_class = AppealForm
    template_name = "workflows/appeals/file.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        answers = Response.objects.visible_to(self.reader).filter(settlement__isnull=False)
        related = "assessment", "criterion__area", "settlement"
        self.response = get_object_or_404(answers.select_related(*related), pk=kwargs["response_id"])
        self.find_released(self.response.assessment.case_id)
        if request.method == "GET" and not self.can_be_filed:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    @property
    def can_be_filed(self) -> bool:
        if not self.may_file or self.contested is None:
            return False
        return open_to_appeal(self.contested).filter(pk=self.response.pk).exists()

    def form_valid(self, form: AppealForm) -> HttpResponse:
        try:
            services.file_appeal(
                response_id=self.response.pk, by=self.reader, now=timezone.now(), **form.entered()
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.form_invalid(form)
        except WrongState as error:
            form.add_error(None, f"{error.title}: {error.detail}")
            return self.form_invalid(form, status=error.status)
        messages.success(self.request, _("Your appeal is with the program, which answers with a reason."))
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any, status: int = 400) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = status
        return answer

    def get_success_url(self) -> str:
        return reverse("workflows:appeals", args=[self.case.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = record_on(self.response.criterion, self.case, user=self.reader)
        return super().get_context_data(response=self.response, record=record, **self.common(), **kwargs)


class AppealAnswer(StepPage):
    """The program upholds the finding or grants the appeal; not who assessed, nor who has a conflict."""

    template_name = "workflows/steps/appeal.html"
    form_class = AnswerAppealForm
    done_message = _("The appeal is answered, and the city has been told.")

    @cached_property
    def appeal(self) -> Appeal:
        return get_object_or_404(Appeal.objects.visible_to(self.reader).for_list(), pk=self.item.subject)

    def act(self, form: AnswerAppealForm, *, by: User, now: datetime) -> None:
        services.answer_appeal(work_item_id=self.item.pk, by=by, now=now, **form.entered())

    def get_success_url(self) -> str:
        return reverse("workflows:appeals", args=[self.case.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        appeal = self.appeal
        response = appeal.response
        return super().get_context_data(
            appeal=appeal,
            response=response,
            record=record_on(response.criterion, self.case, user=self.reader),
            may_answer=self.reader.has_perm(Permission.ANSWER_APPEAL, appeal),
            **kwargs,
        )

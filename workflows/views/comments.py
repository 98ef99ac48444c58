"""Writing a comment on a criterion, and sharing the draft that comments are about."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from certification.enums import Audience
from certification.models import Assessment
from certification.services import share_draft, withhold_draft, write_comment
from core.errors import InvalidInput
from workflows.forms.comments import CommentForm
from workflows.views.assessment import SheetPage
from workflows.views.base import CasePage, show_errors
from workflows.views.threads import threads_on


class CommentWrite(SheetPage):
    def get(self, request: HttpRequest, response_id: UUID) -> HttpResponse:
        self.answer = self.find_answer(response_id)
        return HttpResponseRedirect(self.address())

    def post(self, request: HttpRequest, response_id: UUID) -> HttpResponse:
        self.answer = self.find_answer(response_id)
        asked = request.POST.get("audience", "")
        audience = Audience(asked) if asked in Audience.values else Audience.CITY
        form = CommentForm(request.POST, audience=audience)
        if not form.is_valid():
            return self.again(form, audience)
        written = {"text": form.cleaned_data["text"], "key": form.cleaned_data["key"]}
        try:
            write_comment(
                response_id=response_id, audience=audience, by=self.reader, now=timezone.now(), **written
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.again(form, audience)
        messages.success(request, _("The comment is there. Read by: %(who)s.") % {"who": audience.label})
        return HttpResponseRedirect(self.address())

    def again(self, form: CommentForm, audience: Audience) -> HttpResponse:
        row = self.find_row(self.answer.criterion.code)
        threads = threads_on(row.response, reader=self.reader, tried={audience: form})
        return self.show(row, status=400, threads=threads)

    def address(self) -> str:
        base = reverse("workflows:assessment", args=[self.case.pk])
        return f"{base}?{self.query}criterion={self.answer.criterion.code}#comments"


class DraftShare(CasePage, View):
    """The city's lead lets the program read the draft, or ends that."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:assessment", args=[kwargs["case_id"]]))

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_case(case_id)
        newest = Assessment.objects.visible_to(self.reader).filter(case=self.case).order_by("-round").first()
        key = newest.pk if newest else case_id
        if request.POST.get("deed") == "stop":
            withhold_draft(assessment_id=key, by=self.reader, now=timezone.now())
            messages.success(request, _("The draft is yours alone again."))
        else:
            share_draft(assessment_id=key, by=self.reader, now=timezone.now())
            messages.success(request, _("The program office can read the draft now, without your ratings."))
        return HttpResponseRedirect(reverse("workflows:assessment", args=[case_id]))

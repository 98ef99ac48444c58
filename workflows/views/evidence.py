"""One piece of evidence: what it is, which criteria it serves, its versions; and a newer one."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from certification.models import Evidence, Response
from certification.querysets import WITH_THE_CITY
from certification.services import attach_evidence, replace_evidence
from core.errors import InvalidInput
from people.permissions import Permission
from workflows.forms.evidence import AttachForm, PieceForm
from workflows.views.base import CasePage, show_errors


class EvidenceDetail(CasePage, View):
    piece: Evidence

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        pieces = Evidence.objects.visible_to(self.reader).select_related("file", "story", "added_by")
        self.piece = get_object_or_404(pieces, pk=kwargs["evidence_id"])
        self.case = self.find_case(self.piece.case_id)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, evidence_id: UUID) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, evidence_id: UUID) -> HttpResponse:
        if request.POST.get("deed") == "attach":
            return self.attach()
        form = PieceForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                newer = replace_evidence(
                    evidence_id=self.piece.pk, by=self.reader, now=timezone.now(), **form.piece()
                )
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("This is the version that counts now. The earlier one is kept."))
                return HttpResponseRedirect(reverse("workflows:evidence", args=[newer.pk]))
        return self.show(status=400, form=form)

    def attach(self) -> HttpResponse:
        form = AttachForm(self.request.POST, criteria=self.further)
        if not form.is_valid():
            return self.show(status=400, attach_form=form)
        chosen = UUID(form.cleaned_data["response"])
        attach_evidence(response_id=chosen, evidence_id=self.piece.pk, by=self.reader, now=timezone.now())
        messages.success(self.request, _("It serves one more criterion now."))
        return HttpResponseRedirect(self.request.path)

    @cached_property
    def served(self) -> list[Response]:
        """The answers that rest on it, as far as the reader may read them."""
        return list(self._answers().filter(evidence=self.piece))

    @cached_property
    def further(self) -> list[tuple[str, str]]:
        """The criteria that it could serve, too: open ones that the reader may write."""
        if not self.is_newest:
            return []
        open_ones = self._answers().filter(assessment__case=self.case, status__in=WITH_THE_CITY)
        rest = [one for one in open_ones.select_related("delegation") if one not in self.served]
        return [
            (str(one.pk), f"{one.criterion.code} {one.criterion.statement}")
            for one in rest
            if self._may_write(one)
        ]

    def _answers(self) -> Any:
        found = Response.objects.visible_to(self.reader).select_related("criterion", "assessment")
        return found.order_by("-assessment__round", "criterion__position")

    def _may_write(self, response: Response) -> bool:
        response.assessment.case = self.case
        open_now = response.status in WITH_THE_CITY and self.case.closed_at is None
        return open_now and self.reader.has_perm(Permission.EDIT_ANSWERS, response)

    @cached_property
    def versions(self) -> list[Evidence]:
        """Every version that the reader may see, the newest first."""
        chain = Evidence.objects.visible_to(self.reader).filter(chain=self.piece.chain)
        return list(chain.select_related("file", "added_by").order_by("-version"))

    @property
    def is_newest(self) -> bool:
        return self.versions[0] == self.piece

    def show(self, *, status: int = 200, **forms: Any) -> HttpResponse:
        context: dict[str, Any] = {
            "case": self.case,
            "piece": self.piece,
            "served": self.served,
            "rested": list(self._answers().filter(former_evidence=self.piece)),
            "versions": self.versions,
            "is_newest": self.is_newest,
        }
        if self.piece.story is not None:
            self.piece.story.case = self.case
            context["may_change_story"] = self.case.closed_at is None and self.reader.has_perm(
                Permission.WRITE_STORIES, self.piece.story
            )
        elif self.is_newest and any(self._may_write(one) for one in self.served):
            context["form"] = PieceForm(initial={"title": self.piece.title})
        if self.further:
            context["attach_form"] = AttachForm(criteria=self.further)
        return render(self.request, "workflows/evidence/detail.html", context | forms, status=status)

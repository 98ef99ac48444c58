"""Who of a city answers what: the lead's overview, taking back, and the contributor's own piece of work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from cases.enums import WorkKind
from cases.models import WorkItem
from cases.rules import belongs_to_this_city
from certification.models import Delegation
from certification.selectors import responses_for
from certification.transitions import TABLE, Action
from certification.worksheet import Row, Worksheet, worksheet_of
from core.errors import InvalidInput, NotAllowed
from core.transitions import is_possible
from people.models import User
from people.permissions import Permission
from workflows import services
from workflows.forms.delegation import DelegateForm
from workflows.services.delegation import contributors_of
from workflows.views.base import CasePage, RoundPage, SignedInPage, StepPage, show_errors


class DelegationList(RoundPage, CasePage, View):
    """Who still owes what; the lead gives criteria out here and takes them back."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_own(case_id)
        return self.show(self.form(initial={"what": request.GET.get("what", "")}))

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_own(case_id)
        if not self.reader.has_perm(Permission.DELEGATE_CRITERIA, self.assessment):
            raise NotAllowed(_("Leads of the city delegate criteria."))
        form = self.form(request.POST)
        if form.is_valid():
            try:
                delegation = services.delegate(
                    case_id=case_id, by=self.reader, now=timezone.now(), **form.entered()
                )
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Delegated to %(who)s.") % {"who": delegation.holder})
                return HttpResponseRedirect(request.path)
        return self.show(form, status=400)

    def find_own(self, case_id: UUID) -> Any:
        """The case, for the people of its city; for others there is no such page."""
        case = self.find_case(case_id)
        if not belongs_to_this_city(self.reader, case):
            raise Http404
        return case

    @cached_property
    def sheet(self) -> Worksheet:
        return worksheet_of(
            self.assessment, responses_for(self.assessment, user=self.reader), reader=self.reader
        )

    def form(self, *args: Any, **kwargs: Any) -> DelegateForm:
        contributors = [held.person for held in contributors_of(self.case, now=timezone.now())]
        return DelegateForm(*args, sheet=self.sheet, contributors=contributors, **kwargs)

    def show(self, form: DelegateForm, *, status: int = 200) -> HttpResponse:
        may_delegate = self.case.closed_at is None and is_possible(
            TABLE[Action.DELEGATE], self.assessment, by=self.reader
        )
        context = {
            "case": self.case,
            "assessment": self.assessment,
            "entries": self.entries(),
            "with_leads": [row for row in self.sheet.waiting if row.response.delegation is None],
            "form": form,
            "may_delegate": may_delegate,
            "now": timezone.now(),
        }
        return render(self.request, "workflows/assessment/delegations.html", context, status=status)

    def entries(self) -> list[dict[str, Any]]:
        """Each delegation that stands, with its criteria, and its piece of work where there is one."""
        standing = Delegation.objects.visible_to(self.reader).standing().for_list()
        found = list(standing.filter(assessment=self.assessment))
        items = (
            WorkItem.objects.visible_to(self.reader).open().filter(case=self.case, kind=WorkKind.DELEGATION)
        )
        work = {item.subject: item for item in items}
        rows: dict[UUID | None, list[Row]] = {}
        for row in self.sheet.rows:
            rows.setdefault(row.response.delegation_id, []).append(row)
        return [
            {
                "delegation": one,
                "rows": rows.get(one.pk, []),
                "done": sum(row.done for row in rows.get(one.pk, [])),
                "item": work.get(one.pk),
            }
            for one in found
        ]


class DelegationEnd(SignedInPage, View):
    """Take criteria back."""

    def post(self, request: HttpRequest, delegation_id: UUID) -> HttpResponse:
        rows = Delegation.objects.visible_to(self.reader).for_list()
        delegation = get_object_or_404(rows, pk=delegation_id)
        services.take_back_delegation(delegation_id=delegation_id, by=self.reader, now=timezone.now())
        messages.success(request, _("Taken back. What was written is kept."))
        address = reverse("workflows:delegations", args=[delegation.assessment.case_id])
        return HttpResponseRedirect(address)


class DelegationWork(StepPage):
    """A contributor's own piece of work: the criteria, how far each is, and the end of it."""

    template_name = "workflows/steps/delegation.html"
    done_message = gettext_lazy("Thank you. The lead has been told; you can still change your answers.")

    @cached_property
    def delegation(self) -> Delegation:
        rows = Delegation.objects.visible_to(self.reader).for_list()
        return get_object_or_404(rows, pk=self.item.subject)

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        services.finish_delegation(work_item_id=self.item.pk, by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment = self.delegation.assessment
        responses = responses_for(assessment, user=self.reader).filter(delegation=self.delegation)
        return super().get_context_data(
            delegation=self.delegation,
            assessment=assessment,
            sheet=worksheet_of(assessment, responses, reader=self.reader),
            **kwargs,
        )

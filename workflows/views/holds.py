"""Putting a case on hold, and resuming it: both show every date and message that moves before it is done."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from cases.models import Case, WorkItem
from cases.services.case import require
from certification.models import Expiry
from people.permissions import Permission
from workflows import services
from workflows.foretelling import Moved, moved_by_hold
from workflows.forms.holds import HoldForm
from workflows.views.base import CasePage

# How long a hold is taken to last until somebody names a day to try.
FOR_EXAMPLE = timedelta(days=30)


class HoldPage(CasePage, View):
    """For whoever may pause the case, in the state in which there is something to do."""

    def find(self, case_id: UUID) -> Case:
        self.case = self.find_case(case_id)
        require(self.reader, Permission.HOLD_CASE, self.case)
        return self.case

    def back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:case-detail", args=[self.case.pk]))

    def open_work(self) -> Iterable[WorkItem]:
        return WorkItem.objects.visible_to(self.reader).open().filter(case=self.case).for_list()


class CaseHold(HoldPage):
    """Pausing: the reason that everybody reads, and what would move if it were resumed on a day."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        case = self.find(case_id)
        if case.closed_at is not None or case.open_hold is not None:
            return self.back()
        until = program_calendar().local_day(timezone.now()) + FOR_EXAMPLE
        return self.show(HoldForm(initial={"until": until}), until)

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.find(case_id)
        tries = "preview" in request.POST
        form = HoldForm(request.POST, tries=tries)
        is_sound = form.is_valid()
        until = form.cleaned_data.get("until")
        if tries or not is_sound:
            return self.show(form, until, status=200 if is_sound else 400)
        services.hold_case(
            case_id=case_id, reason=form.cleaned_data["reason"], by=self.reader, now=timezone.now()
        )
        messages.success(request, _("The case is on hold."))
        return self.back()

    def show(self, form: HoldForm, until: date | None, *, status: int = 200) -> HttpResponse:
        moved = self.foretold(until) if until else []
        stays = Expiry.objects.visible_to(self.reader).open().filter(case=self.case)
        context = {"case": self.case, "form": form, "until": until, "moved": moved, "stays": list(stays)}
        return render(self.request, "workflows/deadlines/hold.html", context, status=status)

    def foretold(self, until: date) -> list[Moved]:
        now = timezone.now()
        return moved_by_hold(
            self.open_work(), since=now, until=max(now, program_calendar().end_of(until)), now=now
        )


class CaseResume(HoldPage):
    """Resuming: what moves, by the working days of the hold for whoever owes it."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        hold = self.find(case_id).open_hold
        if hold is None:
            return self.back()
        now = timezone.now()
        moved = moved_by_hold(self.open_work(), since=hold.placed_at, until=now, now=now)
        context = {"case": self.case, "hold": hold, "moved": moved, "now": now}
        return render(request, "workflows/deadlines/resume.html", context)

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.find(case_id)
        services.resume_case(case_id=case_id, by=self.reader, now=timezone.now())
        messages.success(
            request, _("The case goes on. Open due dates have moved by the working days of the hold.")
        )
        return self.back()

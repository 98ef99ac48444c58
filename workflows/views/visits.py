"""Site visits of a case: the day and the people for the city too, the notes for those who judge."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from certification.enums import AssessmentStatus, VisitStatus
from certification.models import SiteVisit, VisitNote
from certification.transitions import TABLE, Action
from core.errors import InvalidInput, NotAllowed
from core.transitions import is_possible
from people.permissions import Permission
from workflows import services
from workflows.forms.visits import VisitForm, VisitNoteForm
from workflows.views.base import CasePage, RoundPage, SignedInPage, show_errors


class VisitList(RoundPage, CasePage, View):
    """The visits of the case, and a new one while the newest round is in review."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.find(case_id)
        return self.show(VisitForm())

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.find(case_id)
        if not self.reader.has_perm(Permission.PLAN_VISIT, self.case):
            raise NotAllowed(_("Visits are planned by the assessors and the program."))
        form = VisitForm(request.POST)
        if form.is_valid():
            try:
                services.plan_visit(case_id=case_id, by=self.reader, now=timezone.now(), **form.cleaned_data)
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The visit is planned, and the city has been told."))
                return HttpResponseRedirect(request.path)
        return self.show(form, status=400)

    def find(self, case_id: UUID) -> None:
        self.case = self.find_case(case_id)
        if not self.reader.has_perm(Permission.VIEW_VISITS, self.assessment):
            raise Http404

    def show(self, form: VisitForm, *, status: int = 200) -> HttpResponse:
        planning = is_possible(TABLE[Action.PLAN_VISIT], self.assessment, by=self.reader)
        context = {
            "case": self.case,
            "entries": self.entries(),
            "form": form,
            "may_plan": planning and self.case.closed_at is None,
            "may_write": self.reader.has_perm(Permission.PLAN_VISIT, self.case)
            and self.case.closed_at is None,
        }
        return render(self.request, "workflows/visits/list.html", context, status=status)

    def entries(self) -> list[dict[str, Any]]:
        """Each visit with the notes that the reader may read, their own in a form while it can be changed."""
        visits = SiteVisit.objects.visible_to(self.reader).of_case(self.case).select_related("assessment")
        notes = VisitNote.objects.visible_to(self.reader).filter(visit__in=visits)
        of_visit: dict[UUID, list[VisitNote]] = {}
        for note in notes.select_related("written_by"):
            of_visit.setdefault(note.visit_id, []).append(note)
        return [self._entry(visit, of_visit.get(visit.pk, [])) for visit in visits]

    def _entry(self, visit: SiteVisit, notes: list[VisitNote]) -> dict[str, Any]:
        writable = visit.assessment.status == AssessmentStatus.SUBMITTED
        mine = next((note.text for note in notes if note.written_by == self.reader), "")
        form = VisitNoteForm(initial={"text": mine}, auto_id=f"id_{visit.pk}_%s")
        return {
            "visit": visit,
            "notes": [note for note in notes if not writable or note.written_by != self.reader],
            "note_form": form if writable and visit.status != VisitStatus.CALLED_OFF else None,
        }


class VisitDeed(SignedInPage, View):
    """Something done with one visit; it leads back to the list."""

    visit: SiteVisit

    def get(self, request: HttpRequest, visit_id: UUID) -> HttpResponse:
        self.find(visit_id)
        return HttpResponseRedirect(self.address)

    def post(self, request: HttpRequest, visit_id: UUID) -> HttpResponse:
        self.find(visit_id)
        try:
            messages.success(request, self.act(request))
        except InvalidInput as error:
            texts = [str(text) for found in error.errors.values() for text in found]
            messages.error(request, " ".join(texts))
        return HttpResponseRedirect(self.address)

    def find(self, visit_id: UUID) -> None:
        visits = SiteVisit.objects.visible_to(self.reader).select_related("assessment")
        self.visit = get_object_or_404(visits, pk=visit_id)

    @property
    def address(self) -> str:
        return reverse("workflows:visits", args=[self.visit.assessment.case_id])

    def act(self, request: HttpRequest) -> str:
        """The one domain call; returns what to tell the person."""
        raise NotImplementedError


class VisitConclude(VisitDeed):
    def act(self, request: HttpRequest) -> str:
        held = request.POST.get("deed") != "call_off"
        services.conclude_visit(visit_id=self.visit.pk, held=held, by=self.reader, now=timezone.now())
        if held:
            return _("The visit is recorded as held.")
        return _("The visit is called off, and the city has been told.")


class VisitNoteSave(VisitDeed):
    def act(self, request: HttpRequest) -> str:
        form = VisitNoteForm(request.POST)
        if not form.is_valid():
            raise InvalidInput(errors={name: list(map(str, texts)) for name, texts in form.errors.items()})
        services.note_visit(
            visit_id=self.visit.pk, text=form.cleaned_data["text"], by=self.reader, now=timezone.now()
        )
        return _("Your note is saved.")

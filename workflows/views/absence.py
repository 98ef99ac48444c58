"""Being away: who stands in, what is with them, and what becomes of it afterwards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from core.errors import InvalidInput, NotAllowed
from people.models import Affiliation, User
from people.permissions import Permission
from workflows import services
from workflows.forms.absence import AbsenceForm
from workflows.staying import staying_with
from workflows.substitutes import absences_of, covers_of, deadlines_covered_by
from workflows.views.base import SignedInPage, show_errors

PAGE_SIZE = 50


class AbsencePage(SignedInPage, View):
    """The absences of one person: the reader's own or, for who answers for them, those of another."""

    def find(self, address: str | None) -> User:
        if address is None:
            return self.reader
        seen = Affiliation.objects.visible_to(self.reader)
        seen = seen.active(program_calendar().local_day(timezone.now()))
        held = seen.filter(person__email=address).select_related("person").first()
        if held is None:
            raise Http404
        if not self.reader.has_perm(Permission.SET_ABSENCE, held.person):
            raise NotAllowed(
                _("Everybody sets their own absence; the program and a partner's lead for others.")
            )
        return held.person

    def get(self, request: HttpRequest, address: str | None = None) -> HttpResponse:
        person = self.find(address)
        return self.show(person, self.form(person))

    def post(self, request: HttpRequest, address: str | None = None) -> HttpResponse:
        person = self.find(address)
        if not self.reader.has_perm(Permission.SET_ABSENCE, person):
            raise NotAllowed(_("You owe no work by name, so nobody needs to stand in for you."))
        form = self.form(person, request.POST)
        if form.is_valid():
            try:
                services.set_absence(person=person, by=self.reader, now=timezone.now(), **form.cleaned_data)
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The absence is set. Both of you have a notice of it."))
                return HttpResponseRedirect(request.path)
        return self.show(person, form, status=400)

    def form(self, person: User, given: Any = None) -> AbsenceForm:
        on = program_calendar().local_day(timezone.now())
        return AbsenceForm(given, person=person, reader=self.reader, on=on)

    def show(self, person: User, form: AbsenceForm, status: int = 200) -> HttpResponse:
        now = timezone.now()
        own = person == self.reader
        page = Paginator(absences_of(person), PAGE_SIZE).get_page(self.request.GET.get("page"))
        context = {
            "person": person,
            "own": own,
            "form": form,
            "may_set": self.reader.has_perm(Permission.SET_ABSENCE, person),
            "page": page,
            "staying": staying_with(page.object_list, reader=self.reader, now=now),
            "covers": covers_of(person) if own else [],
            "deadlines": deadlines_covered_by(person, now=now) if own else [],
            "now": now,
        }
        return render(self.request, "workflows/people/absence.html", context, status=status)


class AbsenceEnd(SignedInPage, View):
    def get(self, request: HttpRequest, absence_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:absence"))

    def post(self, request: HttpRequest, absence_id: UUID) -> HttpResponse:
        absence = services.end_absence(absence_id=absence_id, by=self.reader, now=timezone.now())
        messages.success(
            request, _("The absence is over. What is still with the substitute is listed below.")
        )
        others = self.reader.pk not in (absence.person_id, absence.substitute_id)
        page = reverse("workflows:absence-of", args=[absence.person.email]) if others else None
        return HttpResponseRedirect(page or reverse("workflows:absence"))


class WorkTakeOver(SignedInPage, View):
    def get(self, request: HttpRequest, item_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:desk"))

    def post(self, request: HttpRequest, item_id: UUID) -> HttpResponse:
        services.take_over_work(work_item_id=item_id, by=self.reader, now=timezone.now())
        messages.success(request, _("The work is yours for the time being, with its due date."))
        return HttpResponseRedirect(reverse("workflows:desk"))


class CoverAnswer(SignedInPage, View):
    """What becomes of work that a substitute holds: the field `deed` says it."""

    def get(self, request: HttpRequest, cover_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:absence"))

    def post(self, request: HttpRequest, cover_id: UUID) -> HttpResponse:
        get_object_or_404(covers_of(self.reader), pk=cover_id)
        answer = ANSWERS.get(request.POST.get("deed", ""))
        if answer is None:
            raise InvalidInput(_("Choose whether the work goes back or stays."))
        answer(cover_id=cover_id, by=self.reader, now=timezone.now())
        messages.success(request, _("Settled."))
        return HttpResponseRedirect(reverse("workflows:absence"))


ANSWERS: dict[str, Callable[..., Any]] = {"give_back": services.give_back, "keep": services.keep}

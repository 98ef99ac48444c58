from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from cases.enums import ParticipationRole
from cases.errors import CaseOpenAlready
from cases.models import Case, Extension, Participation, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.selectors import participations_of
from certification.models import Appeal, Evidence, Expiry, Response, SiteVisit
from certification.querysets import ExpiryQuerySet
from certification.selectors import has_untold_decision, last_result_for
from cities.models import City
from core.errors import InvalidInput, NotAllowed, NotFound, Text
from people.enums import Role
from people.models import User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES
from standards.levels import AreaResult, Score
from workflows import services
from workflows.flows.diagram import Picture, picture_of
from workflows.forms.desk import CaseFilter, CitySearch, ReasonForm
from workflows.forms.people import AssessorForm
from workflows.ledger import ends_of, escalation_in_words, ledger_of, lines_of
from workflows.models import CityStatus
from workflows.selectors import people_told, signature_told, timeline_of, told_work
from workflows.views.base import CasePage
from workflows.views.frame import frame_of

PAGE_SIZE = 50
MATCHES = 25


class CaseList(CasePage, View):
    """Every case that the person sees, one row a city."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = CaseFilter(request.GET, reader=self.reader)
        rows = CityStatus.objects.visible_to(self.reader).filter(case__isnull=False).for_list()
        rows = form.narrow(rows, sort=request.GET.get("sort", ""))
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        may_open = self.reader.has_role(*PROGRAM_ROLES)
        context = {"form": form, "page": page, "now": timezone.now(), "may_open": may_open}
        return render(request, "workflows/case_list.html", context)


class CaseOpen(CasePage, View):
    """Begin the next case of a city: its lead for their own, the program for any."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.reader.has_role(Role.CITY_LEAD, *PROGRAM_ROLES):
            raise NotAllowed(_("A case is opened by the city's lead or by the program."))
        form = CitySearch(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        cities = City.objects.visible_to(self.reader).exclude(pk__in=Case.objects.running().values("city"))
        found = list(cities.matching(words).for_list()[:MATCHES]) if words else []
        context = {"form": form, "words": words, "cities": found, "limit": MATCHES}
        return render(request, "workflows/case_open.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        slug = request.POST.get("city", "")
        city = City.objects.visible_to(self.reader).filter(organization__slug=slug).first()
        if city is None:
            raise NotFound(_("There is no such city for you."))
        try:
            case = services.open_case_and_start(city=city, by=self.reader, now=timezone.now())
            messages.success(request, _("The case is open. The first step is the application."))
        except CaseOpenAlready:
            # A second click, or a colleague's: what was wanted is there.
            case = Case.objects.visible_to(self.reader).running().get(city=city)
            messages.info(request, _("The case of this city is open already; here it is."))
        return HttpResponseRedirect(reverse("workflows:case-detail", args=[case.pk]))


class CaseTab(CasePage, View):
    """One tab of the case file."""

    tab: ClassVar[str]
    template_name: ClassVar[str]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.case = self.find_case(kwargs["case_id"])
        now = timezone.now()
        context = frame_of(self.case, user=self.reader, tab=self.tab, now=now) | self.more(now)
        return render(request, self.template_name, context)

    def more(self, now: datetime) -> dict[str, Any]:
        raise NotImplementedError


class CaseDetail(CaseTab):
    """Overview: what happened, the result, the engagements, the path."""

    tab = "overview"
    template_name = "workflows/case/overview.html"

    def more(self, now: datetime) -> dict[str, Any]:
        engagements = self.case.engagements.select_related("partner").prefetch_related("areas")
        earlier = Case.objects.visible_to(self.reader).filter(city=self.case.city).exclude(pk=self.case.pk)
        result = last_result_for(self.case, user=self.reader)
        return {
            "timeline": timeline_of(self.case, user=self.reader),
            "result": result,
            "areas": _named(self.case, result[1]) if result else [],
            "engagements": list(engagements),
            "appeals": self._appeals() if result else [],
            "visits": list(SiteVisit.objects.visible_to(self.reader).of_case(self.case)),
            "earlier": list(earlier.select_related("standard")),
            "picture": self._picture(),
        }

    def _appeals(self) -> list[Appeal]:
        found = Appeal.objects.visible_to(self.reader).of_case(self.case)
        return list(found.select_related("response__criterion"))

    def _picture(self) -> Picture | None:
        """Where the case is, unless that would tell a decision to readers other than program and city."""
        told = self.reader.has_perm(Permission.VIEW_OUTCOME, self.case)
        return picture_of(self.case.process) if told or not has_untold_decision(self.case) else None


def _named(case: Case, score: Score) -> list[tuple[str, AreaResult]]:
    names = dict(case.standard.areas.values_list("code", "name"))
    return [(names[area.code], area) for area in score.by_area]


class CasePeople(CaseTab):
    tab = "people"
    template_name = "workflows/case/people.html"

    def more(self, now: datetime) -> dict[str, Any]:
        everyone = participations_of(self.case)
        told: dict[str, Any] = {"participations": people_told(everyone, self.case, user=self.reader)}
        if self.case.closed_at is None and self.reader.has_perm(Permission.MANAGE_CASE, self.case):
            told |= self.changes([part for part in everyone if part.until is None], now)
        return told

    def changes(self, running: list[Participation], now: datetime) -> dict[str, Any]:
        """What the program changes here: who manages, and an assessor who can't go on."""
        managers = [part.person for part in running if part.role == ParticipationRole.MANAGER]
        leaving = [part.person for part in running if part.role == ParticipationRole.ASSESSOR]
        form = AssessorForm(case=self.case, leaving=leaving, on=now.date()) if leaving else None
        return {"may_manage": self.reader not in managers, "managers": managers, "assessor_form": form}


class CaseDocuments(CaseTab):
    tab = "documents"
    template_name = "workflows/case/documents.html"

    def more(self, now: datetime) -> dict[str, Any]:
        evidence = Evidence.objects.visible_to(self.reader).filter(case=self.case)
        answers = Response.objects.visible_to(self.reader).select_related("criterion")
        served = Prefetch("responses", queryset=answers.order_by("criterion__position"))
        pieces = evidence.select_related("file", "added_by").prefetch_related(served)
        page = Paginator(pieces, PAGE_SIZE).get_page(self.request.GET.get("page"))
        if not self.reader.has_perm(Permission.VIEW_APPLICATION, self.case):
            return {"page": page}
        application = self.case.application
        told = signature_told(application, user=self.reader, now=now)
        return {"page": page, "application": application} | told


class CaseDeadlines(CaseTab):
    """The ledger: everything that was and is owed on the case."""

    tab = "deadlines"
    template_name = "workflows/case/deadlines.html"

    def more(self, now: datetime) -> dict[str, Any]:
        items = WorkItem.objects.visible_to(self.reader).filter(case=self.case).order_by("-opened_at", "pk")
        told = told_work(items, user=self.reader)
        page = Paginator(told.for_list().select_related("closed_by"), PAGE_SIZE)
        shown = page.get_page(self.request.GET.get("page"))
        asked = Extension.objects.visible_to(self.reader).filter(item__case=self.case)
        extensions = list(asked.select_related("item", "requested_by")[:PAGE_SIZE])
        expiries = Expiry.objects.visible_to(self.reader).filter(case=self.case)
        return (
            {"page": shown, "extensions": extensions, "ends": ends_of(expiries, now=now)}
            | self.ahead(list(shown))
            | self.ledger(told, expiries)
        )

    def ahead(self, items: list[WorkItem]) -> dict[str, Any]:
        """What will be told to others about what is open; on hold nothing is."""
        open_items = [] if self.case.open_hold else [item for item in items if item.closed_at is None]
        words = escalation_in_words(open_items)
        return {"ahead": [(item, words[item.pk]) for item in open_items if item.pk in words]}

    def ledger(self, items: WorkItemQuerySet, expiries: ExpiryQuerySet) -> dict[str, Any]:
        """The messages about that work and what runs out; the program may ask why somebody was not told."""
        is_program = self.reader.has_role(*PROGRAM_ROLES)
        asked = self.request.GET.get("person", "").replace("\0", "").strip().lower() if is_program else ""
        about = User.objects.filter(email=asked).first() if asked else None
        rows = Paginator(ledger_of(items, user=self.reader, expiries=expiries), PAGE_SIZE)
        messages_page = rows.get_page(self.request.GET.get("messages"))
        return {
            "messages_page": messages_page,
            "lines": lines_of(messages_page, user=self.reader, about=about),
            "may_ask": is_program,
            "asked": asked,
            "about": about,
        }


class CaseAction(CasePage, View):
    """A change of a whole case, always asked for with its consequences on the page before."""

    done_message: ClassVar[Text]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:case-detail", args=[kwargs["case_id"]]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.case = self.find_case(kwargs["case_id"])
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        try:
            self.act(reason, now=timezone.now())
        except InvalidInput as error:
            texts = [str(text) for found in error.errors.values() for text in found]
            messages.error(request, " ".join(texts) or str(error.detail))
        else:
            messages.success(request, str(self.done_message))
        return HttpResponseRedirect(reverse("workflows:case-detail", args=[self.case.pk]))

    def act(self, reason: str, *, now: datetime) -> None:
        raise NotImplementedError


class CaseManage(CaseAction):
    done_message = gettext_lazy("You manage this case now, and its open work of the program is yours.")

    def act(self, reason: str, *, now: datetime) -> None:
        services.take_over_management(case_id=self.case.pk, by=self.reader, now=now)


class CaseAssessor(CaseAction):
    done_message = gettext_lazy("The assessor is named and has been told.")

    def act(self, reason: str, *, now: datetime) -> None:
        if not self.reader.has_perm(Permission.ASSIGN_ASSESSORS, self.case):
            raise NotAllowed(_("Assessors are named by the program office."))
        parts = self.case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
        leaving = [part.person for part in parts.select_related("person")]
        form = AssessorForm(self.request.POST, case=self.case, leaving=leaving, on=now.date())
        if not form.is_valid():
            raise InvalidInput(errors={"successor": [_("Choose who leaves and who takes over.")]})
        services.name_assessor(case_id=self.case.pk, by=self.reader, now=now, **form.cleaned_data)


class CaseWithdraw(CaseAction):
    done_message = gettext_lazy("Your city has withdrawn. You can begin a new application at any time.")

    def act(self, reason: str, *, now: datetime) -> None:
        services.withdraw_case(case_id=self.case.pk, reason=reason, by=self.reader, now=now)


class CaseEnd(CaseAction):
    done_message = gettext_lazy("The case has ended as inactive.")

    def act(self, reason: str, *, now: datetime) -> None:
        services.end_inactive_case(case_id=self.case.pk, reason=reason, by=self.reader, now=now)

"""Objectives and measures of an engagement: their pages, the forms that set them, figures in and out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from cases.services.case import require
from coaching.models import Engagement, Measure, Observation
from coaching.services import (
    import_observations,
    record_observation,
    set_measure,
    set_objective,
    withdraw_observation,
)
from coaching.services.measures import may_set, stories_for
from coaching.services.observations import may_record
from core.errors import InvalidInput
from core.imports import ImportReport
from core.tables import CSV_TYPE, XLSX_TYPE, csv_lines, workbook
from people.models import User
from people.permissions import Permission
from standards.models import Criterion
from workflows.forms.measures import (
    MeasureForm,
    ObjectiveForm,
    ObservationForm,
    ObservationsForm,
    WithdrawForm,
)
from workflows.measuring import aims_of, judged_in, sheet_of, shown_measures
from workflows.views.base import CasePage, EngagementForm, show_errors

PAGE_SIZE = 100


def measures_of(engagement: Engagement, reader: User) -> dict[str, Any]:
    """What the engagement's page shows of its objectives and measures."""
    shown = shown_measures(engagement, reader)
    return {
        "aims": aims_of(engagement, shown, reader),
        "judged": judged_in(shown),
        "sets_measures": may_set(engagement, by=reader),
        "records": may_record(engagement, by=reader),
    }


class SetSomething(EngagementForm):
    permission = Permission.SET_MEASURES


class ObjectiveSet(SetSomething):
    title = gettext_lazy("Set an objective")
    done = gettext_lazy("The objective is set. Say next what it is judged by.")

    def form(self, data: Any = None) -> ObjectiveForm:
        coached = Criterion.objects.filter(area__in=self.engagement.areas.all()).order_by("position")
        return ObjectiveForm(data, criteria=coached)

    def act(self, form: Any) -> str:
        values = form.cleaned_data
        set_objective(
            engagement_id=self.engagement.pk,
            text=values["text"],
            criteria=[one.pk for one in values["criteria"]],
            by=self.reader,
            now=timezone.now(),
        )
        return f"{self.page_of_the_engagement}#measures"


class MeasureSet(SetSomething):
    title = gettext_lazy("Set a measure")
    done = gettext_lazy("The measure is set. Enter its first figure.")

    def form(self, data: Any = None) -> MeasureForm:
        return MeasureForm(
            data,
            objectives=self.engagement.objectives.all(),
            stories=stories_for(self.engagement, self.reader),
            initial={"objective": self.request.GET.get("objective")},
        )

    def act(self, form: Any) -> str:
        engagement, now = self.engagement.pk, timezone.now()
        measure = set_measure(engagement_id=engagement, terms=form.terms, by=self.reader, now=now)
        return reverse("workflows:measure-detail", args=[measure.pk])


class OneMeasure(CasePage, View):
    """A measure of an engagement that the person reads; any other does not exist for them."""

    measure: Measure

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            seen = Measure.objects.visible_to(self.reader)
            seen = seen.select_related("engagement__partner", "engagement__case__city__organization")
            self.measure = get_object_or_404(seen, pk=kwargs["measure_id"])
        return super().dispatch(request, *args, **kwargs)


class MeasureDetail(OneMeasure):
    """Chart and figures of one measure, and the forms that enter more: one by one, or as a list."""

    def get(self, request: HttpRequest, measure_id: UUID) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, measure_id: UUID) -> HttpResponse:
        require(self.reader, Permission.RECORD_OBSERVATIONS, self.measure.engagement)
        deeds = {"list": self._read_list, "withdraw": self._withdraw}
        return deeds.get(request.POST.get("deed", ""), self._enter)()

    def _withdraw(self) -> HttpResponse:
        (shown,) = shown_measures(self.measure.engagement, self.reader, only=self.measure)
        form = WithdrawForm(self.request.POST, figures=shown.reported)
        if not form.is_valid():
            messages.warning(self.request, _("This figure does not stand any more."))
            return HttpResponseRedirect(self.request.path)
        figure = UUID(form.cleaned_data["figure"])
        withdraw_observation(observation_id=figure, by=self.reader, now=timezone.now())
        messages.success(self.request, _("The figure is withdrawn. It stays on record below."))
        return HttpResponseRedirect(self.request.path)

    def _enter(self) -> HttpResponse:
        form = ObservationForm(self.request.POST, measure=self.measure)
        if not form.is_valid():
            return self.show(one=form, status=400)
        replace = form.cleaned_data["replace"]
        try:
            record_observation(
                measure_id=self.measure.pk,
                seen=form.seen,
                replace=replace,
                by=self.reader,
                now=timezone.now(),
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(one=form, status=400)
        messages.success(self.request, _("The figure is kept."))
        return HttpResponseRedirect(self.request.path)

    def _read_list(self) -> HttpResponse:
        form = ObservationsForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.show(many=form, status=400)
        values = form.cleaned_data
        try:
            report = import_observations(
                measure_id=self.measure.pk,
                text=values["lines"],
                source=values["source"],
                replace=values["replace"],
                by=self.reader,
                now=timezone.now(),
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(many=form, status=400)
        left = {"text": _left_to_correct(values["lines"], report), "source": values["source"]}
        return self.show(many=ObservationsForm(initial=left), report=report)

    @cached_property
    def records(self) -> bool:
        return may_record(self.measure.engagement, by=self.reader)

    def show(
        self,
        one: ObservationForm | None = None,
        many: ObservationsForm | None = None,
        report: ImportReport | None = None,
        status: int = 200,
    ) -> HttpResponse:
        measure = self.measure
        (shown,) = shown_measures(measure.engagement, self.reader, only=measure)
        corrected = Observation.objects.visible_to(self.reader).filter(
            measure=measure, superseded_at__isnull=False
        )
        context = {
            "shown": shown,
            "measure": measure,
            "engagement": measure.engagement,
            "case": measure.engagement.case,
            "page": Paginator(shown.newest_first, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "corrected": corrected.select_related("group", "superseded_by")[:PAGE_SIZE],
            "one_form": one or (ObservationForm(measure=measure) if self.records else None),
            "withdraw_form": WithdrawForm(figures=shown.reported)
            if self.records and shown.reported
            else None,
            "many_form": many or (ObservationsForm() if self.records else None),
            "report": report,
        }
        return render(self.request, "workflows/coaching/measure.html", context, status=status)


def _left_to_correct(lines: bytes, report: ImportReport) -> str:
    """The column names and the lines that were refused, to be corrected and sent again."""
    text = lines.decode(errors="replace").removeprefix("\ufeff").splitlines()
    numbers = sorted(refusal.line for refusal in report.refused)
    return "\n".join([text[0], *(text[number - 1] for number in numbers)]) if numbers else ""


class MeasureCsv(OneMeasure):
    def get(self, request: HttpRequest, measure_id: UUID) -> HttpResponse:
        sheet = sheet_of(self.measure)
        content = "".join(csv_lines(sheet.head, sheet.rows)).encode()
        return _file(self.measure, content, CSV_TYPE, "csv")


class MeasureXlsx(OneMeasure):
    def get(self, request: HttpRequest, measure_id: UUID) -> HttpResponse:
        return _file(self.measure, workbook([sheet_of(self.measure)]), XLSX_TYPE, "xlsx")


def _file(measure: Measure, content: bytes, content_type: str, ending: str) -> HttpResponse:
    name = slugify(measure.name)[:60] or "measure"
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return HttpResponse(content, content_type=content_type, headers=disposition)

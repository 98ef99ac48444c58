from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import Party
from cases.steps import STEPS
from core.errors import Text
from core.tables import csv_lines
from reports.forms import PipelineFilter
from reports.selectors import PartyFigures, Pipeline, StageFigures, in_progress, pipeline
from reports.views.base import ProgramPage
from workflows.forms.desk import CaseFilter
from workflows.models import CityStatus
from workflows.querysets import CityStatusQuerySet

BATCH = 2_000
CSV_HEAD = (
    gettext_lazy("City"),
    gettext_lazy("State"),
    gettext_lazy("Country"),
    gettext_lazy("Population"),
    gettext_lazy("Kind"),
    gettext_lazy("Cohort year"),
    gettext_lazy("Standard"),
    gettext_lazy("Stage"),
    gettext_lazy("In this stage since"),
    gettext_lazy("Days in this stage"),
    gettext_lazy("On hold"),
    gettext_lazy("Waiting on"),
    gettext_lazy("For"),
    gettext_lazy("Due"),
    gettext_lazy("Overdue"),
    gettext_lazy("Level now"),
    gettext_lazy("Address"),
)


@dataclass(frozen=True)
class Figure:
    """A number, its words, and the list behind it."""

    value: int
    label: Text
    url: str


@dataclass(frozen=True)
class Bar:
    """One stage of the funnel; `width` is its share of the longest bar, in percent."""

    figures: StageFigures
    width: float
    url: str
    overdue_url: str
    held_url: str


@dataclass(frozen=True)
class Ball:
    """How many cases wait on one party, and the list of them."""

    figures: PartyFigures
    url: str
    overdue_url: str


class PipelinePage(ProgramPage):
    """How many cases stand where, for how long, and what is stuck with whom. Every number opens its list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        form = PipelineFilter(request.GET, reader=self.reader)
        rows = CityStatus.objects.visible_to(self.reader).filter(case__isnull=False)
        figures = pipeline(form.narrow(rows), now=now)
        context = {
            "form": form,
            "headline": [*_headline(form, figures), self._certified(form, rows)],
            "bars": _bars(form, figures),
            "balls": [_ball(form, one) for one in figures.parties],
            "stuck": [(row, asked_of(row)) for row in figures.stuck],
            "stuck_url": cases_address(form.query, only="open", sort="since"),
            "csv_url": _address("reports:pipeline-csv", form.query),
            "figures": figures,
            "now": now,
        }
        return render(request, "reports/pipeline.html", context)

    def _certified(self, form: PipelineFilter, rows: CityStatusQuerySet) -> Figure:
        """Not narrowed to a stage, for a city certified this year may stand at any by now."""
        query = {name: value for name, value in form.query.items() if name != "stage"} | {"only": "certified"}
        count = CaseFilter(query, reader=self.reader).narrow(rows).count()
        return Figure(count, _("certified this year"), cases_address(query))


class PipelineCsv(ProgramPage):
    """The rows behind the pipeline page, under the same filter."""

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        now = timezone.now()
        form = PipelineFilter(request.GET, reader=self.reader)
        visible = CityStatus.objects.visible_to(self.reader).filter(case__isnull=False)
        rows = in_progress(form.narrow(visible)).for_list().iterator(chunk_size=BATCH)
        lines = csv_lines(CSV_HEAD, self._cells(rows, now))
        name = f"pipeline-{timezone.localdate(now)}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    def _cells(self, rows: Iterator[Any], now: datetime) -> Iterator[list[object]]:
        yes, no = _("yes"), _("no")
        for row in rows:
            city, case = row.city, row.case
            yield [
                city.name,
                city.state,
                city.organization.country,
                city.population,
                case.get_kind_display(),
                case.cohort_year,
                case.standard.slug,
                row.get_stage_display(),
                timezone.localdate(row.stage_entered_at),
                (timezone.localdate(now) - timezone.localdate(row.stage_entered_at)).days,
                yes if row.on_hold else no,
                row.waiting_on_label,
                asked_of(row),
                timezone.localtime(row.seen_due_at).isoformat() if row.seen_due_at else "",
                yes if row.seen_overdue else no,
                row.level,
                self.request.build_absolute_uri(reverse("workflows:case-detail", args=[row.case_id])),
            ]


def asked_of(row: CityStatus) -> Text:
    """What whoever has the ball is asked to do."""
    step: str = row.seen_next_step  # type: ignore[attr-defined]  # -- annotated by visible_to
    return STEPS[step].title if step else ""


def _address(name: str, query: Mapping[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


def cases_address(query: Mapping[str, str], **more: str) -> str:
    """The list of cases, narrowed as the page is and further."""
    return _address("workflows:case-list", {**query, **more})


def _headline(form: PipelineFilter, figures: Pipeline) -> list[Figure]:
    waiting = [
        (Party.CITY, _("waiting on cities")),
        (Party.PARTNER, _("waiting on partners")),
        (Party.PROGRAM, _("waiting on the program")),
    ]
    return [
        Figure(figures.open, _("cases open"), cases_address(form.query, only="open")),
        *(
            Figure(figures.waiting_on(party), label, cases_address(form.query, only="open", waiting_on=party))
            for party, label in waiting
        ),
        Figure(figures.overdue, _("overdue"), cases_address(form.query, only="overdue")),
    ]


def _bars(form: PipelineFilter, figures: Pipeline) -> list[Bar]:
    """A bar a stage; under a filter by stage only that one."""
    longest = max(one.count for one in figures.stages) or 1
    wanted = form.query.get("stage")
    return [
        Bar(
            one,
            round(100 * one.count / longest, 2),
            cases_address(form.query, stage=one.stage),
            cases_address(form.query, stage=one.stage, only="overdue"),
            cases_address(form.query, stage=one.stage, only="on_hold"),
        )
        for one in figures.stages
        if wanted in (None, one.stage)
    ]


def _ball(form: PipelineFilter, one: PartyFigures) -> Ball:
    return Ball(
        one,
        cases_address(form.query, only="open", waiting_on=one.party),
        cases_address(form.query, only="overdue", waiting_on=one.party),
    )

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from cases.models import WorkItem
from cases.rules import belongs_to_this_city
from certification.effort import minutes_left
from certification.enums import ResponseStatus
from certification.models import Assessment, Response
from certification.querysets import WITH_THE_CITY
from certification.recency import Aging, aging_of, lacks_a_day
from certification.records import record_on
from certification.remarks import with_remarks
from certification.selectors import responses_for
from certification.transitions import TABLE, Action
from certification.worksheet import Goal, Row, Worksheet, goal_of, worksheet_of
from core.errors import Text
from core.transitions import is_possible
from people.models import User
from standards.rulebooks import level_rules
from workflows import services
from workflows.forms.assessment import AnswerForm, SubmitForm
from workflows.forms.evidence import EvidenceForm
from workflows.views.base import CasePage, RoundPage, StepPage
from workflows.views.threads import Thread, threads_on

STEPS = ("self_assess", "reassess")
SHOWN = {
    "": _("Everything"),
    "mine": _("Mine"),
    "unanswered": _("Unanswered"),
    "unproven": _("Without evidence"),
    "aging": _("Evidence too old"),
}


class SheetPage(CasePage, View):
    """One round, one criterion at a time: the city writes while it is theirs, others read what they may."""

    assessment: Assessment

    def find_round(self, rounds: list[Assessment], wanted: str) -> Assessment:
        """The round asked for, else the newest that the reader may see."""
        if not rounds:
            raise Http404
        found = next((one for one in rounds if str(one.round) == wanted), None if wanted else rounds[0])
        if found is None:
            raise Http404
        return found

    @cached_property
    def rounds(self) -> list[Assessment]:
        visible = Assessment.objects.visible_to(self.reader).filter(case=self.case)
        visible = visible.select_related("shared_by").annotate(size=Count("responses"))
        found = list(visible.order_by("-round"))
        for one in found:
            one.case = self.case
        return found

    @cached_property
    def sheet(self) -> Worksheet:
        answers = with_remarks(responses_for(self.assessment, user=self.reader), user=self.reader)
        return worksheet_of(self.assessment, answers, reader=self.reader)

    @property
    def shown(self) -> str:
        """Which criteria the reader wants to see; for the people of the city only."""
        asked = self.request.GET.get("show", "")
        return asked if asked in SHOWN and belongs_to_this_city(self.reader, self.case) else ""

    @cached_property
    def narrowed(self) -> Worksheet:
        """The rows that are wanted, in which the reader goes on and back."""
        open_rows = set(self.sheet.unanswered)
        wanted: dict[str, Callable[[Row], bool]] = {
            "mine": lambda row: row.response.status in WITH_THE_CITY and row.lies_with(self.reader),
            "unanswered": lambda row: row in open_rows,
            "unproven": lambda row: not row.has_evidence,
            "aging": lambda row: self.aging(row) is not None,
        }
        return self.sheet.narrowed(wanted[self.shown]) if self.shown else self.sheet

    @property
    def goal(self) -> Goal | None:
        size: int = self.assessment.size  # type: ignore[attr-defined]  # -- annotated in `rounds`
        return goal_of(self.sheet, level_rules(self.case.standard), of=size)

    def may_write(self, response: Response) -> bool:
        return (
            response.status in WITH_THE_CITY
            and self.case.closed_at is None
            and is_possible(TABLE[Action.SAVE_ANSWER], self.assessment, by=self.reader, part=response)
        )

    def find_row(self, code: str) -> Row:
        """The criterion asked for, else the first of the wanted that is open, else the first."""
        wanted = self.narrowed if self.narrowed.rows else self.sheet
        row = self.sheet.find(code) if code else wanted.next_waiting() or next(iter(wanted.rows), None)
        if row is None:
            raise Http404
        return row

    def show(self, row: Row, *, status: int = 200, **more: Any) -> HttpResponse:
        record = record_on(row.response.criterion, self.case, user=self.reader)
        context = self.sheet_context(row) | {"record": record, "threads": self.threads(row)} | more
        if context["writable"]:
            context.setdefault("form", AnswerForm(response=row.response))
            context.setdefault("evidence_form", EvidenceForm(existing=self.existing(row)))
        return render(self.request, "workflows/assessment/sheet.html", context, status=status)

    def sheet_context(self, row: Row) -> dict[str, Any]:
        wanted = self.narrowed.with_row(row, self.sheet)
        before, after = wanted.beside(row)
        delegation = row.response.delegation if belongs_to_this_city(self.reader, self.case) else None
        return {
            "case": self.case,
            "assessment": self.assessment,
            "rounds": self.rounds,
            "sheet": self.sheet,
            "goal": self.goal,
            "query": self.query,
            "wanted": wanted,
            "shown": self.shown,
            "shows": self.shows(),
            "wanted_rows": self.narrowed.rows,
            "show_query": f"?show={self.shown}" if self.shown else "",
            "delegated_page": belongs_to_this_city(self.reader, self.case),
            "delegation": delegation,
            "may_delegate": self.case.closed_at is None
            and is_possible(TABLE[Action.DELEGATE], self.assessment, by=self.reader),
            "row": row,
            "response": row.response,
            "area": next(area for area in wanted.areas if row in area.rows),
            "before": before,
            "after": after,
            "next_waiting": wanted.next_waiting(row),
            "writable": self.may_write(row.response),
            "item": self.item,
            "effort": minutes_left(self.sheet) if belongs_to_this_city(self.reader, self.case) else 0,
            "may_share": self.case.closed_at is None
            and is_possible(TABLE[Action.SHARE_DRAFT], self.assessment, by=self.reader),
            "aging": self.aging(row),
            "undated": row.response.status in WITH_THE_CITY and lacks_a_day(row.response),
            "now": timezone.now(),
        }

    @cached_property
    def item(self) -> WorkItem | None:
        """The city's open step, which the newest round belongs to."""
        items = WorkItem.objects.visible_to(self.reader).open().filter(case=self.case, step__in=STEPS)
        return items.first() if self.assessment == self.rounds[0] else None

    def aging(self, row: Row) -> Aging | None:
        """What the city is warned of while it can still do something about it."""
        if self.item is None or row.response.status not in WITH_THE_CITY:
            return None
        return aging_of(row.response, due_on=timezone.localdate(self.item.due_at))

    def existing(self, row: Row) -> list[tuple[str, str]]:
        """What serves other criteria and could serve this one, too: of each piece the newest version."""
        return [
            (str(piece.pk), f"{piece.title} ({', '.join(codes)})")
            for piece, codes in self.sheet.elsewhere(row)
        ]

    def threads(self, row: Row) -> list[Thread]:
        """The comments by who reads them; empty threads are for those who may write in them."""
        return threads_on(row.response, reader=self.reader)

    def find_answer(self, response_id: UUID) -> Response:
        answers = Response.objects.visible_to(self.reader).select_related("assessment", "criterion")
        answer = get_object_or_404(answers, pk=response_id)
        self.case = self.find_case(answer.assessment.case_id)
        self.assessment = self.find_round(self.rounds, str(answer.assessment.round))
        return answer

    @property
    def query(self) -> str:
        """What every link of the page carries on."""
        return f"round={self.assessment.round}&" + (f"show={self.shown}&" if self.shown else "")

    def shows(self) -> list[tuple[str, Text]]:
        """The filters that are offered."""
        return list(SHOWN.items()) if belongs_to_this_city(self.reader, self.case) else []


class AssessmentDetail(SheetPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.case = self.find_case(kwargs["case_id"])
        self.assessment = self.find_round(self.rounds, request.GET.get("round", ""))
        return self.show(self.find_row(request.GET.get("criterion", "")))


class AssessmentSubmit(RoundPage, StepPage):
    """The city's step: how far each area is, what is left, and the end of the round."""

    template_name = "workflows/steps/self_assess.html"
    form_class = SubmitForm
    done_message = _("The assessment is submitted. The answers are frozen until the review ends.")

    @cached_property
    def sheet(self) -> Worksheet:
        answers = responses_for(self.assessment, user=self.reader)
        return worksheet_of(self.assessment, answers, reader=self.reader)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"unanswered": len(self.sheet.unanswered)}

    def aging(self, row: Row) -> Aging | None:
        if row.response.status not in WITH_THE_CITY:
            return None
        return aging_of(row.response, due_on=timezone.localdate(self.item.due_at))

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        services.submit_assessment_and_route(work_item_id=self.item.pk, by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            assessment=self.assessment,
            sheet=self.sheet,
            goal=goal_of(self.sheet, level_rules(self.case.standard), of=self.sheet.of),
            effort=minutes_left(self.sheet),
            aging=[(row, found) for row in self.sheet.rows if (found := self.aging(row))],
            is_returned=any(row.response.status == ResponseStatus.RETURNED for row in self.sheet.rows),
            **kwargs,
        )

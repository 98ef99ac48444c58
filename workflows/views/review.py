from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.enums import ParticipationRole
from certification.enums import Outcome, ResponseStatus
from certification.models import Evidence, Finding, Response, Review, SiteVisit
from certification.records import record_on
from certification.report import Report, report_of
from certification.selectors import assessors_for, responses_for
from certification.services.review import TEAM
from certification.worksheet import Row, Worksheet, review_sheet_of
from people.models import User
from workflows import services
from workflows.forms.review import AssessorsForm, FindingForm, PathForm, ReconcileForm, reason_name
from workflows.views.base import RoundPage, StepPage

PICTURES = frozenset({"image/png", "image/jpeg"})


class RoundStep(RoundPage, StepPage):
    """A step about the newest round of the case."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(assessment=self.assessment, **kwargs)


class AssessorsAssign(RoundStep):
    template_name = "workflows/steps/assign_assessors.html"
    form_class = AssessorsForm
    done_message = _("Both assessors have the review on their desk.")

    @cached_property
    def candidates(self) -> list[Any]:
        return assessors_for(self.case, today=timezone.localdate())

    def get_initial(self) -> dict[str, Any]:
        """Whoever assesses the case already and is still free of a conflict."""
        free = {one.person.pk for one in self.candidates if not one.conflicts}
        parts = self.case.participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
        return {
            "second" if part.reconciles else "first": part.person_id
            for part in parts
            if part.person_id in free
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"candidates": self.candidates}

    def act(self, form: AssessorsForm, *, by: User, now: datetime) -> None:
        team, reconciler = form.team()
        services.assign_assessors_and_route(
            work_item_id=self.item.pk, assessors=team, reconciler=reconciler, by=by, now=now
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        free = sum(not one.conflicts for one in self.candidates)
        return super().get_context_data(candidates=self.candidates, too_few=free < TEAM, **kwargs)


class ReviewStep(RoundStep):
    """One assessor's review: the overview, and each criterion with the answer on it."""

    done_message = _("Your review is submitted. Findings open to both of you when the other is in, too.")

    @cached_property
    def review(self) -> Review:
        reviews = Review.objects.filter(assessor=self.reader, assessment__case=self.case)
        return get_object_or_404(reviews, pk=self.item.subject)

    @cached_property
    def sheet(self) -> Worksheet:
        answers = responses_for(self.assessment, user=self.reader)
        findings = Finding.objects.visible_to(self.reader).current().filter(review=self.review)
        return review_sheet_of(self.assessment, answers, findings)

    @property
    def row(self) -> Row | None:
        code = self.request.GET.get("criterion", "")
        if not code:
            return None
        row = self.sheet.find(code)
        if row is None:
            raise Http404
        return row

    def get_template_names(self) -> list[str]:
        return ["workflows/review/criterion.html" if self.row else "workflows/steps/review.html"]

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        services.submit_review_and_route(work_item_id=self.item.pk, by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(sheet=self.sheet, review=self.review, reviewing=True, **kwargs)
        context["visits"] = list(SiteVisit.objects.visible_to(self.reader).filter(assessment=self.assessment))
        carried = self.assessment.responses.exclude(status=ResponseStatus.SUBMITTED).count()
        return context | {"carried": carried} | (self.criterion_context(self.row) if self.row else {})

    def criterion_context(self, row: Row) -> dict[str, Any]:
        before, after = self.sheet.beside(row)
        own = Finding.objects.visible_to(self.reader).current().filter(review=self.review)
        mine = own.filter(response=row.response).first()
        return {
            "row": row,
            "response": row.response,
            "area": next(area for area in self.sheet.areas if row in area.rows),
            "before": before,
            "after": after,
            "next_waiting": self.sheet.next_waiting(row),
            "finding_form": FindingForm(initial=FindingForm.stored(mine)),
            "mine": mine,
            "pictures": [piece for piece in row.response.evidence.all() if _is_picture(piece)],
            "record": record_on(row.response.criterion, self.case, user=self.reader, but=mine),
        }


def _is_picture(piece: Evidence) -> bool:
    """What a browser can show on the page without running anything."""
    return piece.file is not None and piece.file.content_type in PICTURES


class ReviewsReconcile(RoundStep):
    """Only the differences: both findings side by side, one ruling each."""

    template_name = "workflows/steps/reconcile.html"
    form_class = ReconcileForm
    done_message = _("The reviews are reconciled.")

    @cached_property
    def rows(self) -> list[tuple[Response, list[Finding]]]:
        answers = responses_for(self.assessment, user=self.reader).filter(status=ResponseStatus.SUBMITTED)
        findings = (
            Finding.objects.visible_to(self.reader).current().filter(review__assessment=self.assessment)
        )
        by_response: dict[Any, list[Finding]] = {}
        for finding in findings.select_related("review__assessor").order_by("review__assessor__name", "pk"):
            by_response.setdefault(finding.response_id, []).append(finding)
        return [(answer, by_response.get(answer.pk, [])) for answer in answers]

    @property
    def differences(self) -> list[tuple[Response, list[Finding]]]:
        return [row for row in self.rows if not _agree(row[1])]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"differences": [answer for answer, _found in self.differences]}

    def act(self, form: ReconcileForm, *, by: User, now: datetime) -> None:
        services.reconcile_and_route(work_item_id=self.item.pk, rulings=form.rulings(), by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        differences = [
            {
                "response": answer,
                "findings": found,
                "ruling": form[answer.criterion.code],
                "reason": form[reason_name(answer.criterion.code)],
            }
            for answer, found in self.differences
        ]
        agreed = [row for row in self.rows if _agree(row[1])]
        return context | {"differences": differences, "agreed": agreed}


def _agree(findings: list[Finding]) -> bool:
    outcomes = {finding.outcome for finding in findings}
    return len(outcomes) == 1 and Outcome.NEEDS_REVISION not in outcomes


class ReportStep(RoundStep):
    """A step that rests on the validated result."""

    @cached_property
    def report(self) -> Report:
        return report_of(self.assessment, user=self.reader)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(report=self.report, **kwargs)


class ReportRelease(ReportStep):
    template_name = "workflows/steps/release_report.html"
    done_message = _("The report is released. The city and its coaches can read it now.")

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        services.release_report_and_route(work_item_id=self.item.pk, by=by, now=now)


class PathChoose(ReportStep):
    template_name = "workflows/steps/choose_path.html"
    form_class = PathForm
    done_message = _("Your choice is with the program office.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"level": self.report.level}

    def act(self, form: PathForm, *, by: User, now: datetime) -> None:
        path = form.cleaned_data["path"]
        services.choose_path_and_route(work_item_id=self.item.pk, path=path, by=by, now=now)

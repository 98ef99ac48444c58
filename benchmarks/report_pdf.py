"""The PDF of a city's report for the program, against the typesetting alone of a report that is ready."""

from django.urls import reverse
from django.utils import timezone

from benchmarks.meter import Line, Meter
from benchmarks.pages import page, signed_in
from certification.enums import AssessmentStatus
from certification.models import Assessment
from certification.report import whole_report
from certification.report.document import document_of
from core.pdf import as_pdf
from people.models import User

NAME = "report_pdf"
MANAGER = "manager@program.example"


def measure(*, rounds: int) -> Line:
    """By turns, each of another city, for typst remembers what it has set; the first turn only warms up."""
    client, reader = signed_in(MANAGER), User.objects.get(email=MANAGER)
    reports = _reports(2 * (rounds + 1))
    turns = zip(reports[::2], reports[1::2], strict=True)
    pairs = [(page(client, _address(ours)), _typeset(other, reader)) for ours, other in turns]
    return Line(NAME, pairs[1:])


def _reports(count: int) -> list[Assessment]:
    """The newest released rounds, one of a case."""
    released = Assessment.objects.filter(status=AssessmentStatus.RELEASED).order_by("case_id", "-round")
    newest = Assessment.objects.filter(pk__in=released.distinct("case_id").values("pk"))
    found = list(newest.select_related("case__city__organization", "case__standard").order_by("pk")[:count])
    assert len(found) == count, "Too few reports are released."
    return found


def _address(assessment: Assessment) -> str:
    return reverse("workflows:report-pdf", args=[assessment.case_id])


def _typeset(assessment: Assessment, reader: User) -> Meter:
    document = document_of(whole_report(assessment, user=reader, now=timezone.now()))
    meter = Meter(steps=1)
    with meter.running():
        as_pdf(document, now=timezone.now())
    return meter

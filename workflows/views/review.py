from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from certification.selectors import current_assessment, result_of
from people.models import User
from workflows import services
from workflows.views.base import StepPage


class ReportRelease(StepPage):
    template_name = "workflows/steps/release_report.html"
    done_message = _("The report is released. The city and its coaches can read it now.")

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        services.release_report_and_route(work_item_id=self.item.pk, by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment = current_assessment(self.case)
        score = result_of(assessment) if assessment else None
        return super().get_context_data(assessment=assessment, score=score, **kwargs)

"""The program plans the coaching of a city's gaps, and mends the plan when a partner declines."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cases.deadlines import program_calendar
from certification.selectors import reasons_for_not_yet, result_of
from coaching.overlaps import taken_in
from coaching.selectors import AreaGap, gaps_of
from coaching.suggestions import partners_for_gaps
from people.models import User
from workflows import services
from workflows.forms.planning import DropForm, NoCoachingForm, OtherPartnerForm, PlanForm
from workflows.views.base import RoundPage, StepPage
from workflows.views.coaching import EngagementStep
from workflows.views.deeds import DeedsPage


def program_day() -> date:
    return program_calendar().local_day(timezone.now())


class CoachingPlanning(RoundPage, DeedsPage, StepPage):
    template_name = "workflows/steps/plan_coaching.html"
    deeds = {"offer": PlanForm, "none": NoCoachingForm}

    @cached_property
    def gaps(self) -> list[AreaGap]:
        return gaps_of(self.assessment, today=program_day())

    def form_options(self, deed: str) -> dict[str, Any]:
        if deed == "none":
            return {}
        fits = partners_for_gaps(self.gaps, self.case.city)
        return {"fits": fits, "taken": taken_in(self.case), "today": program_day()}

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        given = {"offers": form.offers} if self.deed == "offer" else {"offers": []}
        reason = form.cleaned_data.get("reason_for_none", "")
        services.plan_coaching_and_route(
            work_item_id=self.item.pk, reason_for_none=reason, by=by, now=now, **given
        )

    def get_success_url(self) -> str:
        return reverse("workflows:case-coaching", args=[self.case.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            assessment=self.assessment,
            score=result_of(self.assessment),
            gaps=self.gaps,
            reasons=reasons_for_not_yet(self.case),
            **kwargs,
        )


class PlanMending(EngagementStep, DeedsPage):
    template_name = "workflows/steps/mend_plan.html"
    deeds = {"offer": OtherPartnerForm, "drop": DropForm}

    @cached_property
    def gaps(self) -> list[AreaGap]:
        """What is left to reach in the areas that the partner was asked to coach."""
        areas = set(self.engagement.areas.all())
        return [
            gap for gap in gaps_of(self.engagement.plan.assessment, today=program_day()) if gap.area in areas
        ]

    def form_options(self, deed: str) -> dict[str, Any]:
        if deed == "drop":
            return {}
        fits = partners_for_gaps(self.gaps, self.case.city, without=[self.engagement.partner_id])
        criteria = [one for gap in self.gaps for one in gap.criteria]
        taken = taken_in(self.case, plan=self.engagement.plan)
        return {
            "fits": fits,
            "gaps": criteria,
            "engagement": self.engagement,
            "taken": taken,
            "today": program_day(),
        }

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        offer = form.offer if self.deed == "offer" else None
        note = form.cleaned_data.get("note", "")
        services.mend_plan_and_route(work_item_id=self.item.pk, offer=offer, note=note, by=by, now=now)

    def get_success_url(self) -> str:
        return reverse("workflows:case-coaching", args=[self.case.pk])

"""A living page that shows every component of the page kit in each of its states."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.core.validators import MinLengthValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.calendars import WorkingCalendar

NOW = datetime(2026, 5, 8, 14, 12, tzinfo=UTC)
CALENDAR = WorkingCalendar("US", "NJ", "America/New_York")
CHOICES = [("accept", _("Accept")), ("changes", _("Ask for changes")), ("decline", _("Decline"))]
STAGES = {
    "application": _("Application"),
    "self_assessment": _("Self-assessment"),
    "review": _("Review"),
    "coaching": _("Coaching"),
    "reassessment": _("Re-assessment"),
    "decision": _("Decision"),
    "certified": _("Certified"),
}


class SampleForm(forms.Form):
    signer = forms.CharField(label=_("Who signed the commitment"), max_length=120)
    signed_on = forms.DateField(label=_("Date of the signature"), widget=forms.DateInput)
    residents = forms.IntegerField(label=_("Residents"), min_value=0, max_value=50_000_000, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The city reads this."),
        max_length=2000,
        validators=[MinLengthValidator(10)],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    outcome = forms.ChoiceField(label=_("What do you decide?"), choices=CHOICES, widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(
        label=_("Practice areas"),
        choices=[("DM", "Data management"), ("OD", "Open data"), ("RDC", "Results-driven contracting")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    partner = forms.ChoiceField(label=_("Partner"), choices=[("", "—"), ("govex", "GovEx")], required=False)
    paper = forms.FileField(label=_("The signed paper"), help_text=_("PDF or image, up to 25 MB."))
    sure = forms.BooleanField(label=_("I may sign for the city"))


class SampleFilter(forms.Form):
    q = forms.CharField(label=_("City"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=[("", _("All")), *STAGES.items()], required=False)


def _steps(now: int) -> list[dict[str, Any]]:
    states = ["done"] * now + ["now"] + ["todo"] * (len(STAGES) - now - 1)
    steps = [{"label": label, "state": state} for label, state in zip(STAGES.values(), states, strict=True)]
    return [step | {"note": _("day 17 · typically 96")} if step["state"] == "now" else step for step in steps]


def _entry(sentence: str, days_ago: int, actor_label: str, detail: str = "") -> dict[str, Any]:
    at = NOW - timedelta(days=days_ago)
    return {"sentence": sentence, "at": at, "actor_label": actor_label, "detail": detail}


def _entries() -> list[dict[str, Any]]:
    return [
        _entry("Engagement offered to the Government Performance Lab.", 0, "Ana Ruiz, program manager"),
        _entry("City chose coaching: 20 of 43 criteria met.", 4, "Sam Cole, city lead"),
        _entry("Report released.", 8, "Milepost", "Two reviews, 5 differences settled."),
    ]


def _item(city: str, stage: str, due_in: timedelta) -> dict[str, Any]:
    since = NOW - timedelta(days=12)
    return {
        "city": city,
        "stage": stage,
        "stage_label": STAGES[stage],
        "due_at": NOW + due_in,
        "since": since,
    }


def _work() -> list[dict[str, Any]]:
    return [
        _item("Newark, NJ", "self_assessment", timedelta(days=-30)),
        _item("Spokane, WA", "coaching", timedelta(hours=20)),
        _item("Toledo, OH", "review", timedelta(days=9)),
    ]


def samples() -> dict[str, Any]:
    """Everything the page shows; the same at every call."""
    return {
        "now": NOW,
        "calendar": CALENDAR,
        "form": SampleForm(initial={"signer": "Andre Sayegh"}),
        "wrong_form": SampleForm(data={"wrong-reason": "Short"}, prefix="wrong"),
        "confirm_form": SampleForm(prefix="confirm"),
        "filter": SampleFilter(),
        "stages": STAGES.items(),
        "early_steps": _steps(0),
        "steps": _steps(3),
        "entries": _entries(),
        "work": _work(),
        "page": Paginator(range(120), 50).page(2),
        "deadlines": [NOW + timedelta(days=days, hours=5) for days in (-30, -1, 0, 3, 4, 7, 20, 45, 200)],
        "tabs": [
            {"label": _("Overview"), "url": "#", "current": True},
            {"label": _("Assessment"), "url": "#"},
            {"label": _("Messages"), "url": "#", "count": 2},
            {"label": _("Documents"), "url": "#"},
        ],
        "navigation": [
            {"label": label, "url": "#", "current": index == 1}
            for index, label in enumerate(["Desk", "Cases", "Pipeline", "People", "Standards", "Reminders"])
        ],
    }


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "pagekit/styleguide.html", samples())

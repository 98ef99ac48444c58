"""Input of coaching."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import EngagementStatus
from coaching.voices import QUESTIONS
from core.words import plain_text
from standards.models import Criterion

GOAL_LENGTH = 1000
REASON_LENGTH = 2000
NOTES_LENGTH = 10_000


def long_text(label: Any, *, rows: int = 4, longest: int = REASON_LENGTH, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class DeclineForm(forms.Form):
    reason = long_text(
        _("Why do you decline?"), help_text=_("The program reads this and looks for another partner.")
    )


class KickOffForm(forms.Form):
    held_on = forms.DateField(label=_("When was the kick-off held?"), widget=forms.DateInput)


class CloseForm(forms.Form):
    summary = long_text(
        _("What was achieved?"),
        rows=8,
        longest=NOTES_LENGTH,
        help_text=_("The city, the program and, in the packet, the committee read this summary."),
    )
    ready = forms.ModelMultipleChoiceField(
        Criterion.objects.none(),
        label=_("Which criteria do you believe are met now?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The city reads it before it answers again; assessors find out for themselves."),
    )

    def __init__(self, *args: Any, criteria: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ready"].queryset = criteria  # type: ignore[attr-defined]  # -- a model choice field


def _question(name: str, *, required: bool) -> forms.ChoiceField:
    label: Any
    label, answers = QUESTIONS[name]
    return forms.ChoiceField(
        label=label, choices=answers.choices, widget=forms.RadioSelect, required=required
    )


class FeedbackForm(forms.Form):
    satisfaction = _question("satisfaction", required=True)
    fitted = _question("fitted", required=False)
    changed = _question("changed", required=False)
    comment = long_text(
        _("Anything to add?"), required=False, help_text=_("Only the program reads what you write here.")
    )


class EngagementFilter(forms.Form):
    """Narrows and sorts the list of engagements."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *EngagementStatus.choices]
    )
    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("Everyone's")), ("mine", _("I coach"))]
    )

    SORTS = {
        "city": "city_name",
        "status": "position",
        "coach": "coach__name",
        "last": "last_held_on",
        "since": "offered_at",
    }

    def narrow(self, rows: Any, *, sort: str) -> Any:
        chosen = self.cleaned_data if self.is_valid() else {}
        if words := chosen.get("q"):
            rows = rows.filter(city_name__icontains=words)
        if status := chosen.get("status"):
            rows = rows.filter(status=status)
        if chosen.get("whose") == "mine":
            rows = rows.filter(own=0)
        return rows.order_by(*self._order(sort), "city_name", "pk")

    def _order(self, sort: str) -> list[str]:
        """Without a wish the reader's own stand first, the ones that begin or run before the ended."""
        column = self.SORTS.get(sort.removeprefix("-"))
        if column is None:
            return ["own", "position"]
        return [f"-{column}" if sort.startswith("-") else column]

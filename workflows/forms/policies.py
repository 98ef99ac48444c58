from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import RecipientRule
from cases.ladders import Rung
from cases.models.policy import EARLIEST_RUNG, LATEST_RUNG
from cases.services.policy import MOST_DAYS
from cases.steps import VALIDITIES

MOST_RUNGS = 30
EMPTY_LINES = 3


class PolicyForm(forms.Form):
    """How long a step may take; whether open work moves with it."""

    working_days = forms.IntegerField(
        label=_("Working days to the due date"), min_value=1, max_value=MOST_DAYS
    )
    move_open = forms.BooleanField(
        label=_("Move the due dates of open work as well"),
        required=False,
        help_text=_(
            "Without it only what opens from now on gets the new time. Reminders change in any case."
        ),
    )

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step in VALIDITIES:  # its day is given
            self.fields.clear()


class RungForm(forms.Form):
    """One line of the ladder; a line without days is none."""

    days = forms.IntegerField(
        label=_("Working days"), required=False, min_value=-EARLIEST_RUNG, max_value=LATEST_RUNG
    )
    rule = forms.ChoiceField(label=_("Who is told"), choices=RecipientRule.choices)
    may_wait = forms.BooleanField(label=_("May wait for a digest"), required=False)


_Rungs = forms.formset_factory(RungForm, extra=EMPTY_LINES, max_num=MOST_RUNGS, absolute_max=MOST_RUNGS)


class Rungs(_Rungs):  # type: ignore[valid-type,misc]  # -- made by a factory
    """The ladder as lines."""

    def ladder(self) -> list[Rung]:
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("days") is not None]
        return sorted(Rung(one["days"], RecipientRule(one["rule"]), one["may_wait"]) for one in filled)


def rungs_of(ladder: Iterable[Rung]) -> list[dict[str, Any]]:
    """What the lines begin with."""
    return [{"days": rung.days, "rule": rung.rule, "may_wait": rung.may_wait} for rung in ladder]

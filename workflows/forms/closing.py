from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Closure, Organization

_DAY = {"type": "date"}


class KeepsTimeForm(forms.Form):
    """Whether open work follows another set of closed days."""

    keeps_time = forms.BooleanField(
        label=_("Open work keeps its working days"),
        required=False,
        initial=True,
        help_text=_(
            "Due dates after these days move by the working days that are lost or won. Dates that people "
            "agreed upon stay. What would fall due on a closed day moves in any case."
        ),
    )


class ClosureForm(KeepsTimeForm):
    """Days to close an organization on."""

    name = forms.CharField(label=_("What is it?"), max_length=80, help_text=_("Such as “Year-end break”."))
    begins_on = forms.DateField(label=_("First closed day"), widget=forms.DateInput(attrs=_DAY))
    ends_on = forms.DateField(label=_("Last closed day"), widget=forms.DateInput(attrs=_DAY))

    field_order = ("name", "begins_on", "ends_on", "keeps_time")

    def closure_of(self, organization: Organization) -> Closure:
        """The days as entered, not kept yet."""
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in ("name", "begins_on", "ends_on")}
        return Closure(organization=organization, **values)

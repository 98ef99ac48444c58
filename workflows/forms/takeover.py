"""Input of taking running cases over: a file, or lines pasted from a spreadsheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class RunningCasesForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Spreadsheet as CSV"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste the lines, the one with the column names first"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    invite = forms.BooleanField(
        label=gettext_lazy("Invite the owners of a city’s step who are no lead of the city yet"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """`source`: the file, else the pasted lines."""
        values = super().clean() or {}
        upload = values.get("file")
        values["source"] = upload.read() if upload else values.get("text", "").encode()
        if not values["source"].strip():
            raise forms.ValidationError(_("Choose a file, or paste lines with the column names first."))
        return values

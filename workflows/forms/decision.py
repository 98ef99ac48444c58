"""Input of voting and announcing."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import Choice

REASON_LENGTH = 4000


class VoteForm(forms.Form):
    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed for “not yet”: say what is missing. The city reads it, without your name."),
    )


class RecusalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you stand aside?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The program reads this."),
    )


class AnnouncementForm(forms.Form):
    announce_on = forms.DateField(
        label=_("Day of the announcement"),
        widget=forms.DateInput,
        help_text=_(
            "Today publishes the certificate at once. A later day keeps everything confidential until then."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"announce_on": today} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["announce_on"].widget.attrs["min"] = today.isoformat()

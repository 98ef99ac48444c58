from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.files import KINDS_IN_WORDS, MAX_MEGABYTES
from core.words import plain_text

LONGEST = 5000


class AppealForm(forms.Form):
    """Why the city holds a criterion to be met, with one more piece of evidence if there is one."""

    reasons = forms.CharField(
        label=_("Why it is met"),
        max_length=LONGEST,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "What did the assessors overlook, and where can it be seen? Program and assessors read it."
        ),
        error_messages={"required": _("Say why the criterion is met; the program reads it.")},
    )
    title = forms.CharField(label=_("Title of the evidence"), required=False, max_length=200)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("%(kinds)s, up to %(limit)s MB.") % {"kinds": KINDS_IN_WORDS, "limit": MAX_MEGABYTES},
    )
    link = forms.CharField(
        label=_("Or a link"),
        required=False,
        max_length=500,
        help_text=_("A public page, beginning with https://."),
    )
    speaks_for_on = forms.DateField(
        label=_("The day it speaks for"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("Minutes: the day of the meeting. A report: the end of its period."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("file") and values.get("link"):
            self.add_error("link", _("Choose a file or give a link, one of the two."))
        return values

    def entered(self) -> dict[str, Any]:
        """What the domain takes, clean."""
        values = dict(self.cleaned_data)
        return values | {"upload": values.pop("file")}


class AnswerAppealForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[
            ("grant", _("Grant the appeal: the criterion counts as met")),
            ("uphold", _("Uphold the finding: the criterion stays not met")),
        ],
    )
    answer = forms.CharField(
        label=_("Why"),
        max_length=LONGEST,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The city and the assessors read it, and the committee in the packet."),
        error_messages={"required": _("Say why; the city reads it.")},
    )

    def entered(self) -> dict[str, Any]:
        """What the domain takes, clean."""
        return {"grant": self.cleaned_data["verdict"] == "grant", "answer": self.cleaned_data["answer"]}

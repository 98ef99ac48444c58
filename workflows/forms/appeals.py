from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.words import plain_text
from workflows.forms.evidence import PieceFields

LONGEST = 5000


class AppealForm(PieceFields):
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
    field_order = ("reasons",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("Title of the evidence")

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

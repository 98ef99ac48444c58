from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST = timedelta(days=2 * 366)


class HoldForm(forms.Form):
    """Why a case is paused, and a day on which to try what resuming it would move.

    Whoever `tries` only need not say why.
    """

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everyone on the case reads it."),
        error_messages={"required": gettext_lazy("Say why the case is paused; the city reads it.")},
    )
    until = forms.DateField(
        label=gettext_lazy("Show what would move if it were resumed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Only to try. The case rests until the program resumes it."),
    )

    def __init__(self, *args: Any, tries: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not tries

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        today = timezone.localdate()
        if until is not None and not today < until <= today + LONGEST:
            raise ValidationError(_("Choose a day after today, within two years."))
        return until

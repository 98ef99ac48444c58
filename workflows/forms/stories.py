from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.services.stories import LONGEST
from core.words import plain_line, plain_text


class StoryForm(forms.Form):
    """An example of data at work, and the criteria that it is evidence for."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        validators=[plain_line],
        error_messages={"required": _("Give it a title.")},
    )
    text = forms.CharField(
        label=_("What happened"),
        max_length=LONGEST,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Tell what happened.")},
        help_text=_("What was the question, what did the data say, what did the city do, and what changed?"),
    )
    link = forms.CharField(
        label=_("A link"),
        required=False,
        max_length=500,
        help_text=_("A public page about it, beginning with https://."),
    )
    speaks_for_on = forms.DateField(
        label=_("The day it speaks for"), required=False, widget=forms.DateInput()
    )
    answers = forms.MultipleChoiceField(
        label=_("Evidence for"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answers"].choices = criteria  # type: ignore[attr-defined]  # -- a choice field's
        if not criteria:
            del self.fields["answers"]

    def told(self) -> dict[str, Any]:
        """What the domain takes, clean, but for the criteria."""
        return {name: self.cleaned_data[name] for name in ("title", "text", "link", "speaks_for_on")}

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import WorkItem
from notifications.wordings import LONGEST_SUBJECT, LONGEST_TEXT


class WordingForm(forms.Form):
    """A message's words, and the work they are tried on. `version` is the one that the writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        help_text=_("Plain text. An empty line begins a new paragraph. The links are added below it."),
    )
    example = forms.ChoiceField(label=_("Show it with the values of"), required=False)

    def __init__(self, *args: Any, items: Sequence[WorkItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        named = [(key, f"{item.place.name}: {item.title}") for key, item in self.items.items() if item.place]
        field: Any = self.fields["example"]
        field.choices = [*named, ("", _("made-up values"))]
        field.initial = named[0][0] if named else ""

    def chosen(self) -> WorkItem | None:
        key = self.cleaned_data.get("example") if self.is_bound else self.fields["example"].initial
        return self.items.get(key or "")

    def words(self) -> dict[str, str]:
        return {"subject": self.cleaned_data["subject"], "text": self.cleaned_data["text"]}

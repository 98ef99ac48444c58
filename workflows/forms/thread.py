from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cases.services.thread import LONGEST, MOST_FILES
from core.files import KINDS_IN_WORDS, MAX_MEGABYTES
from core.words import plain_text


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field; what a file may be, the domain says."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class MessageForm(forms.Form):
    """A message to one thread. The key tells the same form sent twice from two messages."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=LONGEST,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    mentioned = forms.TypedMultipleChoiceField(
        label=_("For whose attention?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are told at once. Writing @ and the name does the same."),
    )
    file = FilesField(
        label=_("Files"),
        required=False,
        help_text=_("Up to %(count)s: %(kinds)s, each up to %(limit)s MB.")
        % {"count": MOST_FILES, "kinds": KINDS_IN_WORDS, "limit": MAX_MEGABYTES},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentioned"].choices = people  # type: ignore[attr-defined]  # -- the fields of an instance lose their class
        self.fields["key"].initial = uuid4
        if not people:
            del self.fields["mentioned"]

    def written(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "text": values["text"],
            "key": values["key"],
            "mentioned": values.get("mentioned", []),
            "uploads": values["file"],
        }

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.enums import Audience
from certification.services.comments import LONGEST
from core.words import plain_text


class CommentForm(forms.Form):
    """A comment for one audience. The key tells the same form sent twice from two comments."""

    audience = forms.ChoiceField(choices=Audience.choices, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write something.")},
    )

    def __init__(self, data: Any = None, *, audience: str) -> None:
        super().__init__(data, auto_id=f"comment_{audience}_%s")
        self.fields["audience"].initial = audience
        self.fields["key"].initial = uuid4
        self.fields["text"].label = {
            Audience.CITY: _("Comment for city and program"),
            Audience.INTERNAL: _("Comment for program and assessors"),
        }[Audience(audience)]

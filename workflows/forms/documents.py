from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import NoteAudience
from coaching.models import Engagement
from coaching.services.documents import LONGEST_TITLE, audiences_for
from core.files import KINDS_IN_WORDS, MAX_MEGABYTES
from core.words import plain_line
from people.models import User

READERS = {
    NoteAudience.CITY: _("The city as well; the program reads it, too"),
    NoteAudience.PARTNER: _("My organization: its leads and coaches"),
}


class DocumentForm(forms.Form):
    """A file for an engagement. The key tells the same form sent twice from two."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("File"),
        help_text=_("%(kinds)s, up to %(limit)s MB.") % {"kinds": KINDS_IN_WORDS, "limit": MAX_MEGABYTES},
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=LONGEST_TITLE,
        validators=[plain_line],
        help_text=_("Without one it is called like its file."),
    )

    def __init__(self, *args: Any, engagement: Engagement, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        offered = audiences_for(engagement, by=by)
        self.fields["audience"] = forms.ChoiceField(
            label=_("Who reads it?"),
            choices=[(one.value, READERS[one]) for one in offered],
            widget=forms.RadioSelect if len(offered) > 1 else forms.HiddenInput,
            initial=offered[0] if len(offered) == 1 else None,
            error_messages={"required": _("Choose who reads the document.")},
        )

    @property
    def document(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return values | {"upload": values.pop("file")} if "file" in values else values

from collections.abc import Sequence
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import NoteAudience
from coaching.models import Engagement, Note
from coaching.services.notes import LONGEST, WIDTH, may_tell_the_city
from core.errors import Text
from core.words import plain_text

AUDIENCES: list[tuple[str, Text]] = [
    (NoteAudience.PRIVATE, _("Only me: nobody else ever reads it")),
    (NoteAudience.PARTNER, _("My organization: its leads and coaches")),
    (NoteAudience.CITY, _("The city as well; the program and, later, the committee read it too")),
]


def _text_field() -> forms.CharField:
    return forms.CharField(
        label=_("Note"),
        max_length=LONGEST,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Markdown works: **bold**, - lists, [words](https://address)."),
        error_messages={"required": _("Write something.")},
    )


class NoteForm(forms.Form):
    """A note, for readers who must be chosen each time. The key tells the same form sent twice from two."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = _text_field()
    audience = forms.ChoiceField(
        label=_("Who reads it?"),
        choices=AUDIENCES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who reads the note.")},
    )

    def __init__(self, data: Any = None, *, engagement: Engagement) -> None:
        super().__init__(data, auto_id="id_note_%s")
        self.fields["key"].initial = uuid4
        audience = cast("forms.ChoiceField", self.fields["audience"])
        audience.choices = [
            choice for choice in AUDIENCES if choice[0] != NoteAudience.CITY or may_tell_the_city(engagement)
        ]


class NoteEditForm(forms.Form):
    """Other words, and the version of those that they take the place of."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    text = _text_field()


class NoteWidenForm(forms.Form):
    audience = forms.ChoiceField(choices=NoteAudience.choices)


def wider_than(note: Note) -> Sequence[tuple[str, Text]]:
    """Whom a note could be shown to beyond its readers, with what follows."""
    consequences = {
        NoteAudience.PARTNER: _("Every lead and coach of your organization reads it from now on."),
        NoteAudience.CITY: _(
            "The city and the program read it from now on, and the committee when it decides. "
            "This can't be undone."
        ),
    }
    return [
        (one.value, text)
        for one, text in consequences.items()
        if WIDTH[one] > WIDTH[NoteAudience(note.audience)]
        and (one != NoteAudience.CITY or may_tell_the_city(note.engagement))
    ]

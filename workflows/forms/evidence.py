from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.files import KINDS_IN_WORDS, MAX_BYTES, MAX_MEGABYTES
from core.words import plain_line

TOO_LARGE = _("The file is larger than %(limit)s MB. Make it smaller or link to it instead.")


class PieceFields(forms.Form):
    """What a piece of evidence is made of: a file or a link, with the day it speaks for."""

    title = forms.CharField(label=_("Title"), required=False, max_length=200, validators=[plain_line])
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"data-max-bytes": MAX_BYTES, "data-too-large": TOO_LARGE % {"limit": MAX_MEGABYTES}}
        self.fields["file"].widget.attrs |= limits


class PieceForm(PieceFields):
    """One piece of evidence."""

    prefix = "evidence"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and sum(bool(values.get(name)) for name in ("file", "link", "existing")) != 1:
            self.add_error("link", _("Choose a file or give a link, one of the two."))
        return values

    def piece(self) -> dict[str, Any]:
        """What the domain takes, clean."""
        values = self.cleaned_data
        return {
            "title": values["title"],
            "upload": values["file"],
            "link": values["link"],
            "speaks_for_on": values["speaks_for_on"],
        }


class EvidenceForm(PieceForm):
    """On the page of a criterion. Its fields stand outside the answer's form element and are sent along."""

    FIELDS_OF = "answer"

    existing = forms.ChoiceField(
        label=_("Or something that serves another criterion already"), required=False
    )

    def __init__(self, *args: Any, existing: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["existing"].choices = [("", _("Choose a piece")), *existing]  # type: ignore[attr-defined]  # -- a choice field's
        if not existing:
            del self.fields["existing"]
        for field in self.fields.values():
            field.widget.attrs["form"] = self.FIELDS_OF

    @property
    def chosen(self) -> str:
        """The piece that is to serve this criterion, too."""
        return str(self.cleaned_data.get("existing", ""))


class AttachForm(forms.Form):
    """One more criterion for a piece of evidence."""

    response = forms.ChoiceField(label=_("Criterion"))

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["response"].choices = criteria  # type: ignore[attr-defined]  # -- a choice field's

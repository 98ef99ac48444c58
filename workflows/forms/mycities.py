"""Narrows one's cities; also says whether they stand as cards or as a table."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import Stage
from coaching.enums import HealthLevel
from workflows.mycities import MyCity

ANY = ("", _("Any"))
COACHED_STAGES = [pair for pair in Stage.choices if pair[0] in ("coaching", "reassessment", "review")]


class MyCitiesFilter(forms.Form):
    q = forms.CharField(label=_("City"), required=False, max_length=80)
    health = forms.ChoiceField(label=_("Health"), required=False, choices=[ANY, *HealthLevel.choices])
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[ANY, *COACHED_STAGES])
    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("I coach")), ("all", _("My organization's"))]
    )
    view = forms.ChoiceField(
        label=_("Show as"), required=False, choices=[("", _("Cards")), ("table", _("Table"))]
    )

    def chosen(self, name: str) -> str:
        """What was chosen; an impossible value chooses nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    def narrow(self, rows: Sequence[MyCity]) -> list[MyCity]:
        words, health, stage = (self.chosen(name) for name in ("q", "health", "stage"))
        return [
            row
            for row in rows
            if words.casefold() in row.name.casefold()
            and health in ("", row.health.level)
            and stage in ("", row.engagement.case.stage)
        ]


class JudgmentForm(forms.Form):
    """What the coach adds to the facts."""

    level = forms.ChoiceField(label=_("How does it fare?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your organization and the program read it, the city does not."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [pair for pair in HealthLevel.choices if pair[0] != HealthLevel.PAUSED]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]  # -- the fields of an instance lose their class

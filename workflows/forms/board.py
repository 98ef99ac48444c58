from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.enums import HealthLevel
from workflows.board import COLUMNS, Card, Load

ANY = ("", _("Any"))


class BoardFilter(forms.Form):
    """Narrows the board; with a column chosen, that one alone is shown, page by page."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    coach = forms.ChoiceField(label=_("Coach"), required=False)
    health = forms.ChoiceField(label=_("Health"), required=False, choices=[ANY, *HealthLevel.choices])
    column = forms.ChoiceField(
        label=_("Column"),
        required=False,
        choices=[("", _("All")), *((one.value, one.label) for one in COLUMNS)],
    )

    def __init__(self, *args: Any, loads: Sequence[Load], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(load.coach.person.pk), load.coach.person.name) for load in loads]
        self.fields["coach"].choices = [ANY, ("none", _("Nobody yet")), *people]  # type: ignore[attr-defined]  # -- the fields of an instance lose their class

    def chosen(self, name: str) -> str:
        """What was chosen; an impossible value chooses nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    def narrow(self, cards: Sequence[Card]) -> list[Card]:
        words, coach, health = (self.chosen(name) for name in ("q", "coach", "health"))
        return [
            card
            for card in cards
            if words.casefold() in card.engagement.case.city.name.casefold()
            and coach in ("", str(card.engagement.coach_id or "none"))
            and health in ("", card.health.level)
        ]

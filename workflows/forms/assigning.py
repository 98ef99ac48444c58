"""Input of assigning coaches, to one engagement or to several at once."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.assigning import CoachFit, Suggestion
from people.models import User
from workflows.forms.review import RadiosWithoutBarred


def _in_words(fit: CoachFit) -> SafeString:
    warnings = format_html_join(
        " ", '<span class="mp-tag mp-tag--late">{}</span>', ([one] for one in fit.warnings)
    )
    return format_html(
        '{} <span class="mp-small">{}</span> {}', fit.coach.person.name, " · ".join(fit.reasons), warnings
    )


def _beforehand(suggestion: Suggestion) -> int | str:
    """Who is chosen when the page opens; nobody where there is a coach, who would be replaced by a slip."""
    if suggestion.best is None or suggestion.engagement.coach_id is not None:
        return ""
    return suggestion.best.coach.person.pk


def _field_of(suggestion: Suggestion, label: str, *, may_wait: bool) -> forms.TypedChoiceField:
    """The coaches of the partner, the best first; whom a rule forbids is shown and can't be chosen."""
    choices: list[tuple[Any, Any]] = [(fit.coach.person.pk, _in_words(fit)) for fit in suggestion.fits]
    field = forms.TypedChoiceField(
        label=label,
        coerce=int,
        empty_value=None,
        required=not may_wait,
        choices=[*choices, ("", _("Nobody yet"))] if may_wait else choices,
        initial=_beforehand(suggestion),
        widget=RadiosWithoutBarred,
    )
    field.widget.barred = frozenset(fit.coach.person.pk for fit in suggestion.fits if fit.is_barred)
    return field


class CoachForm(forms.Form):
    """Who coaches one city."""

    def __init__(self, *args: Any, suggestion: Suggestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {fit.coach.person.pk: fit.coach.person for fit in suggestion.fits}
        self.fields["coach"] = _field_of(suggestion, _("Who coaches the city?"), may_wait=False)

    @property
    def coach(self) -> User:
        return self.people[self.cleaned_data["coach"]]


class CoachesForm(forms.Form):
    """Who coaches which of several cities; one that stays without a coach waits on."""

    def __init__(self, *args: Any, suggestions: Sequence[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggestions
        for one in suggestions:
            label = _("Who coaches %(city)s?") % {"city": one.engagement.case.city}
            self.fields[str(one.engagement.pk)] = _field_of(one, label, may_wait=True)

    def rows(self) -> list[tuple[Suggestion, forms.BoundField]]:
        return [(one, self[str(one.engagement.pk)]) for one in self.suggestions]

    @property
    def chosen(self) -> dict[uuid.UUID, User]:
        """By engagement, without those that wait on."""
        people = {fit.coach.person.pk: fit.coach.person for one in self.suggestions for fit in one.fits}
        keys = [one.engagement.pk for one in self.suggestions]
        return {key: people[coach] for key in keys if (coach := self.cleaned_data[str(key)])}

from collections.abc import Mapping
from typing import Any

from django import forms

from notifications.enums import Mode
from notifications.topics import topics


class PreferenceForm(forms.Form):
    """How each topic that may be chosen is mailed."""

    def __init__(self, *args: Any, modes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in topics():
            if topic.may_change:
                self.fields[topic.code] = forms.ChoiceField(
                    label=str(topic.title),
                    help_text=str(topic.text),
                    choices=Mode.choices,
                    initial=modes.get(topic.code, Mode.NOW),
                )

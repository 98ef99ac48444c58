from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import Party
from coaching.selectors import Hand
from coaching.services.actions import LONGEST, LONGEST_OUTCOME
from core.words import plain_line
from people.models import User
from standards.models import Criterion
from workflows.forms.coaching import long_text


class OwnerField(forms.TypedChoiceField):
    """Somebody at work in the engagement, under the name of the city or the partner."""

    def __init__(self, hands: list[Hand], **options: Any) -> None:
        people = {str(hand.person.pk): hand.person for hand in hands}
        groups: dict[Party, tuple[str, list[tuple[str, str]]]] = {}
        for hand in hands:
            group = groups.setdefault(hand.party, (hand.organization.name, []))
            group[1].append((str(hand.person.pk), hand.person.name))
        super().__init__(
            label=_("Who does it?"),
            choices=[("", _("Choose a person")), *groups.values()],
            coerce=people.__getitem__,
            empty_value=None,
            error_messages={"required": _("Choose who does it.")},
            **options,
        )


class ActionItemForm(forms.Form):
    """What was agreed upon. The key tells the same form sent twice from two."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is to be done?"),
        max_length=LONGEST,
        validators=[plain_line],
        help_text=_("Begin with a verb, such as “Publish the inventory”. City, partner and program read it."),
        error_messages={"required": _("Say what is to be done.")},
    )
    due_on = forms.DateField(
        label=_("By when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day.")},
    )
    criterion = forms.ModelChoiceField(
        Criterion.objects.none(), label=_("Criterion"), required=False, empty_label=_("None in particular")
    )

    def __init__(self, data: Any = None, *, hands: list[Hand], criteria: Any) -> None:
        super().__init__(data, auto_id="id_action_%s")
        self.fields["key"].initial = uuid4
        self.fields["criterion"].queryset = criteria  # type: ignore[attr-defined]  # -- a model choice field
        self.fields["owner"] = OwnerField(hands)
        self.order_fields(["key", "text", "owner", "due_on", "criterion"])


class PassOnForm(forms.Form):
    def __init__(self, data: Any = None, *, hands: list[Hand], but: User | None = None) -> None:
        super().__init__(data, auto_id="id_pass_%s")
        self.fields["owner"] = OwnerField([hand for hand in hands if hand.person != but])


class OutcomeForm(forms.Form):
    outcome = long_text(
        _("What came of it?"),
        longest=LONGEST_OUTCOME,
        required=False,
        help_text=_("City, partner and program read it."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_done_%s")


class DropForm(forms.Form):
    outcome = long_text(
        _("Why need it not be done any more?"),
        rows=2,
        longest=LONGEST_OUTCOME,
        error_messages={"required": _("Say why it need not be done any more.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_drop_%s")

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.services.transfers import LONGEST
from people.models import Organization, User
from workflows.forms.coaching import long_text


class PauseForm(forms.Form):
    reason = long_text(
        _("Why does it rest, and until when?"),
        longest=LONGEST,
        help_text=_("The city and the program read it."),
        error_messages={"required": _("Say why it rests; the city and the program read it.")},
    )


class TransferDeclineForm(forms.Form):
    reason = long_text(
        _("Why do you decline?"),
        longest=LONGEST,
        help_text=_("Whoever asked you reads it."),
        error_messages={"required": _("Say why, so that somebody else can be found.")},
    )


class TransferForm(forms.Form):
    """Who shall take over: a colleague by number, or another partner by its slug."""

    to = forms.ChoiceField(
        label=_("Who shall take over?"),
        help_text=_(
            "Coaches of your organization. Leads and the program may ask another partner, too, "
            "where one coaches every area of this engagement."
        ),
        error_messages={"required": _("Choose somebody.")},
    )
    note = long_text(
        _("Hand-over note"),
        rows=6,
        longest=LONGEST,
        help_text=_("What they have to know. The two sides and the program read it, the city does not."),
        error_messages={"required": _("Say what whoever takes over has to know.")},
    )

    def __init__(
        self, data: Any = None, *, coaches: list[User], partners: list[Organization], own: Organization
    ) -> None:
        super().__init__(data)
        self._own = own
        self._coaches = {f"coach-{one.pk}": one for one in coaches}
        self._partners = {f"partner-{one.slug}": one for one in partners}
        choices: list[Any] = [("", _("Choose somebody"))]
        for heading, found in ((own.name, self._coaches), (_("Another partner"), self._partners)):
            if found:
                choices.append((heading, [(code, str(one)) for code, one in found.items()]))
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # -- a choice field

    @property
    def coach(self) -> User | None:
        return self._coaches.get(self.cleaned_data["to"])

    @property
    def partner(self) -> Organization:
        return self._partners.get(self.cleaned_data["to"], self._own)

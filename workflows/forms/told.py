from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.querysets import NoticeQuerySet
from notifications.topics import topics
from people.models import User
from workflows.person_ledger import about_city, mailed

STATES = [
    ("", _("Any")),
    ("sent", _("Mailed")),
    ("queued", _("Waiting to be mailed")),
    ("failed", _("Could not be delivered")),
    ("suppressed", _("Stopped before it was mailed")),
    ("none", _("Not mailed: they want none")),
]


class ToldFilter(forms.Form):
    """Narrows the messages to a person."""

    q = forms.CharField(label=_("City, or words of the subject"), required=False, max_length=80)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    mail = forms.ChoiceField(label=_("Mail"), required=False, choices=STATES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic: Any = self.fields["topic"]
        topic.choices = [("", _("Any")), *((one.code, one.title) for one in topics())]

    def narrow(self, rows: NoticeQuerySet, *, reader: User) -> NoticeQuerySet:
        """The rows that fit; an impossible value narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if words := chosen.get("q"):
            rows = about_city(rows, words, reader=reader)
        if topic := chosen.get("topic"):
            rows = rows.filter(topic=topic)
        if state := chosen.get("mail"):
            rows = mailed(rows, state)
        return rows

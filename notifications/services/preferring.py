from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput
from notifications.enums import Mode
from notifications.models import Preference
from notifications.topics import topic_named
from people.models import User


@transaction.atomic
def set_preferences(*, modes: Mapping[str, str], by: User, now: datetime) -> None:
    """How a person wants the mails of some topics; what they name as it was leaves no trace."""
    for code, mode in modes.items():
        if not topic_named(code).may_change or mode not in Mode.values:
            raise InvalidInput(errors={code: [_("This can't be chosen.")]})
        _set(code, mode, by=by, now=now)


def _set(topic: str, mode: str, *, by: User, now: datetime) -> None:
    row = Preference.objects.select_for_update().filter(person=by, topic=topic).first()
    old = row.mode if row else Mode.NOW
    if mode == old:
        return
    if row is None:
        row, _made = Preference.objects.update_or_create(person=by, topic=topic, defaults={"mode": mode})
    else:
        row.mode = mode
        row.save(update_fields=["mode"])
    audit.record(
        "notifications.preference_set", by=by, target=row, now=now, old={topic: old}, new={topic: mode}
    )

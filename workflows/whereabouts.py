"""On whose desk the work of an engagement lies when its coach is away, in words."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from cases.enums import Party, WorkKind
from cases.models import WorkItem
from cases.routing import Duty, routed_to
from coaching.models import Engagement
from core.pagekit_dates import day_in_words
from people.models import Absence


def work_of_the_absent(engagements: Collection[uuid.UUID], *, now: datetime) -> list[str]:
    """A sentence for each of the engagements whose coach is away now and which has an open step."""
    coaches = {one.pk: one for one in Engagement.objects.filter(pk__in=engagements).select_related("coach")}
    away = {
        one.person_id: one
        for one in Absence.objects.running(now).filter(person__engagements__in=engagements).for_list()
    }
    steps = WorkItem.objects.open().filter(subject__in=coaches, party=Party.PARTNER, kind=WorkKind.STEP)
    found = []
    for item in steps.for_list().order_by("case__city__organization__name", "pk"):
        coach = coaches[item.subject].coach if item.subject else None
        if coach is not None and coach.pk in away:
            found.append(_sentence(item, away[coach.pk], now=now))
    return found


def _sentence(item: WorkItem, absence: Absence, *, now: datetime) -> str:
    route = routed_to(absence.person, Duty.of(item), at=now)
    if item.owner is not None and item.owner != absence.person:
        text = _("%(coach)s is away until %(day)s; “%(what)s” for %(city)s is on the desk of %(owner)s.")
    elif route.refused:
        text = _(
            "%(coach)s is away until %(day)s; “%(what)s” for %(city)s stays on their desk: "
            "%(substitute)s can't do it (%(why)s)."
        )
    else:
        text = _(
            "%(coach)s is away until %(day)s; “%(what)s” for %(city)s is on their desk, where %(next)s "
            "may take it over."
        )
    return text % {
        "coach": absence.person,
        "day": day_in_words(absence.ends_on),
        "what": item.title,
        "city": item.case.city if item.case else "",
        "owner": item.owner,
        "substitute": absence.substitute,
        "next": route.person,
        "why": route.why,
    }

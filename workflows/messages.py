"""What a reminder about a piece of work says, and to whom: decided when it is sent, never before."""

import uuid
from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import ParticipationRole, Party
from cases.models import Hold, WorkItem
from certification.enums import DecisionStatus
from certification.models import Decision
from core.pagekit_dates import day_in_words
from notifications.resolvers import Message
from people.enums import Role
from people.models import Affiliation, User
from people.roles import PROGRAM_ROLES

ROLES_OF_PARTY = {
    Party.CITY: {Role.CITY_LEAD},
    Party.PARTNER: {Role.PARTNER_LEAD},
    Party.PROGRAM: PROGRAM_ROLES,
}


def work_due(ids: Sequence[uuid.UUID], step: str) -> Mapping[uuid.UUID, Message]:
    """Messages for the work that is still open; work done or on hold meanwhile is left out."""
    held = Hold.objects.filter(case=OuterRef("case"), lifted_at__isnull=True)
    items = WorkItem.objects.open().filter(~Exists(held), pk__in=ids).for_list()
    return {item.pk: _message(item, step) for item in items}


def _message(item: WorkItem, step: str) -> Message:
    city = item.place.name if item.place else _("a city that is not on record")
    calendar = calendar_of(item.organization)
    values = {"title": item.title, "city": city, "day": day_in_words(calendar.local_day(item.due_at))}
    if step == "two_days_before":
        subject = _("Due %(day)s: %(title)s, %(city)s") % values
        text = (
            _("“%(title)s” for %(city)s is yours and falls due on %(day)s, at the end of the working day.")
            % values
        )
    else:
        subject = _("Overdue: %(title)s, %(city)s") % values
        text = _("“%(title)s” for %(city)s is yours and was due on %(day)s.") % values
    return Message(_recipients(item), subject, text, item.get_absolute_url())


def _recipients(item: WorkItem) -> list[int]:
    """The owner; without one whoever may do it: the organization's leads, or members without a vote."""
    if item.owner is not None and item.owner.is_active:
        return [item.owner.pk]
    if item.party == Party.COMMITTEE:
        return _members_to_vote(item)
    roles = ROLES_OF_PARTY.get(Party(item.party), set())
    serving = Affiliation.objects.active(timezone.localdate()).filter(role__in=roles, person__is_active=True)
    return sorted(set(serving.filter(organization=item.organization).values_list("person_id", flat=True)))


def _members_to_vote(item: WorkItem) -> list[int]:
    decision = Decision.objects.filter(case=item.case_id, status=DecisionStatus.VOTING).first()
    if decision is None:
        return []
    seated = User.objects.filter(
        is_active=True,
        participations__case=item.case_id,
        participations__role=ParticipationRole.COMMITTEE,
        participations__until__isnull=True,
    )
    voted = decision.votes.values_list("member_id", flat=True)
    aside = decision.recusals.values_list("member_id", flat=True)
    seated = seated.exclude(pk__in=voted).exclude(pk__in=aside)
    return sorted(set(seated.values_list("pk", flat=True)))

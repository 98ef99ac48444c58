from typing import Any

import rules

from cases.enums import WorkKind
from cases.models import Cover
from cases.rules import belongs_to_this_city, is_program, leads_this_city
from coaching.models import ActionItem, CoachProfile, Engagement, PartnerProfile, Sprint, Transfer
from people.enums import Role
from people.models import Organization, User
from people.permissions import Permission
from people.predicates import register
from people.roles import PARTNER_ROLES


@rules.predicate
def leads_this_partner(user: User | None, thing: Any) -> bool:
    if user is None or not isinstance(thing, Engagement):
        return False
    return thing.partner_id in user.organizations_as(Role.PARTNER_LEAD)


@rules.predicate
def coaches_this_engagement(user: User | None, thing: Any) -> bool:
    """Is its coach or holds its work for a coach who is away, and is still a coach of its partner."""
    if user is None or not isinstance(thing, Engagement):
        return False
    if thing.coach_id != user.pk and not _holds_its_step(user, thing):
        return False
    return thing.partner_id in user.organizations_as(Role.COACH)


def _holds_its_step(user: User, engagement: Engagement) -> bool:
    covers = Cover.objects.standing().filter(holder=user, item__subject=engagement.pk)
    return covers.filter(item__kind=WorkKind.STEP).exists()


@rules.predicate
def belongs_to_this_partner(user: User | None, thing: Any) -> bool:
    if user is None or not isinstance(thing, Engagement):
        return False
    return thing.partner_id in user.organizations_as(*PARTNER_ROLES)


@rules.predicate
def leads_partner_of_profile(user: User | None, thing: Any) -> bool:
    if user is None or not isinstance(thing, PartnerProfile | CoachProfile):
        return False
    partner = thing.partner_id if isinstance(thing, CoachProfile) else thing.organization_id
    return partner in user.organizations_as(Role.PARTNER_LEAD)


@rules.predicate
def is_their_own_profile(user: User | None, thing: Any) -> bool:
    if user is None or not isinstance(thing, CoachProfile):
        return False
    return thing.person_id == user.pk and thing.partner_id in user.organizations_as(Role.COACH)


@rules.predicate
def is_asked_to_take_over(user: User | None, thing: Any) -> bool:
    """The coach to whom the engagement is offered, or a lead of the partner."""
    if user is None or not isinstance(thing, Transfer):
        return False
    asked = thing.to_coach_id == user.pk and thing.to_partner_id in user.organizations_as(Role.COACH)
    return asked or thing.to_partner_id in user.organizations_as(Role.PARTNER_LEAD)


@rules.predicate
def has_taken_this_on(user: User | None, thing: Any) -> bool:
    """Owes the action item, or may set such items where it was agreed upon."""
    if user is None or not isinstance(thing, ActionItem):
        return False
    return thing.work_item.owner_id == user.pk or user.has_perm(Permission.SET_ACTIONS, thing.engagement)


@rules.predicate
def is_system_of_this_city(user: User | None, thing: Any) -> bool:
    if user is None or not isinstance(thing, Engagement):
        return False
    return thing.case.city.organization_id in user.organizations_as(Role.CITY_SYSTEM)


@rules.predicate
def is_of_this_partner(user: User | None, thing: Any) -> bool:
    """A lead or coach of the partner itself, or of the one that runs a sprint."""
    if user is None or not isinstance(thing, Organization | Sprint):
        return False
    partner_id = thing.partner_id if isinstance(thing, Sprint) else thing.pk
    return partner_id in user.organizations_as(*PARTNER_ROLES)


register(Permission.SEE_HEALTH, is_program | belongs_to_this_partner)
register(Permission.PLAN_COACHING, is_program)
register(Permission.RESPOND, leads_this_partner)
register(Permission.ASSIGN_COACH, leads_this_partner)
register(Permission.WRITE_NOTES, belongs_to_this_partner)
register(Permission.RUN_SPRINTS, is_of_this_partner)
register(Permission.ADD_DOCUMENTS, belongs_to_this_partner | leads_this_city)
register(Permission.PAUSE_ENGAGEMENT, leads_this_partner | coaches_this_engagement)
register(Permission.TRANSFER_ENGAGEMENT, is_program | leads_this_partner | coaches_this_engagement)
register(Permission.ANSWER_TRANSFER, is_asked_to_take_over)
register(Permission.SET_ACTIONS, belongs_to_this_partner | leads_this_city)
register(Permission.FINISH_ACTION, has_taken_this_on)
register(Permission.SET_MEASURES, belongs_to_this_partner)
register(Permission.RECORD_OBSERVATIONS, belongs_to_this_partner | leads_this_city | is_system_of_this_city)
register(Permission.COACH_ENGAGEMENT, coaches_this_engagement)
register(Permission.MEND_PLAN, is_program)
register(Permission.GIVE_FEEDBACK, leads_this_city)
register(Permission.VIEW_COACHING, is_program | belongs_to_this_city | belongs_to_this_partner)
register(Permission.EDIT_PARTNER_PROFILE, is_program | leads_partner_of_profile)
register(Permission.EDIT_COACH_PROFILE, leads_partner_of_profile | is_their_own_profile)
register(Permission.SET_CAPACITY, leads_partner_of_profile)

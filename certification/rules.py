"""Who may read and change answers, findings and decisions. What may be *seen* stands in `querysets`."""

from typing import Any

import rules
from django.utils import timezone

from cases.enums import ParticipationRole
from cases.models import Participation
from cases.rules import (
    assesses_this_case,
    belongs_to_this_city,
    case_of,
    has_conflict,
    is_program,
    leads_this_city,
)
from certification.enums import Audience
from certification.models import Assessment, Delegation, Response, Review, Story
from people.enums import Role
from people.models import User
from people.permissions import Permission
from people.predicates import register
from people.roles import CITY_ROLES, PARTNER_ROLES, roles_with


@rules.predicate
def coaches_this_city(user: User | None, thing: Any) -> bool:
    """Belongs to a partner that coaches the city in this case now."""
    if user is None or thing is None:
        return False
    return (
        case_of(thing)
        .participations.filter(
            role=ParticipationRole.COACH,
            organization__in=user.organizations_as(*PARTNER_ROLES),
            until__isnull=True,
        )
        .exists()
    )


@rules.predicate
def is_submitted(user: User | None, thing: Any) -> bool:
    return isinstance(thing, Assessment) and thing.submitted_at is not None


@rules.predicate
def writes_stories_of_this_city(user: User | None, thing: Any) -> bool:
    """Leads write and change every story, contributors their own."""
    if user is None or thing is None:
        return False
    if leads_this_city(user, thing):
        return True
    contributes = case_of(thing).city.organization_id in user.organizations_as(Role.CITY_CONTRIBUTOR)
    return contributes and (not isinstance(thing, Story) or thing.told_by_id == user.pk)


@rules.predicate
def is_shared(user: User | None, thing: Any) -> bool:
    return isinstance(thing, Assessment) and thing.shared_at is not None


@rules.predicate
def writes_comments_of_this_city(user: User | None, thing: Any) -> bool:
    """Holds a role that writes comments in this very city, and not only in another one."""
    if user is None or thing is None:
        return False
    roles_here = roles_with(Permission.WRITE_COMMENTS) & CITY_ROLES
    return case_of(thing).city.organization_id in user.organizations_as(*roles_here)


@rules.predicate
def is_released(user: User | None, thing: Any) -> bool:
    return isinstance(thing, Assessment) and thing.released_at is not None


@rules.predicate
def reconciles_this_case(user: User | None, thing: Any) -> bool:
    if user is None or thing is None:
        return False
    assessors = case_of(thing).participations.filter(role=ParticipationRole.ASSESSOR, until__isnull=True)
    return assessors.filter(person=user, reconciles=True).exists()


@rules.predicate
def is_my_review(user: User | None, review: Any) -> bool:
    return user is not None and isinstance(review, Review) and review.assessor_id == user.pk


@rules.predicate
def has_no_conflict(user: User | None, thing: Any) -> bool:
    if user is None or thing is None:
        return False
    return not has_conflict(user, case_of(thing), today=timezone.localdate())


@rules.predicate
def is_seated(user: User | None, thing: Any) -> bool:
    """Sits on the committee for this case while its packet is open."""
    if user is None or thing is None:
        return False
    seats: Any = Participation.objects.filter(case=case_of(thing), role=ParticipationRole.COMMITTEE)
    return seats.filter(person=user, until__isnull=True).exists()


@rules.predicate
def never_assessed_this_case(user: User | None, thing: Any) -> bool:
    """Was at no time an assessor of the case: nobody judges an appeal of their own finding."""
    if user is None or thing is None:
        return False
    parts = case_of(thing).participations.filter(role=ParticipationRole.ASSESSOR)
    return not parts.filter(person=user).exists()


@rules.predicate
def is_delegated_to_them(user: User | None, thing: Any) -> bool:
    """The answer, or the delegation itself, lies with this contributor of the city now."""
    delegation = thing.delegation if isinstance(thing, Response) else thing
    if user is None or not isinstance(delegation, Delegation) or delegation.person_id != user.pk:
        return False
    return case_of(thing).city.organization_id in user.organizations_as(Role.CITY_CONTRIBUTOR)


_inside = is_program | assesses_this_case | is_seated
_outside = belongs_to_this_city | coaches_this_city

register(Permission.EDIT_ANSWERS, leads_this_city | is_delegated_to_them)
register(Permission.DELEGATE_CRITERIA, leads_this_city)
register(Permission.FINISH_DELEGATION, is_delegated_to_them)
register(Permission.SUBMIT_ASSESSMENT, leads_this_city)
register(
    Permission.VIEW_ANSWERS,
    belongs_to_this_city | (is_shared & is_program) | (is_submitted & (_inside | coaches_this_city)),
)
register(Permission.SHARE_DRAFT, leads_this_city)
register(Permission.WRITE_STORIES, writes_stories_of_this_city)
register(Permission.WRITE_COMMENTS, is_program | writes_comments_of_this_city)
register(Permission.WRITE_INTERNAL_COMMENTS, is_program | assesses_this_case)
register(Permission.ASSIGN_ASSESSORS, is_program)
register(Permission.SUBMIT_REVIEW, is_my_review, assesses_this_case, has_no_conflict)
register(Permission.RECONCILE, reconciles_this_case, has_no_conflict)
register(Permission.RELEASE_REPORT, is_program)
register(Permission.VIEW_FINDINGS, _inside | (is_released & _outside))
register(Permission.VIEW_RESULT, _inside | (is_released & _outside))
register(Permission.CHOOSE_PATH, leads_this_city)
register(Permission.PLAN_VISIT, is_program | assesses_this_case)
register(Permission.VIEW_VISITS, is_submitted, is_program | assesses_this_case | belongs_to_this_city)
register(Permission.FILE_APPEAL, leads_this_city)
register(Permission.ANSWER_APPEAL, is_program, has_no_conflict, never_assessed_this_case)
register(Permission.VIEW_APPEALS, is_released, is_program | assesses_this_case | belongs_to_this_city)
register(Permission.OPEN_PACKET, is_program)
register(Permission.VIEW_PACKET, is_program | is_seated)
register(Permission.CAST_VOTE, is_seated, has_no_conflict)
register(Permission.CLOSE_VOTE, is_program)
register(Permission.ANNOUNCE, is_program)
register(Permission.VIEW_OUTCOME, is_program | belongs_to_this_city)

WRITING = {
    Audience.CITY: Permission.WRITE_COMMENTS,
    Audience.INTERNAL: Permission.WRITE_INTERNAL_COMMENTS,
}

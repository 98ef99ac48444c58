"""Who may do what: the exact set of people for every permission, at the moments when it matters."""

from collections.abc import Callable
from typing import Any

import pytest
import rules
from django.contrib.auth.models import AnonymousUser

from cases.models import DeadlinePolicy
from certification.models import Delegation
from coaching.models import CoachProfile
from notifications.models import OwnWording
from people.enums import Role
from people.models import UnknownPermission
from people.permissions import Permission
from people.roles import PERMISSIONS_OF_ROLE, roles_with
from tests.claims import make_claim
from tests.coaching.actions import agree, offer_transfer
from tests.scenes import Scene
from workflows import services
from workflows.services.delegation import Part

CITY = {"lead", "contributor", "sponsor"}
PROGRAM = {"manager", "director"}
PARTNER = {"partner_lead", "coach", "second_coach"}
ASSESSORS = {"assessor", "reconciler"}

Table = dict[Permission, tuple[Callable[[Scene], Any], set[str]]]


def delegated(scene: Scene) -> Delegation:
    part = Part(criterion="DM1")
    to = {"person": scene.contributor, "address": ""}
    return services.delegate(case_id=scene.case.pk, part=part, by=scene.lead, now=scene.tick(), **to)


def own_profile(scene: Scene) -> CoachProfile:
    return CoachProfile(person=scene.partner.coach, partner=scene.partner.organization)


APPLYING: Table = {
    Permission.MANAGE_KEYS: (lambda scene: scene.partner.organization, {"partner_lead"} | PROGRAM),
    Permission.OPEN_CASE: (lambda scene: scene.city, {"lead"} | PROGRAM),
    Permission.TAKE_OVER_CASES: (lambda scene: scene.office, PROGRAM),
    Permission.SUBMIT_APPLICATION: (lambda scene: scene.case.application, {"lead"}),
    Permission.CONFIRM_APPLICATION: (lambda scene: scene.case.application, PROGRAM),
    Permission.VIEW_APPLICATION: (lambda scene: scene.case.application, CITY | PROGRAM),
    Permission.READ_MESSAGES: (lambda scene: scene.case, CITY | PROGRAM),
    Permission.WRITE_MESSAGES: (lambda scene: scene.case, {"lead", "contributor"} | PROGRAM),
    Permission.USE_INTERNAL_MESSAGES: (lambda scene: scene.case, PROGRAM),
    Permission.WITHDRAW_CASE: (lambda scene: scene.case, {"lead"}),
    Permission.MANAGE_CASE: (lambda scene: scene.case, PROGRAM),
    Permission.HOLD_CASE: (lambda scene: scene.case, PROGRAM),
    Permission.GRANT_EXTENSION: (lambda scene: scene.one("confirm"), PROGRAM),
    Permission.SET_DEADLINES: (lambda scene: DeadlinePolicy(step="confirm"), PROGRAM),
    Permission.SET_WORDINGS: (lambda scene: OwnWording(code="cases.own_work_due"), PROGRAM),
    Permission.END_CASE: (lambda scene: scene.case, PROGRAM),
}
ANSWERING: Table = {
    Permission.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY),
    Permission.EDIT_ANSWERS: (lambda scene: scene.assessment, {"lead"}),
    Permission.SUBMIT_ASSESSMENT: (lambda scene: scene.assessment, {"lead"}),
    Permission.SHARE_DRAFT: (lambda scene: scene.assessment, {"lead"}),
    Permission.WRITE_STORIES: (lambda scene: scene.case, {"lead", "contributor"}),
    Permission.WRITE_COMMENTS: (lambda scene: scene.assessment, {"lead", "contributor"} | PROGRAM),
    Permission.WRITE_INTERNAL_COMMENTS: (lambda scene: scene.assessment, PROGRAM),
    Permission.DELEGATE_CRITERIA: (lambda scene: scene.assessment, {"lead"}),
    Permission.FINISH_DELEGATION: (delegated, {"contributor"}),
}
IN_REVIEW: Table = {
    Permission.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS),
    Permission.ASSIGN_ASSESSORS: (lambda scene: scene.assessment, PROGRAM),
    Permission.WRITE_INTERNAL_COMMENTS: (lambda scene: scene.assessment, PROGRAM | ASSESSORS),
    Permission.SUBMIT_REVIEW: (lambda scene: scene.review_of(scene.assessor), {"assessor"}),
    Permission.RECONCILE: (lambda scene: scene.assessment, {"reconciler"}),
    Permission.RELEASE_REPORT: (lambda scene: scene.assessment, PROGRAM),
    Permission.VIEW_FINDINGS: (lambda scene: scene.assessment, PROGRAM | ASSESSORS),
    Permission.VIEW_RESULT: (lambda scene: scene.assessment, PROGRAM | ASSESSORS),
    Permission.CHOOSE_PATH: (lambda scene: scene.assessment, {"lead"}),
    Permission.VIEW_APPEALS: (lambda scene: scene.assessment, set()),
    Permission.PLAN_VISIT: (lambda scene: scene.assessment, PROGRAM | ASSESSORS),
    Permission.VIEW_VISITS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS),
}
COACHED: Table = {
    Permission.EDIT_PARTNER_PROFILE: (
        lambda scene: scene.partner.organization.partner_profile,
        {"partner_lead"} | PROGRAM,
    ),
    Permission.EDIT_COACH_PROFILE: (own_profile, {"partner_lead", "coach"}),
    Permission.SET_CAPACITY: (own_profile, {"partner_lead"}),
    Permission.PLAN_COACHING: (lambda scene: scene.case, PROGRAM),
    Permission.RESPOND: (lambda scene: scene.engagement(), {"partner_lead"}),
    Permission.ASSIGN_COACH: (lambda scene: scene.engagement(), {"partner_lead"}),
    Permission.SEE_HEALTH: (lambda scene: scene.engagement(), PROGRAM | PARTNER),
    Permission.COACH_ENGAGEMENT: (lambda scene: scene.engagement(), {"coach"}),
    Permission.MEND_PLAN: (lambda scene: scene.engagement(), PROGRAM),
    Permission.GIVE_FEEDBACK: (lambda scene: scene.engagement(), {"lead"}),
    Permission.FILE_APPEAL: (lambda scene: scene.assessment, {"lead"}),
    Permission.ANSWER_APPEAL: (lambda scene: scene.assessment, PROGRAM),
    Permission.VIEW_APPEALS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS),
    Permission.WRITE_NOTES: (lambda scene: scene.engagement(), PARTNER),
    Permission.RUN_SPRINTS: (lambda scene: scene.partner.organization, PARTNER),
    Permission.ADD_DOCUMENTS: (lambda scene: scene.engagement(), PARTNER | {"lead"}),
    Permission.PAUSE_ENGAGEMENT: (lambda scene: scene.engagement(), {"partner_lead", "coach"}),
    Permission.TRANSFER_ENGAGEMENT: (lambda scene: scene.engagement(), {"partner_lead", "coach"} | PROGRAM),
    Permission.ANSWER_TRANSFER: (offer_transfer, {"partner_lead", "second_coach"}),
    Permission.SET_ACTIONS: (lambda scene: scene.engagement(), PARTNER | {"lead"}),
    Permission.FINISH_ACTION: (
        lambda scene: agree(scene, owner=scene.contributor),
        PARTNER | {"lead", "contributor"},
    ),
    Permission.SET_MEASURES: (lambda scene: scene.engagement(), PARTNER),
    Permission.RECORD_OBSERVATIONS: (lambda scene: scene.engagement(), PARTNER | {"lead"}),
    Permission.VIEW_COACHING: (lambda scene: scene.engagement(), CITY | PROGRAM | PARTNER),
    Permission.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | PARTNER),
    Permission.VIEW_FINDINGS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | PARTNER),
    Permission.VIEW_RESULT: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | PARTNER),
}
DECIDING: Table = {
    Permission.OPEN_PACKET: (lambda scene: scene.case, PROGRAM),
    Permission.VIEW_PACKET: (lambda scene: scene.decision, {"member"} | PROGRAM),
    Permission.CAST_VOTE: (lambda scene: scene.decision, {"member"}),
    Permission.CLOSE_VOTE: (lambda scene: scene.decision, PROGRAM),
    Permission.ANNOUNCE: (lambda scene: scene.decision, PROGRAM),
    Permission.VIEW_OUTCOME: (lambda scene: scene.decision, CITY | PROGRAM),
    Permission.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | {"member"}),
    Permission.VIEW_FINDINGS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | {"member"}),
    Permission.VIEW_RESULT: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | {"member"}),
}
MEMBERS: Table = {
    Permission.INVITE_PEOPLE: (lambda scene: scene.city.organization, {"lead"} | PROGRAM),
    Permission.MANAGE_MEMBERSHIP: (
        lambda scene: scene.partner.coach.affiliations.get(),
        {"partner_lead"} | PROGRAM,
    ),
    Permission.DEACTIVATE_PERSON: (lambda scene: scene.partner.coach, PROGRAM),
    Permission.SET_CLOSED_DAYS: (lambda scene: scene.city.organization, {"lead"} | PROGRAM),
    Permission.SET_ABSENCE: (lambda scene: scene.partner.coach, {"coach", "partner_lead"} | PROGRAM),
    Permission.CONFIRM_CLAIM: (lambda scene: make_claim(scene.city), PROGRAM),
}
BELONGING: Table = {
    Permission.MANAGE_KEYS: (lambda scene: scene.city.organization, {"lead"} | PROGRAM),
    Permission.INVITE_PEOPLE: (lambda scene: scene.partner.organization, {"partner_lead"} | PROGRAM),
    Permission.MANAGE_MEMBERSHIP: (lambda scene: scene.city.organization, {"lead"} | PROGRAM),
    Permission.DEACTIVATE_PERSON: (lambda scene: scene.partner.coach, PROGRAM),
}
MOMENTS = {
    "apply": APPLYING | BELONGING,
    "self_assess": ANSWERING,
    "review": IN_REVIEW,
    "work": COACHED,
    "vote": DECIDING,
}


def who_may(scene: Scene, permission: Permission, thing: Any) -> set[str]:
    return {
        name for name, person in scene.everyone.items() if scene.fresh(person).has_perm(permission, thing)
    }


def test_permission_over_members_is_held_by_exactly_these_people(scene: Scene) -> None:
    for permission, (thing, people) in MEMBERS.items():
        assert who_may(scene, permission, thing(scene)) == people, permission


def test_permission_is_held_by_exactly_these_people(scene: Scene) -> None:
    scene.engagements = 1
    found: dict[str, dict[Permission, set[str]]] = {}

    for moment, table in MOMENTS.items():
        scene.walk_to(moment)
        found[moment] = {
            permission: who_may(scene, permission, thing(scene)) for permission, (thing, _) in table.items()
        }

    assert found == {
        moment: {permission: people for permission, (_, people) in table.items()}
        for moment, table in MOMENTS.items()
    }


def test_permission_table_names_every_permission() -> None:
    assert {permission for table in [MEMBERS, *MOMENTS.values()] for permission in table} == set(Permission)


def test_every_permission_says_no_without_an_object(scene: Scene) -> None:
    allowed = [
        (name, permission)
        for permission in Permission
        for name, person in scene.everyone.items()
        if person.has_perm(permission)
    ]

    assert allowed == []


def test_every_permission_says_no_to_nobody_and_to_the_deactivated(scene: Scene) -> None:
    case = scene.open_case()

    for person in (None, AnonymousUser(), scene.deactivated):
        assert [permission for permission in Permission if rules.has_perm(permission, person, case)] == []


def test_permissions_are_registered_one_for_one() -> None:
    registered = {name for name in rules.permissions.permissions if "." in name}

    assert registered == set(Permission)


def test_permission_is_held_by_some_role_each() -> None:
    assert {permission for permission in Permission if not roles_with(permission)} == set()
    assert set(PERMISSIONS_OF_ROLE) == set(Role)


def test_permission_that_does_not_exist_is_a_mistake_in_the_code(scene: Scene) -> None:
    with pytest.raises(UnknownPermission):
        scene.manager.has_perm("cases.no_such_thing", scene.city)


def test_has_perms_asks_for_every_one(scene: Scene) -> None:
    assert scene.manager.has_perms([Permission.OPEN_CASE], scene.city)
    assert not scene.lead.has_perms([Permission.OPEN_CASE, Permission.CONFIRM_APPLICATION], scene.city)

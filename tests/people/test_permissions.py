"""Who may do what: the exact set of people for every permission, at the moments of a case where it matters."""

from collections.abc import Callable
from typing import Any

import pytest
import rules
from django.contrib.auth.models import AnonymousUser

from people.enums import Role
from people.models import UnknownPermission
from people.permissions import Permission as P
from people.roles import PERMISSIONS_OF_ROLE, roles_with
from tests.scenes import Scene

CITY = {"lead", "contributor", "sponsor"}
PROGRAM = {"manager", "director"}
PARTNER = {"partner_lead", "coach", "second_coach"}
ASSESSORS = {"assessor", "reconciler"}

Table = dict[P, tuple[Callable[[Scene], Any], set[str]]]

APPLYING: Table = {
    P.OPEN_CASE: (lambda scene: scene.city, {"lead"} | PROGRAM),
    P.SUBMIT_APPLICATION: (lambda scene: scene.case.application, {"lead"}),
    P.CONFIRM_APPLICATION: (lambda scene: scene.case.application, PROGRAM),
    P.VIEW_APPLICATION: (lambda scene: scene.case.application, CITY | PROGRAM),
    P.WITHDRAW_CASE: (lambda scene: scene.case, {"lead"}),
    P.HOLD_CASE: (lambda scene: scene.case, PROGRAM),
    P.END_CASE: (lambda scene: scene.case, PROGRAM),
}
ANSWERING: Table = {
    P.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY),
    P.EDIT_ANSWERS: (lambda scene: scene.assessment, {"lead"}),
    P.SUBMIT_ASSESSMENT: (lambda scene: scene.assessment, {"lead"}),
}
IN_REVIEW: Table = {
    P.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS),
    P.ASSIGN_ASSESSORS: (lambda scene: scene.assessment, PROGRAM),
    P.SUBMIT_REVIEW: (lambda scene: scene.review_of(scene.assessor), {"assessor"}),
    P.RECONCILE: (lambda scene: scene.assessment, {"reconciler"}),
    P.RELEASE_REPORT: (lambda scene: scene.assessment, PROGRAM),
    P.VIEW_FINDINGS: (lambda scene: scene.assessment, PROGRAM | ASSESSORS),
    P.VIEW_RESULT: (lambda scene: scene.assessment, PROGRAM | ASSESSORS),
    P.CHOOSE_PATH: (lambda scene: scene.assessment, {"lead"}),
}
COACHED: Table = {
    P.PLAN_COACHING: (lambda scene: scene.case, PROGRAM),
    P.RESPOND: (lambda scene: scene.engagement(), {"partner_lead"}),
    P.ASSIGN_COACH: (lambda scene: scene.engagement(), {"partner_lead"}),
    P.COACH_ENGAGEMENT: (lambda scene: scene.engagement(), {"coach"}),
    P.MEND_PLAN: (lambda scene: scene.engagement(), PROGRAM),
    P.GIVE_FEEDBACK: (lambda scene: scene.engagement(), {"lead"}),
    P.VIEW_COACHING: (lambda scene: scene.engagement(), CITY | PROGRAM | PARTNER),
    P.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | PARTNER),
    P.VIEW_FINDINGS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | PARTNER),
    P.VIEW_RESULT: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | PARTNER),
}
DECIDING: Table = {
    P.OPEN_PACKET: (lambda scene: scene.case, PROGRAM),
    P.VIEW_PACKET: (lambda scene: scene.decision, {"member"} | PROGRAM),
    P.CAST_VOTE: (lambda scene: scene.decision, {"member"}),
    P.CLOSE_VOTE: (lambda scene: scene.decision, PROGRAM),
    P.ANNOUNCE: (lambda scene: scene.decision, PROGRAM),
    P.VIEW_OUTCOME: (lambda scene: scene.decision, CITY | PROGRAM),
    P.VIEW_ANSWERS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | {"member"}),
    P.VIEW_FINDINGS: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | {"member"}),
    P.VIEW_RESULT: (lambda scene: scene.assessment, CITY | PROGRAM | ASSESSORS | {"member"}),
}
MOMENTS = {
    "apply": APPLYING,
    "self_assess": ANSWERING,
    "review": IN_REVIEW,
    "work": COACHED,
    "vote": DECIDING,
}


def who_may(scene: Scene, permission: P, thing: Any) -> set[str]:
    return {
        name for name, person in scene.everyone.items() if scene.fresh(person).has_perm(permission, thing)
    }


@pytest.mark.parametrize("moment", MOMENTS)
def test_permission_is_held_by_exactly_these_people(scene: Scene, moment: str) -> None:
    scene.engagements = 1
    scene.walk_to(moment)
    table = MOMENTS[moment]

    found = {permission: who_may(scene, permission, thing(scene)) for permission, (thing, _) in table.items()}

    assert found == {permission: people for permission, (_, people) in table.items()}


def test_permission_table_names_every_permission() -> None:
    assert {permission for table in MOMENTS.values() for permission in table} == set(P)


def test_every_permission_says_no_without_an_object(scene: Scene) -> None:
    allowed = [
        (name, permission)
        for permission in P
        for name, person in scene.everyone.items()
        if person.has_perm(permission)
    ]

    assert allowed == []


def test_every_permission_says_no_to_nobody_and_to_the_deactivated(scene: Scene) -> None:
    case = scene.open_case()

    for person in (None, AnonymousUser(), scene.deactivated):
        assert [permission for permission in P if rules.has_perm(permission, person, case)] == []


def test_permissions_are_registered_one_for_one() -> None:
    registered = {name for name in rules.permissions.permissions if "." in name}

    assert registered == set(P)


def test_permission_is_held_by_some_role_each() -> None:
    assert {permission for permission in P if not roles_with(permission)} == set()
    assert set(PERMISSIONS_OF_ROLE) == set(Role)


def test_permission_that_does_not_exist_is_a_mistake_in_the_code(scene: Scene) -> None:
    with pytest.raises(UnknownPermission):
        scene.manager.has_perm("cases.no_such_thing", scene.city)


def test_has_perms_asks_for_every_one(scene: Scene) -> None:
    assert scene.manager.has_perms([P.OPEN_CASE], scene.city)
    assert not scene.lead.has_perms([P.OPEN_CASE, P.CONFIRM_APPLICATION], scene.city)

"""Who may do work in somebody's place, and where the way of routed work ends."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.enums import Conflict
from cases.models import Case
from cases.routing import Duty, Standing, routed_to
from cases.services.cover import tell_of_refusal
from notifications.models import Notice
from people.models import Absence, Organization, User
from tests.scenes import Scene

CITY, PARTNER = Organization(kind="city"), Organization(kind="partner")
CASE = Case(city_id=uuid4())


def standing(
    *, role: str, active: bool = True, part: str = "", ended: str = "", conflict: bool = False
) -> Standing:
    roles = {(place.pk, role) for place in (CITY, PARTNER)}
    parts = {(CASE.pk, name, running) for name, running in ((part, True), (ended, False)) if name}
    conflicts = {CASE.city_id: [Conflict.COACHED]} if conflict else {}
    return Standing(User(is_active=active), frozenset(roles), conflicts, frozenset(parts))


def duty(step: str, party: str, organization: Organization | None = None, kind: str = "step") -> Duty:
    return Duty(CASE, step, party, organization, kind)


REVIEW, WORK = duty("review", "assessor"), duty("work", "partner", PARTNER)
ANSWER, APPEAL = duty("respond", "partner", PARTNER), duty("appeal", "program", kind="appeal")


@pytest.mark.parametrize(
    ("who", "what", "why"),
    [
        (standing(role="assessor"), REVIEW, ""),
        (standing(role="coach"), WORK, ""),
        (standing(role="coach"), ANSWER, "role"),
        (standing(role="partner_lead"), ANSWER, ""),
        (standing(role="partner_lead"), WORK, "role"),
        (standing(role="coach"), duty("work", "partner", Organization(kind="partner")), "role"),
        (standing(role="city_lead"), duty("apply", "city", CITY), ""),
        (standing(role="city_contributor"), duty("apply", "city", CITY), "role"),
        (standing(role="city_lead"), duty("delegation", "city", CITY, "delegation"), "passes"),
        (standing(role="coach", active=False), WORK, "closed"),
        (standing(role="assessor", part="assessor"), REVIEW, "assess this case"),
        (standing(role="assessor", ended="assessor"), REVIEW, ""),
        (standing(role="assessor", conflict=True), REVIEW, "coached this city"),
        (standing(role="program_manager"), APPEAL, ""),
        (standing(role="program_manager", ended="assessor"), APPEAL, "assess this case"),
        (standing(role="program_manager", conflict=True), APPEAL, "coached this city"),
        (standing(role="program_manager", conflict=True), duty("confirm", "program"), ""),
        (standing(role="coach", part="committee"), WORK, "judge"),
        (standing(role="program_director"), Duty(None, "claim", "program", None, "claim"), ""),
    ],
)
def test_work_is_done_in_somebodys_place_by_exactly_these(who: Standing, what: Duty, why: str) -> None:
    told = str(who.unfit_for(what))

    assert (why in told) if why else told == ""


def test_circle_of_absences_leaves_the_work_where_it_was(scene: Scene) -> None:
    coach, other, now = scene.partner.coach, scene.partner.second_coach, timezone.now()
    days = {"begins_on": now.date(), "ends_on": now.date(), "set_at": now, "set_by": coach}
    for person, substitute in ((coach, other), (other, coach)):
        Absence.objects.create(
            person=person, substitute=substitute, since=now, until=now + timedelta(days=1), **days
        )
    work = Duty(None, "work", "partner", scene.partner.organization)

    route = routed_to(coach, work, at=now)

    assert (route.person, route.absence) == (coach, None)
    assert route.refused is not None
    assert "everybody" in str(route.why)
    tell_of_refusal(absence=route.refused, why=route.why, duty=work, now=now)
    assert set(Notice.objects.values_list("person__email", "url")) == {
        (person.email, "/desk/") for person in (coach, scene.manager, scene.director)
    }

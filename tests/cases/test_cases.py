"""Opening and ending cases, and what is computed of them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.enums import CaseKind, ParticipationRole, Stage
from cases.errors import CaseClosed, CaseOpenAlready, ReasonNeeded
from cases.models import Application, Case, Participation, StageChange
from cases.selectors import (
    days_in_stage,
    kind_of_next_case,
    participations_of,
    typical_days,
)
from cities.models import HistoricAward
from core.errors import NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from notifications.models import Notice
from tests.scenes import START, Scene, make_cities
from workflows import services

TODAY = date(2026, 3, 2)


def test_case_opens_at_apply_with_its_city_taking_part(scene: Scene) -> None:
    case = scene.open_case()

    assert (case.stage, case.kind, case.cohort_year) == (Stage.APPLICATION, CaseKind.FIRST, 2025)
    assert case.standard == scene.standard
    part = case.participations.get()
    assert (part.role, part.organization) == (ParticipationRole.CITY, scene.city.organization)
    item = scene.item("apply")
    assert (item.owner, item.organization, item.party) == (scene.lead, scene.city.organization, "city")
    assert str(case) == "Paterson · 2025"


def test_case_is_opened_by_the_citys_lead_or_the_program_only(scene: Scene) -> None:
    for person in (scene.contributor, scene.other_lead, scene.assessor, scene.partner.lead):
        with pytest.raises(NotAllowed):
            scene.open_case(by=person)
    scene.open_case(by=scene.manager)


def test_second_open_case_is_refused(scene: Scene) -> None:
    scene.open_case()

    with pytest.raises(CaseOpenAlready):
        scene.open_case(by=scene.manager)

    assert Case.objects.count() == 1


def test_case_needs_a_published_standard_in_force(scene: Scene) -> None:
    scene.now = scene.now.replace(year=2023)

    with pytest.raises(WrongState):
        scene.open_case()


def test_open_work_is_shared_when_several_lead_the_city(scene: Scene) -> None:
    from people.models import Affiliation

    Affiliation.objects.create(
        person=scene.contributor,
        organization=scene.city.organization,
        role="city_lead",
        since=TODAY.replace(year=2020),
    )

    scene.open_case()

    assert scene.item("apply").owner is None


@pytest.mark.parametrize(
    ("holds_award", "expires_on", "at_highest", "kind"),
    [
        (False, None, False, CaseKind.FIRST),
        (True, None, False, CaseKind.RECERTIFICATION),
        (True, TODAY + timedelta(days=181), False, CaseKind.LEVEL_UP),
        (True, TODAY + timedelta(days=180), False, CaseKind.RECERTIFICATION),
        (True, TODAY + timedelta(days=181), True, CaseKind.RECERTIFICATION),
    ],
)
def test_kind_follows_from_what_the_city_holds(
    holds_award: bool, expires_on: date | None, at_highest: bool, kind: CaseKind
) -> None:
    assert (
        kind_of_next_case(
            holds_award=holds_award, certificate_expires_on=expires_on, at_highest=at_highest, today=TODAY
        )
        == kind
    )


def test_city_with_a_historic_award_is_recertified(scene: Scene) -> None:
    HistoricAward.objects.create(city=scene.city, level="gold", year=2020)

    assert scene.open_case().kind == CaseKind.RECERTIFICATION


def test_certified_city_opens_a_case_for_the_next_level(scene: Scene) -> None:
    scene.walk_to_end()
    scene.now += timedelta(days=30)

    assert scene.open_case().kind == CaseKind.LEVEL_UP


def test_city_at_the_highest_level_is_recertified(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1", "OD2", "WW1", "WW2")}
    scene.walk_to_end()
    scene.now += timedelta(days=30)

    assert scene.open_case().kind == CaseKind.RECERTIFICATION


def test_stages_are_kept_in_order(scene: Scene) -> None:
    scene.walk_to_end()

    stages = list(StageChange.objects.filter(case=scene.case).values_list("to_stage", flat=True))
    assert stages == [
        "application",
        "self_assessment",
        "review",
        "coaching",
        "reassessment",
        "review",
        "decision",
        "certified",
    ]


def test_withdrawal_ends_the_case_and_everyones_part_in_it(scene: Scene) -> None:
    scene.walk_to("review")

    services.withdraw_case(case_id=scene.case.pk, reason=" No time. ", by=scene.lead, now=scene.tick())

    scene.case.refresh_from_db()
    assert (scene.stage, scene.case.closed_by, scene.case.closing_note) == (
        "withdrawn",
        scene.lead,
        "No time.",
    )
    assert not Participation.objects.filter(case=scene.case, until=None).exists()
    assert scene.open_items() == []
    told = {notice.person: notice.text for notice in Notice.objects.filter(kind="cases.case_withdrawn")}
    assert set(told) == {scene.manager, scene.assessor, scene.reconciler}
    assert ["No time." in told[one] for one in (scene.manager, scene.assessor)] == [True, False]


def test_withdrawal_needs_a_reason_and_is_told_to_the_partners(scene: Scene) -> None:
    scene.engagements = 1
    scene.one("work")
    with pytest.raises(ReasonNeeded):
        services.withdraw_case(case_id=scene.case.pk, reason="  ", by=scene.lead, now=scene.tick())

    services.withdraw_case(case_id=scene.case.pk, reason="No time.", by=scene.lead, now=scene.tick())

    told = {notice.person for notice in Notice.objects.filter(kind="cases.case_withdrawn")}
    assert told >= {scene.manager, scene.partner.lead, scene.partner.coach}
    assert not told & {scene.director, scene.other_partner.lead, scene.lead}


def test_withdrawal_is_the_leads_alone(scene: Scene) -> None:
    scene.open_case()

    for person in (scene.contributor, scene.sponsor, scene.manager, scene.assessor):
        with pytest.raises(NotAllowed):
            services.withdraw_case(case_id=scene.case.pk, reason="x", by=person, now=scene.tick())
    with pytest.raises(NotFound):
        services.withdraw_case(
            case_id=scene.case.pk, reason="An election.", by=scene.other_lead, now=scene.tick()
        )


def test_ended_case_can_not_end_again(scene: Scene) -> None:
    scene.open_case()
    services.withdraw_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())

    with pytest.raises(CaseClosed):
        services.end_inactive_case(
            case_id=scene.case.pk, reason="Silence.", by=scene.manager, now=scene.tick()
        )


def test_inactive_case_is_ended_by_the_program_with_a_reason(scene: Scene) -> None:
    scene.walk_to("self_assess")
    with pytest.raises(ReasonNeeded):
        services.end_inactive_case(case_id=scene.case.pk, reason="", by=scene.manager, now=scene.tick())
    with pytest.raises(NotAllowed):
        services.end_inactive_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())

    services.end_inactive_case(
        case_id=scene.case.pk, reason="No answer for a year.", by=scene.manager, now=scene.tick()
    )

    scene.case.refresh_from_db()
    assert (scene.stage, scene.case.decline_reason) == ("declined", "inactive")
    actions = AuditEvent.objects.filter(dossier=scene.case.pk).values_list("action", flat=True)
    assert "cases.case_ended" in actions


def test_days_in_stage_count_to_now_and_stop_at_the_end(scene: Scene) -> None:
    case = scene.open_case()
    assert days_in_stage(case, now=START + timedelta(days=9, hours=1)) == 9
    services.withdraw_case(
        case_id=case.pk, reason="An election.", by=scene.lead, now=START + timedelta(days=3)
    )

    case.refresh_from_db()
    assert days_in_stage(case, now=START + timedelta(days=90)) == 0


def stays(scene: Scene, *lengths: int) -> None:
    """Cases that were in self-assessment for so many days."""
    for number, (city, days) in enumerate(zip(make_cities(len(lengths)), lengths, strict=True)):
        entered = START + timedelta(days=number)
        case = Case.objects.create(
            city=city,
            standard=scene.standard,
            kind="first",
            cohort_year=2025,
            stage_entered_at=entered,
            opened_at=entered,
            opened_by=scene.manager,
        )
        row = {"case": case, "by": scene.manager}
        StageChange.objects.create(to_stage="self_assessment", at=entered, **row)
        left = entered + timedelta(days=days)
        StageChange.objects.create(from_stage="self_assessment", to_stage="review", at=left, **row)


def test_typical_days_are_the_median_of_the_finished_stays(scene: Scene) -> None:
    stays(scene, 10, 20, 30, 40, 100)

    assert typical_days("self_assessment") == 30


def test_typical_days_need_five_stays(scene: Scene) -> None:
    stays(scene, 10, 20, 30, 40)

    assert typical_days("self_assessment") is None
    assert typical_days("coaching") is None


def test_who_has_left_stands_behind_those_who_take_part(scene: Scene) -> None:
    scene.walk_to("review")
    Participation.objects.filter(person=scene.manager).update(until=scene.now)

    roles = [(part.role, part.until) for part in participations_of(scene.case)]

    assert roles == [("city", None), ("assessor", None), ("assessor", None), ("manager", scene.now)]


def test_database_refuses_an_end_without_a_closing(scene: Scene) -> None:
    scene.open_case()

    for change in ({"stage": "certified"}, {"stage": "declined", "decline_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=scene.case.pk).update(**change)


def test_rows_say_what_they_are(scene: Scene) -> None:
    scene.walk_to("review")

    assert str(Application.objects.get(case=scene.case)) == "Application of Paterson · 2025"
    assert str(scene.case.stage_changes.last()) == "Paterson · 2025: review"
    assert str(scene.case.participations.get(person=scene.assessor)).endswith("· assessor")
    assert str(scene.open_items()[0]) == "Review the assessment · Paterson · 2025"

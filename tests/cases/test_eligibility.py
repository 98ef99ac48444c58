"""Which rules a city passes, fails or leaves unknown, said by name."""

from datetime import timedelta

import pytest

from cases.eligibility import Verdict, eligibility
from cases.errors import ReasonNeeded
from cases.models import Application, Case
from cities.models import City
from core.errors import InvalidInput
from people.models import Organization
from tests.scenes import Scene
from workflows import services


def verdicts(scene: Scene) -> dict[str, Verdict]:
    application = Application.objects.get(case=scene.case)
    return {result.rule: result.verdict for result in eligibility(application)}


def explanation(scene: Scene, rule: str) -> str:
    application = Application.objects.get(case=scene.case)
    return next(str(result.explanation) for result in eligibility(application) if result.rule == rule)


@pytest.fixture
def applied(scene: Scene) -> Scene:
    scene.open_case()
    scene.fill_application()
    return scene


def test_eligibility_passes_a_large_city_with_a_signed_commitment(applied: Scene) -> None:
    assert verdicts(applied) == dict.fromkeys(("country", "population", "commitment"), Verdict.PASSED)
    assert explanation(applied, "commitment") == "Signed by The sponsor, Mayor."


@pytest.mark.parametrize(
    ("population", "verdict"), [(29_999, Verdict.FAILED), (30_000, Verdict.PASSED), (30_001, Verdict.PASSED)]
)
def test_eligibility_draws_the_line_at_the_minimum_population(
    applied: Scene, population: int, verdict: Verdict
) -> None:
    City.objects.filter(pk=applied.city.pk).update(population=population)

    assert verdicts(applied)["population"] == verdict
    assert f"{population:,}" in explanation(applied, "population")


def test_eligibility_is_unknown_without_a_population(applied: Scene) -> None:
    City.objects.filter(pk=applied.city.pk).update(population=None, population_year=None)

    assert verdicts(applied)["population"] == Verdict.UNKNOWN
    assert "30,000" in explanation(applied, "population")


def test_eligibility_fails_a_country_outside_the_standard(applied: Scene) -> None:
    Organization.objects.filter(pk=applied.city.organization_id).update(country="FR")

    assert verdicts(applied)["country"] == Verdict.FAILED
    assert explanation(applied, "country") == "FR is not among US."


@pytest.mark.parametrize(
    "missing", [{"signer_name": ""}, {"signer_title": ""}, {"signed_on": None}, {"paper": None}]
)
def test_commitment_needs_signer_title_day_and_paper(applied: Scene, missing: dict[str, object]) -> None:
    Application.objects.filter(case=applied.case).update(**missing)

    assert verdicts(applied)["commitment"] == Verdict.FAILED


@pytest.fixture
def small(scene: Scene) -> Scene:
    """A city below the minimum population whose application is with the program."""
    City.objects.filter(pk=scene.city.pk).update(population=29_999)
    scene.city.refresh_from_db()
    scene.walk_to("confirm")
    return scene


def test_application_can_be_submitted_against_a_rule(small: Scene) -> None:
    assert small.case.application.status == "draft"
    assert Application.objects.get(case=small.case).status == "submitted"


def test_accepting_against_a_rule_needs_a_reason_and_the_refusal_names_the_rule(small: Scene) -> None:
    with pytest.raises(ReasonNeeded) as refusal:
        small.confirm(small.item("confirm"), reason="  ")

    (text,) = refusal.value.errors["reason"]
    assert "population" in str(text)
    assert "29,999" in str(text)
    assert small.stage == "application"


def test_accepting_against_a_rule_with_a_reason_is_recorded(small: Scene) -> None:
    small.confirm(small.item("confirm"), reason="It grows fast.")

    application = Application.objects.get(case=small.case)
    assert (application.status, application.decision_note) == ("accepted", "It grows fast.")
    assert small.stage == "self_assessment"


def decline(scene: Scene, rule: str) -> Case:
    return services.decline_application_and_route(
        work_item_id=scene.item("confirm").pk,
        rule=rule,
        reason="Too small.",
        by=scene.manager,
        now=scene.tick(),
    )


def test_declining_names_a_rule_that_is_not_met(small: Scene) -> None:
    decline(small, "population")

    small.case.refresh_from_db()
    assert (small.stage, small.case.decline_reason) == ("declined", "population")
    assert small.case.closing_note == "Too small."
    assert small.open_items() == []


@pytest.mark.parametrize("rule", ["country", "commitment", "inactive", ""])
def test_declining_by_a_rule_that_is_met_is_refused(small: Scene, rule: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decline(small, rule)

    assert list(refusal.value.errors) == ["rule"]
    assert small.stage == "application"


def test_declining_for_an_unknown_population_is_possible(scene: Scene) -> None:
    City.objects.filter(pk=scene.city.pk).update(population=None, population_year=None)
    scene.city.refresh_from_db()
    scene.walk_to("confirm")

    decline(scene, "population")

    assert scene.stage == "declined"


def test_changes_requested_bring_the_application_back_and_it_can_be_handed_in_again(scene: Scene) -> None:
    scene.walk_to("confirm")

    services.request_changes_and_route(
        work_item_id=scene.item("confirm").pk, reason="Sign again.", by=scene.manager, now=scene.tick()
    )
    application = Application.objects.get(case=scene.case)
    assert (application.status, application.decision_note) == ("changes_requested", "Sign again.")
    scene.do_step("apply")

    assert Application.objects.get(case=scene.case).status == "submitted"
    assert scene.item("confirm").party == "program"
    assert scene.stage == "application"


def test_requesting_changes_needs_words(scene: Scene) -> None:
    scene.walk_to("confirm")

    with pytest.raises(ReasonNeeded):
        services.request_changes_and_route(
            work_item_id=scene.item("confirm").pk, reason=" ", by=scene.manager, now=scene.tick()
        )


def save(scene: Scene, **fields: object) -> Case:
    values = {"signer_name": " Mayor A ", "signer_title": "Mayor", "signed_on": scene.today, "motivation": ""}
    values["version"] = Application.objects.get(case=scene.case).version
    return services.save_application_draft(
        work_item_id=scene.item("apply").pk, by=scene.lead, now=scene.tick(), **values | fields
    )


def test_draft_is_kept_and_the_step_stays_open(scene: Scene) -> None:
    scene.open_case()

    save(scene)

    application = Application.objects.get(case=scene.case)
    assert (application.signer_name, application.status) == ("Mayor A", "draft")
    assert scene.item("apply").closed_at is None


def test_commitment_can_not_be_signed_in_the_future(scene: Scene) -> None:
    scene.open_case()

    with pytest.raises(InvalidInput) as refusal:
        save(scene, signed_on=scene.today + timedelta(days=1))

    assert list(refusal.value.errors) == ["signed_on"]


def test_commitment_may_be_signed_today_where_the_city_is(scene: Scene) -> None:
    Organization.objects.filter(pk=scene.city.organization_id).update(time_zone="Asia/Tokyo", country="JP")
    scene.open_case()
    scene.now = scene.now.replace(hour=20)

    save(scene, signed_on=scene.today + timedelta(days=1))

    assert Application.objects.get(case=scene.case).signed_on == scene.today + timedelta(days=1)

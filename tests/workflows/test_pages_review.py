from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import WorkItem
from certification.models import Finding, Review, Settlement
from people.enums import Role
from people.models import User
from tests.cast import CODES, SINCE, make_person
from tests.scenes import Scene


def review_item(scene: Scene, assessor: User) -> WorkItem:
    return next(item for item in scene.open_items("review") if item.owner_id == assessor.pk)


def finding_address(scene: Scene, item: WorkItem, code: str) -> str:
    return reverse("workflows:finding", args=[item.pk, scene.response(code).pk])


def find(outcome: str = "met", comment: str = "") -> dict[str, str]:
    return {"outcome": outcome, "comment": comment, "action": "next"}


# Assigning


def test_assigning_two_assessors_opens_both_reviews(scene: Scene, client: Client) -> None:
    item = scene.one("assign_assessors")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {"first": scene.assessor.pk, "second": scene.reconciler.pk})

    assert answer.status_code == 302
    assert {one.owner for one in scene.open_items("review")} == {scene.assessor, scene.reconciler}
    assert scene.case.participations.get(reconciles=True).person == scene.reconciler


def test_one_assessor_twice_is_refused(scene: Scene, client: Client) -> None:
    item = scene.one("assign_assessors")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {"first": scene.assessor.pk, "second": scene.assessor.pk})

    assert answer.status_code == 400
    assert answer.context["form"].errors["second"] == ["Choose two different assessors."]


def test_conflict_of_interest_is_said_in_words_and_can_not_be_chosen(scene: Scene, client: Client) -> None:
    item = scene.one("assign_assessors")
    scene.lead.affiliations.update(person=scene.assessor)
    scene.sign_in(client, scene.manager)

    page = client.get(item.get_absolute_url()).content.decode()
    answer = client.post(item.get_absolute_url(), {"first": scene.assessor.pk, "second": scene.reconciler.pk})

    assert "works, or worked lately, for this city" in page
    assert page.count("disabled") == 2
    assert answer.status_code == 409
    assert scene.assessor.name in answer.content.decode()


def test_workload_is_shown_and_the_freest_come_first(scene: Scene, client: Client) -> None:
    item = scene.one("assign_assessors")
    scene.sign_in(client, scene.manager)
    due = scene.now + timedelta(days=3)
    for owner, days in ((scene.assessor, 9), (scene.assessor, 0), (scene.reconciler, 5)):
        WorkItem.objects.create(
            kind="feedback",
            step="review",
            case=scene.case,
            party="assessor",
            owner=owner,
            opened_at=scene.now,
            due_at=due + timedelta(days=days),
        )
    client.get(item.get_absolute_url())
    counts = []

    for number in range(3):
        make_person(f"Assessor {number}", scene.office, Role.ASSESSOR)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(item.get_absolute_url())
        counts.append(len(queries))

    candidates = answer.context["candidates"]
    assert [one.open_reviews for one in candidates] == [0, 0, 0, 0, 1, 2]
    assert candidates[-1].person == scene.assessor
    assert candidates[-1].next_due_at == due
    assert f"{scene.assessor} · 2 open reviews" in answer.content.decode()
    assert len(set(counts)) == 1


def test_later_round_offers_the_assessor_who_is_still_free(scene: Scene, client: Client) -> None:
    scene.one("reassess")
    scene.reconciler.affiliations.create(
        organization=scene.city.organization, role="city_contributor", since=SINCE
    )
    item = scene.one("assign_assessors")
    scene.sign_in(client, scene.manager)

    form = client.get(item.get_absolute_url()).context["form"]

    assert form.initial == {"first": scene.assessor.pk}


def test_page_says_when_too_few_assessors_are_free(scene: Scene, client: Client) -> None:
    item = scene.one("assign_assessors")
    for person in (scene.assessor, scene.reconciler):
        person.affiliations.create(organization=scene.city.organization, role="city_contributor", since=SINCE)
    scene.sign_in(client, scene.manager)

    page = client.get(item.get_absolute_url()).content.decode()

    assert "Fewer than two assessors are free" in page


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("assessor", 403), ("other_lead", 404)])
def test_others_do_not_assign(scene: Scene, client: Client, who: str, status: int) -> None:
    item = scene.one("assign_assessors")
    scene.sign_in(client, scene.everyone[who])

    answer = client.post(item.get_absolute_url(), {"first": scene.assessor.pk, "second": scene.reconciler.pk})

    assert answer.status_code == status
    assert scene.item("assign_assessors")


# Reviewing


def test_finding_is_kept_and_leads_to_the_next_criterion(scene: Scene, client: Client) -> None:
    scene.one("review")
    item = review_item(scene, scene.assessor)
    scene.sign_in(client, scene.assessor)

    answer = client.post(finding_address(scene, item, "DM1"), find("met", "Fine."))

    finding = Finding.objects.get(response=scene.response("DM1"))
    assert answer["Location"] == f"{item.get_absolute_url()}?criterion=DM2"
    assert (finding.outcome, finding.comment, finding.review.assessor) == ("met", "Fine.", scene.assessor)


def test_revision_without_a_comment_keeps_the_choice(scene: Scene, client: Client) -> None:
    scene.one("review")
    item = review_item(scene, scene.assessor)
    scene.sign_in(client, scene.assessor)

    answer = client.post(finding_address(scene, item, "DM1"), find("needs_revision"))

    assert answer.status_code == 400
    assert answer.context["finding_form"].errors["comment"] == ["Say what the city should revise."]
    assert not Finding.objects.exists()


def test_review_is_submitted_only_with_every_finding(scene: Scene, client: Client) -> None:
    scene.one("review")
    item = review_item(scene, scene.assessor)
    scene.sign_in(client, scene.assessor)

    early = client.post(item.get_absolute_url())
    for code in CODES:
        client.post(finding_address(scene, item, code), find())
    page = client.get(item.get_absolute_url()).content.decode()
    done = client.post(item.get_absolute_url())
    twice = client.post(item.get_absolute_url())

    assert early.status_code == 400
    assert "6 criteria have no finding yet" in early.content.decode()
    assert "Submit review" in page
    assert (done.status_code, twice.status_code) == (302, 302)
    assert Review.objects.get(assessor=scene.assessor).status == "submitted"


def test_finding_sent_after_submitting_changes_nothing(scene: Scene, client: Client) -> None:
    scene.one("review")
    item = review_item(scene, scene.assessor)
    address = finding_address(scene, item, "DM1")
    scene.review(item)
    scene.sign_in(client, scene.assessor)

    answer = client.post(address, find("not_met", "Too late"), follow=True)

    assert "Nothing was changed by your attempt" in answer.content.decode()
    assert not Finding.objects.filter(comment="Too late").exists()


@pytest.mark.parametrize("path", ["item", "item?criterion=DM1", "sheet"])
def test_other_findings_are_sealed_until_both_are_in(scene: Scene, client: Client, path: str) -> None:
    scene.one("review")
    mine, other = (review_item(scene, one) for one in (scene.assessor, scene.reconciler))
    scene.review(other)
    Finding.objects.update(comment="A secret of the other")
    scene.sign_in(client, scene.assessor)
    sheet = reverse("workflows:assessment", args=[scene.case.pk]) + "?criterion=DM1"
    address = sheet if path == "sheet" else path.replace("item", mine.get_absolute_url())

    answer = client.get(address)

    assert answer.status_code == 200
    assert "A secret of the other" not in answer.content.decode()


def test_nobody_else_writes_or_reads_a_review(scene: Scene, client: Client) -> None:
    scene.one("review")
    item = review_item(scene, scene.assessor)
    found = {}
    for who in ("reconciler", "manager", "lead", "other_assessor", "other_lead"):
        scene.sign_in(client, scene.everyone[who])
        found[who] = (
            client.get(f"{item.get_absolute_url()}?criterion=DM1").status_code,
            client.post(finding_address(scene, item, "DM1"), find()).status_code,
        )

    assert found == {
        "reconciler": (404, 404),
        "manager": (403, 403),
        "lead": (403, 403),
        "other_assessor": (403, 403),
        "other_lead": (404, 404),
    }
    assert not Finding.objects.exists()


def test_criterion_outside_the_review_does_not_exist(scene: Scene, client: Client) -> None:
    scene.one("reconcile")
    scene.return_to_city("DM2")
    scene.do_step("self_assess")
    item = review_item(scene, scene.assessor)
    scene.sign_in(client, scene.assessor)

    assert client.get(f"{item.get_absolute_url()}?criterion=DM2").status_code == 200
    assert client.get(f"{item.get_absolute_url()}?criterion=DM1").status_code == 404
    assert client.post(finding_address(scene, item, "DM1"), find()).status_code == 409


# Reconciling


@pytest.fixture
def differing(scene: Scene) -> Scene:
    """Both reviews are in; the assessors differ on DM1, and agree that DM2 needs a revision."""
    scene.one("review")
    scene.review(review_item(scene, scene.assessor), {"DM1": "met", "DM2": "needs_revision"})
    scene.review(review_item(scene, scene.reconciler), {"DM1": "not_met", "DM2": "needs_revision"})
    return scene


def test_only_differences_are_to_settle_with_both_findings(differing: Scene, client: Client) -> None:
    differing.sign_in(client, differing.reconciler)

    answer = client.get(differing.item("reconcile").get_absolute_url())

    codes = [one["response"].criterion.code for one in answer.context["differences"]]
    page = answer.content.decode()
    assert codes == ["DM1", "DM2"]
    assert differing.assessor.name in page
    assert differing.reconciler.name in page
    assert "4 criteria are agreed" in page


def test_rulings_settle_the_round(differing: Scene, client: Client) -> None:
    differing.sign_in(client, differing.reconciler)
    item = differing.item("reconcile")
    rulings = {"DM1": "met", "DM1-reason": "Seen together.", "DM2": "not_met", "DM2-reason": "Not shown."}

    answer = client.post(item.get_absolute_url(), rulings)
    again = client.post(item.get_absolute_url(), rulings)

    assert (answer.status_code, again.status_code) == (302, 302)
    assert Settlement.objects.get(response=differing.response("DM1")).reason == "Seen together."
    assert differing.item("release_report")


def test_missing_ruling_is_named_at_its_criterion_and_the_rest_kept(differing: Scene, client: Client) -> None:
    differing.sign_in(client, differing.reconciler)

    answer = client.post(
        differing.item("reconcile").get_absolute_url(), {"DM1": "met", "DM1-reason": "Seen together."}
    )

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["DM2"]
    assert "Seen together." in answer.content.decode()
    assert not Settlement.objects.exists()


def test_criterion_goes_back_to_the_city_with_its_reason(differing: Scene, client: Client) -> None:
    differing.sign_in(client, differing.reconciler)
    rulings = {"DM1": "met", "DM1-reason": "Yes.", "DM2": "needs_revision", "DM2-reason": "Show the list."}

    client.post(differing.item("reconcile").get_absolute_url(), rulings)

    assert differing.item("self_assess")
    assert differing.response("DM2").revision_note == "Show the list."
    assert differing.response("DM1").revision_note == ""


@pytest.mark.parametrize(("who", "status"), [("assessor", 403), ("manager", 403), ("lead", 403)])
def test_only_the_named_assessor_reconciles(differing: Scene, client: Client, who: str, status: int) -> None:
    differing.sign_in(client, differing.everyone[who])

    assert client.get(differing.item("reconcile").get_absolute_url()).status_code == status


# Result


def test_releasing_shows_the_result_and_its_arithmetic(scene: Scene, client: Client) -> None:
    item = scene.one("release_report")
    scene.sign_in(client, scene.manager)

    page = client.get(item.get_absolute_url()).content.decode()
    client.post(item.get_absolute_url())

    assert "1 of 6" in page
    assert "50% of 6 = 3, so 3 criteria; 1 met (1/6 &lt; 50/100)." in page
    assert "2 criteria are missing." in page
    assert scene.item("choose_path")


def test_decision_is_offered_only_when_a_level_is_reached(scene: Scene, client: Client) -> None:
    item = scene.one("choose_path")
    scene.sign_in(client, scene.lead)

    page = client.get(item.get_absolute_url()).content.decode()
    refused = client.post(item.get_absolute_url(), {"path": "decision"})
    chosen = client.post(item.get_absolute_url(), {"path": "coaching"})

    assert "Ask for the decision" not in page
    assert refused.status_code == 400
    assert chosen.status_code == 302
    assert scene.item("plan_coaching")


def test_city_that_reached_a_level_asks_for_the_decision(scene: Scene, client: Client) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    item = scene.one("choose_path")
    scene.sign_in(client, scene.lead)

    page = client.get(item.get_absolute_url()).content.decode()
    client.post(item.get_absolute_url(), {"path": "decision"})

    assert "the committee votes on Silver" in page
    assert scene.item("open_packet")


@pytest.mark.parametrize("who", ["contributor", "manager", "coach"])
def test_others_do_not_choose_the_path(scene: Scene, client: Client, who: str) -> None:
    item = scene.one("choose_path")
    scene.sign_in(client, scene.everyone[who])

    assert client.post(item.get_absolute_url(), {"path": "coaching"}).status_code == 403


def test_report_says_what_is_strong_and_what_is_open(scene: Scene, client: Client) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.one("choose_path")
    scene.sign_in(client, scene.lead)

    answer = client.get(reverse("workflows:report", args=[scene.case.pk]))

    report = answer.context["report"]
    page = answer.content.decode()
    assert [area.code for area in report.strengths] == ["DM"]
    assert [area.code for area in report.opportunities] == ["OD", "WW"]
    assert [line.reached for line in report.lines] == [True, False, False]
    assert "This reaches Silver" in page
    assert "Seen by" in page


@pytest.mark.parametrize(
    ("step", "reads"),
    [
        ("release_report", {"manager", "director", "assessor", "reconciler"}),
        (
            "choose_path",
            {"manager", "director", "assessor", "reconciler", "lead", "contributor", "sponsor"},
        ),
    ],
)
def test_report_is_read_by_the_city_after_its_release(
    scene: Scene, client: Client, step: str, reads: set[str]
) -> None:
    scene.one(step)
    address = reverse("workflows:report", args=[scene.case.pk])

    found = {
        who
        for who, person in scene.everyone.items()
        if person.is_active and scene.sign_in(Client(), person).get(address).status_code == 200
    }

    assert found - {"system"} == reads


def test_report_of_each_round_stays_readable(scene: Scene, client: Client) -> None:
    scene.one("reassess")
    scene.walk_to("choose_path")
    scene.sign_in(client, scene.lead)
    address = reverse("workflows:report", args=[scene.case.pk])

    newest, first = client.get(address), client.get(f"{address}?round=1")

    assert newest.context["assessment"].round == 2
    assert first.context["assessment"].round == 1
    assert client.get(f"{address}?round=3").status_code == 404


def test_report_is_read_by_the_partner_that_coaches(scene: Scene) -> None:
    scene.engagements = 1
    scene.one("kick_off")
    address = reverse("workflows:report", args=[scene.case.pk])

    found = {
        partner.organization.slug: scene.sign_in(Client(), partner.coach).get(address).status_code
        for partner in (scene.partner, scene.other_partner)
    }

    assert found == {"first-partner": 200, "other-partner": 404}


def test_review_page_costs_the_same_queries_with_and_without_findings(scene: Scene, client: Client) -> None:
    scene.one("review")
    item = review_item(scene, scene.assessor)
    scene.sign_in(client, scene.assessor)
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{item.get_absolute_url()}?criterion=DM1")
        counts.append(len(queries))
        scene.find(Review.objects.get(assessor=scene.assessor))

    assert counts == [21, 21]

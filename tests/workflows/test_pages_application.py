from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Application
from cities.models import City
from tests.scenes import Scene
from workflows import services

PAPER = b"%PDF-1.7\nWe commit.\n"


def paper(name: str = "commitment.pdf", content: bytes = PAPER) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def entries(**fields: object) -> dict[str, object]:
    return {
        "version": 0,
        "signer_name": "The sponsor",
        "signer_title": "Mayor",
        "signed_on": str(timezone.localdate() - timedelta(days=30)),
        "motivation": "To know where we stand.",
    } | fields


def application(scene: Scene) -> Application:
    return Application.objects.select_related("paper").get(case=scene.case)


def test_draft_is_kept_and_the_page_says_when(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    scene.sign_in(client, scene.lead)

    answer = client.post(address, entries(action="keep"), follow=True)

    assert answer.redirect_chain == [(address, 302)]
    assert "Saved " in answer.content.decode()
    assert application(scene).status == "draft"
    assert application(scene).signer_name == "The sponsor"


def test_what_is_right_is_kept_beside_what_is_wrong(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    scene.sign_in(client, scene.lead)

    first = client.post(address, entries(action="ask", signer_address="no address"))
    version = first.context["form"]["version"].value()
    stale = client.post(
        address, entries(action="keep", signed_on="yesterday", motivation="Of an older page.")
    )

    assert first.status_code == 400
    assert list(first.context["form"].errors) == ["signer_address"]
    assert stale.status_code == 400
    assert application(scene).motivation == "To know where we stand."
    future = str(timezone.localdate() + timedelta(days=9))
    again = client.post(address, entries(action="keep", version=version, signed_on=future, signer_name="She"))
    assert again.status_code == 400
    assert (application(scene).signer_name, str(application(scene).signed_on)) == (
        "She",
        entries()["signed_on"],
    )


def test_submitted_application_is_with_the_program(scene: Scene, client: Client) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)

    answer = client.post(item.get_absolute_url(), entries(action="submit", paper=paper()))

    assert answer.status_code == 302
    assert application(scene).status == "submitted"
    assert application(scene).paper.name == "commitment.pdf"
    assert scene.item("confirm")


def test_second_click_on_submit_changes_nothing(scene: Scene, client: Client) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)
    client.post(item.get_absolute_url(), entries(action="submit"))

    again = client.post(item.get_absolute_url(), entries(action="submit", signer_name="Somebody else"))

    assert again.status_code == 302
    assert application(scene).signer_name == "The sponsor"


def test_wrong_date_keeps_the_text_and_the_paper(scene: Scene, client: Client) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)

    answer = client.post(
        item.get_absolute_url(), entries(action="submit", signed_on="3 February", paper=paper())
    )

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "To know where we stand." in page
    assert "3 February" in page
    assert "commitment.pdf" in page
    assert application(scene).paper is not None
    assert application(scene).status == "draft"


def test_paper_of_a_wrong_kind_is_refused_at_its_field(scene: Scene, client: Client) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)
    page = SimpleUploadedFile("paper.pdf", b"<html>", content_type="application/pdf")

    answer = client.post(item.get_absolute_url(), entries(action="keep", paper=page))

    assert answer.status_code == 400
    assert answer.context["form"].errors["paper"]
    assert application(scene).paper is None


def test_page_names_the_failed_rule_and_the_changes_asked_for(scene: Scene, client: Client) -> None:
    item = scene.one("apply")
    Application.objects.filter(case=scene.case).update(
        status="changes_requested", decision_note="Please sign again."
    )
    scene.sign_in(client, scene.lead)

    page = client.get(item.get_absolute_url()).content.decode()

    assert "Please sign again." in page
    assert "The commitment needs the sponsor" in page
    assert "failed" in page


@pytest.mark.parametrize(
    ("who", "status"), [("contributor", 403), ("other_lead", 404), ("manager", 403), ("coach", 403)]
)
def test_others_do_not_apply_for_the_city(scene: Scene, client: Client, who: str, status: int) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.everyone[who])

    assert client.get(item.get_absolute_url()).status_code == status
    assert client.post(item.get_absolute_url(), entries(action="keep")).status_code == status
    assert application(scene).signer_name == ""


def test_accepting_opens_the_self_assessment(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    scene.sign_in(client, scene.manager)

    answer = client.post(item.get_absolute_url(), {"deed": "accept"})

    assert answer.status_code == 302
    assert scene.item("self_assess")


def test_accepting_against_a_rule_asks_for_the_reason_and_names_the_rule(
    scene: Scene, client: Client
) -> None:
    item = scene.one("confirm")
    City.objects.filter(pk=scene.city.pk).update(population=20000)
    scene.sign_in(client, scene.manager)

    refused = client.post(item.get_absolute_url(), {"deed": "accept"})
    accepted = client.post(item.get_absolute_url(), {"deed": "accept", "reason": "Growing."})

    assert refused.status_code == 400
    assert "population" in refused.context["form"].errors["reason"][0]
    assert accepted.status_code == 302
    assert scene.item("self_assess")


def test_asking_for_changes_gives_the_application_back(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    scene.sign_in(client, scene.manager)

    client.post(item.get_absolute_url(), {"deed": "changes", "reason": "Sign it again."})

    assert application(scene).decision_note == "Sign it again."
    assert scene.item("apply")


def test_declining_is_offered_only_for_a_rule_that_is_not_met(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    scene.sign_in(client, scene.manager)

    page = client.get(item.get_absolute_url()).content.decode()
    answer = client.post(
        item.get_absolute_url(), {"deed": "decline", "rule": "population", "reason": "Too small."}
    )

    assert "Decline the application" not in page
    assert answer.status_code == 400
    assert scene.stage == "application"


def test_declining_names_the_rule_and_ends_the_case(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    City.objects.filter(pk=scene.city.pk).update(population=20000)
    scene.sign_in(client, scene.manager)

    answer = client.post(
        item.get_absolute_url(), {"deed": "decline", "rule": "population", "reason": "Too small."}
    )

    assert answer.status_code == 302
    assert scene.stage == "declined"
    assert scene.case.decline_reason == "population"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200),
        ("contributor", 200),
        ("manager", 200),
        ("other_lead", 404),
        ("other_contributor", 404),
        ("coach", 404),
        ("assessor", 404),
        ("member", 404),
    ],
)
def test_paper_is_for_the_city_and_the_program(scene: Scene, client: Client, who: str, status: int) -> None:
    item = scene.one("apply")
    client_of_the_city = scene.sign_in(Client(), scene.lead)
    client_of_the_city.post(item.get_absolute_url(), entries(action="keep", paper=paper()))
    scene.sign_in(client, scene.everyone[who])

    answer = client.get(reverse("workflows:file-application", args=[scene.case.pk]))

    assert answer.status_code == status
    if status == 200:
        assert b"".join(answer.streaming_content) == PAPER
        assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["commitment.txt", "commitment.png", "commitment.pdf"])
def test_text_is_no_signed_paper_whatever_its_name(scene: Scene, client: Client, name: str) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)

    answer = client.post(item.get_absolute_url(), entries(action="keep", paper=paper(name, b"We commit.")))

    assert answer.status_code == 400
    assert answer.context["form"].errors["paper"]
    assert application(scene).paper is None


@pytest.mark.parametrize("days", [3, -3 * 365, -2000 * 365])
def test_signature_of_an_impossible_day_is_refused(scene: Scene, client: Client, days: int) -> None:
    item = scene.one("apply")
    scene.sign_in(client, scene.lead)
    day = timezone.localdate() + timedelta(days=days)

    answer = client.post(item.get_absolute_url(), entries(action="keep", signed_on=str(day)))

    assert answer.status_code == 400
    assert answer.context["form"].errors["signed_on"]


def test_refused_submission_leaves_a_page_that_can_be_saved(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    services.hold_case(case_id=scene.case.pk, reason="A flood.", by=scene.manager, now=scene.tick())
    scene.sign_in(client, scene.lead)

    refused = client.post(address, entries(action="submit"))
    version = refused.context["form"]["version"].value()
    saved = client.post(address, entries(action="keep", motivation="Written later.", version=version))

    assert (refused.status_code, saved.status_code) == (409, 302)
    assert application(scene).motivation == "Written later."


def test_two_tabs_do_not_overwrite_each_other(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    scene.sign_in(client, scene.lead)
    client.post(address, entries(action="keep", motivation="From the first tab."))

    late = client.post(address, entries(action="submit", motivation="From the second tab."))

    page = late.content.decode()
    assert late.status_code == 409
    assert "From the first tab." in page
    assert "From the second tab." in page
    assert application(scene).motivation == "From the first tab."
    assert application(scene).status == "draft"


def test_second_text_stands_once_its_writer_has_seen_the_first(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    scene.sign_in(client, scene.lead)
    client.post(address, entries(action="keep", motivation="From the first tab."))
    late = client.post(address, entries(action="keep", motivation="From the second tab."))

    version = late.context["form"]["version"].value()
    client.post(address, entries(action="keep", motivation="From the second tab.", version=version))

    assert application(scene).motivation == "From the second tab."


def test_saving_the_same_twice_is_no_conflict(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    scene.sign_in(client, scene.lead)
    client.post(address, entries(action="keep"))

    again = client.post(address, entries(action="keep"))

    assert again.status_code == 302
    assert application(scene).version == 1


def test_saving_on_a_page_left_open_is_refused_after_the_submission(scene: Scene, client: Client) -> None:
    address = scene.one("apply").get_absolute_url()
    scene.sign_in(client, scene.lead)
    client.post(address, entries(action="submit"))

    late = client.post(address, entries(action="keep", motivation="Written in another tab."))

    assert late.status_code == 409
    assert "was finished by" in late.content.decode()


def test_second_click_on_begin_leads_to_the_case_that_is_open(scene: Scene, client: Client) -> None:
    address, city = reverse("workflows:case-open"), {"city": scene.city.slug}
    scene.sign_in(client, scene.lead)

    first, second = client.post(address, city), client.post(address, city)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert scene.city.cases.count() == 1

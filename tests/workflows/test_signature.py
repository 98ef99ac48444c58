"""The sponsor signs by mail: who asks, what the link does once, and what it tells those who have no link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cases.commitment import WORDING
from cases.eligibility import Verdict, eligibility
from cases.errors import SignatureGone
from cases.models import Application, SignatureRequest
from cases.services import sign_commitment
from core.models import AuditEvent
from notifications.models import Delivery, Notice
from notifications.services import deliver_due
from people.enums import Role
from tests.cast import make_person
from tests.scenes import Scene
from tests.workflows.concurrency import at_once
from workflows import services
from workflows.selectors import timeline_of

MAYOR = {"name": "The Mayor", "title": "Mayor of the city", "agreed": "on"}
ENTERED = {
    "action": "ask",
    "signer_name": "The mayor",
    "signer_title": "Mayor of  the city",
    "signer_address": "Mayor@Paterson.example",
    "motivation": "To know where we stand.",
}
ORIGIN = "203.0.113.7"


def application(scene: Scene) -> Application:
    return Application.objects.select_related("case__city__organization", "case__standard").get(
        case=scene.case
    )


def ask(scene: Scene, client: Client | None = None, **entered: object) -> Any:
    """The lead asks on the application's page."""
    lead = scene.sign_in(client or Client(), scene.lead)
    version = {"version": application(scene).version}
    return lead.post(scene.item("apply").get_absolute_url(), ENTERED | version | entered)


def link() -> str:
    return Notice.objects.filter(kind="cases.signature_asked").latest("created_at").url


def bare(answer: Any) -> tuple[int, list[str], str]:
    html = re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"\w+"', "", answer.content.decode())
    return answer.status_code, sorted(answer.headers), html


def sign(address: str, **entered: object) -> Any:
    return Client(REMOTE_ADDR=ORIGIN, HTTP_USER_AGENT="A browser").post(address, MAYOR | entered)


def verdict(scene: Scene) -> Verdict:
    return {result.rule: result.verdict for result in eligibility(application(scene))}["commitment"]


def forget_the_day(scene: Scene) -> None:
    """As if everything had been asked the day before yesterday."""
    for request in SignatureRequest.objects.all():
        SignatureRequest.objects.filter(pk=request.pk).update(asked_at=request.asked_at - timedelta(days=2))


@pytest.fixture
def asked(scene: Scene) -> Scene:
    scene.open_case()
    assert ask(scene).status_code == 302
    return scene


def test_sponsor_signs_by_the_link_and_the_lead_is_told(asked: Scene) -> None:
    assert verdict(asked) == Verdict.FAILED
    page = Client().get(link()).content.decode()
    assert "On behalf of Paterson I commit" in page
    assert "Lead of Paterson" in page
    assert "The mayor" not in page

    answer = sign(link())

    signed = SignatureRequest.objects.get()
    assert "Thank you" in answer.content.decode()
    assert (signed.signed_name, signed.signed_title) == ("The Mayor", "Mayor of the city")
    assert (signed.signed_from, signed.signed_with) == (ORIGIN, "A browser")
    assert abs(signed.signed_at - timezone.now()) < timedelta(minutes=1)
    assert verdict(asked) == Verdict.PASSED
    assert Notice.objects.get(kind="cases.commitment_signed").person == asked.lead
    entry = next(one for one in timeline_of(asked.case, user=asked.lead) if "signed" in str(one.sentence))
    assert entry.detail == "The Mayor, Mayor of the city"


def test_same_form_sent_twice_asks_once(asked: Scene) -> None:
    assert ask(asked, version=0).status_code == 302

    assert SignatureRequest.objects.count() == 1
    assert Notice.objects.filter(kind="cases.signature_asked").count() == 1


def test_looking_signs_nothing_and_neither_does_half_a_form(asked: Scene) -> None:
    scanner = Client()
    assert scanner.get(link()).status_code == scanner.head(link()).status_code == 200

    for missing in MAYOR:
        assert sign(link(), **{missing: ""}).status_code == 400

    assert SignatureRequest.objects.get().signed_at is None
    assert not AuditEvent.objects.filter(action="cases.commitment_signed").exists()


def test_link_that_does_not_work_never_says_why(scene: Scene) -> None:
    scene.open_case()
    links = ["/sign/never-was/"]
    ask(scene)
    links.append(link())
    sign(link())
    ask(scene)
    links.append(link())
    ask(scene)
    links.append(link())
    SignatureRequest.objects.update(expires_at=timezone.now())
    forget_the_day(scene)
    ask(scene)
    links.append(link())
    services.withdraw_case(case_id=scene.case.pk, reason="x", by=scene.lead, now=scene.tick())

    gets = [bare(Client().get(address)) for address in links]
    posts = [bare(sign(address)) for address in links]

    assert len(set(links)) == 5
    assert gets[0][0] == 404
    assert "Paterson" not in gets[0][2]
    assert gets.count(gets[0]) == posts.count(posts[0]) == len(links)


def test_second_click_is_thanked_like_the_first_and_nobody_else_is(asked: Scene) -> None:
    address = link()
    first = sign(address)

    assert bare(sign(address)) == bare(first)
    gone = bare(sign("/sign/never-was/"))
    assert bare(sign(address, name="Somebody else")) == gone
    assert bare(sign(address, agreed="")) == gone
    assert bare(Client(REMOTE_ADDR=ORIGIN, HTTP_USER_AGENT="Another").post(address, MAYOR)) == gone
    SignatureRequest.objects.update(signed_at=timezone.now() - timedelta(minutes=3))
    assert bare(sign(address)) == gone
    assert AuditEvent.objects.filter(action="cases.commitment_signed").count() == 1


def test_nothing_is_signed_with_a_token_that_does_not_work(asked: Scene) -> None:
    for sign_it in (services.sign_commitment, sign_commitment):
        with pytest.raises(SignatureGone):
            sign_it(token="never-was", name="One", title="Mayor", origin=ORIGIN, agent="", now=timezone.now())


def test_link_ends_with_the_decision_about_the_application(asked: Scene) -> None:
    asked.fill_application()
    services.submit_application_and_route(
        work_item_id=asked.item("apply").pk, by=asked.lead, now=asked.tick()
    )
    assert Client().get(link()).status_code == 200

    asked.do_step("confirm")

    assert Client().get(link()).status_code == 404


def test_token_stands_in_the_mail_and_nowhere_else(asked: Scene) -> None:
    address = link()
    token = address.strip("/").split("/")[-1]

    deliver_due(now=timezone.now())

    sent = next(one for one in mail.outbox if one.to == ["mayor@paterson.example"])
    assert address in sent.body
    assert "the work is yours" not in sent.body
    rows = [*SignatureRequest.objects.values(), *Notice.objects.values(), *AuditEvent.objects.values()]
    assert token not in str(rows)
    assert Client().get(address).status_code == 200


def test_mail_waits_in_the_outbox_for_the_change_to_be_kept(asked: Scene) -> None:
    delivery = Delivery.objects.get(notice__kind="cases.signature_asked")

    assert delivery.state == "queued"
    assert mail.outbox == []


def test_asking_again_takes_the_place_of_what_was_signed(asked: Scene) -> None:
    sign(link())

    ask(asked, signer_address="chief@paterson.example", signer_name="The chief executive")

    assert verdict(asked) == Verdict.FAILED
    assert SignatureRequest.objects.count() == 2
    sign(link(), name="The chief executive")
    assert verdict(asked) == Verdict.PASSED


def test_signature_holds_through_requested_changes_but_not_through_other_words(asked: Scene) -> None:
    sign(link())
    Application.objects.filter(case=asked.case).update(status="changes_requested", signer_name="", paper=None)
    assert verdict(asked) == Verdict.PASSED

    SignatureRequest.objects.update(wording=WORDING + 1)

    assert verdict(asked) == Verdict.FAILED
    page = asked.sign_in(Client(), asked.lead).get(asked.item("apply").get_absolute_url())
    assert "What was to be signed has changed" in page.content.decode()


def test_nobody_is_asked_more_than_three_times_a_day(asked: Scene, client: Client) -> None:
    ask(asked)
    ask(asked)

    refused = ask(asked, client, motivation="This is not lost.")

    assert refused.status_code == 409
    assert "Three mails in a day" in refused.content.decode()
    assert "This is not lost." in refused.content.decode()
    assert Notice.objects.filter(kind="cases.signature_asked").count() == 3
    forget_the_day(asked)
    assert ask(asked).status_code == 302


def test_a_mayor_is_not_flooded_from_several_applications(asked: Scene) -> None:
    ask(asked)
    ask(asked)
    asked.city, asked.lead = asked.other_city, asked.other_lead
    asked.open_case()

    assert ask(asked).status_code == 409


@pytest.mark.parametrize("who", ["lead", "contributor", "fellow_lead", "lead_by_another_address"])
def test_whoever_applies_is_not_asked_to_sign(scene: Scene, client: Client, who: str) -> None:
    scene.open_case()
    fellow = make_person("Fellow", scene.city.organization, Role.CITY_LEAD)
    scene.lead.emailaddress_set.create(email="home@lead.example", verified=True)
    addresses = {
        "lead": scene.lead.email.upper(),
        "contributor": scene.contributor.email,
        "fellow_lead": fellow.email,
        "lead_by_another_address": "Home@lead.example",
    }

    answer = ask(scene, client, signer_address=addresses[who])

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["signer_address"]
    assert not SignatureRequest.objects.exists()


def test_sponsor_with_an_account_and_a_lead_of_another_city_may_be_asked(scene: Scene) -> None:
    scene.open_case()

    assert ask(scene, signer_address=scene.sponsor.email).status_code == 302
    assert ask(scene, signer_address=scene.other_lead.email).status_code == 302


def test_signature_of_another_is_the_programs_to_judge(asked: Scene, client: Client) -> None:
    sign(link(), name="Totally Different", title="Janitor")

    assert verdict(asked) == Verdict.UNKNOWN
    services.submit_application_and_route(
        work_item_id=asked.item("apply").pk, by=asked.lead, now=asked.tick()
    )
    address = asked.item("confirm").get_absolute_url()
    asked.sign_in(client, asked.manager)
    page = client.get(address).content.decode()
    refused = client.post(address, {"deed": "accept", "reason": ""})
    assert "signed under another name or office" in page
    assert "Signed by Totally Different, Janitor, asked was The mayor" in page
    assert page.count("mayor@paterson.example") == 2
    assert "Decline the application" in page
    assert refused.status_code == 400
    assert client.post(address, {"deed": "accept", "reason": "We called."}).status_code == 302


def test_signer_who_is_renamed_on_the_application_afterwards_is_another(asked: Scene) -> None:
    sign(link(), name=" THE  Mayor", title="mayor of the city")
    assert verdict(asked) == Verdict.PASSED

    Application.objects.filter(case=asked.case).update(signer_name="The governor")

    assert verdict(asked) == Verdict.UNKNOWN
    (rule,) = (one for one in eligibility(application(asked)) if one.rule == "commitment")
    assert "asked was The governor" in str(rule.explanation)


@pytest.mark.parametrize("missing", ["signer_name", "signer_title", "signer_address"])
def test_asking_names_what_is_missing_and_loses_nothing_typed(
    scene: Scene, client: Client, missing: str
) -> None:
    scene.open_case()

    answer = ask(scene, client, **{missing: ""})

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [missing]
    assert "To know where we stand." in answer.content.decode()
    kept = application(scene)
    assert kept.motivation == "To know where we stand."
    given = {name for name in ("signer_name", "signer_title", "signer_address") if getattr(kept, name)}
    assert given == {"signer_name", "signer_title", "signer_address"} - {missing}
    assert answer.context["form"]["version"].value() == str(kept.version)
    assert not SignatureRequest.objects.exists()


def test_nobody_asks_while_the_case_is_on_hold(scene: Scene) -> None:
    scene.open_case()
    services.hold_case(case_id=scene.case.pk, reason="A flood.", by=scene.manager, now=scene.tick())

    assert ask(scene).status_code == 409


def test_city_and_program_read_who_signed_and_only_the_program_from_where(asked: Scene) -> None:
    sign(link())
    services.submit_application_and_route(
        work_item_id=asked.item("apply").pk, by=asked.lead, now=asked.tick()
    )
    documents = f"/cases/{asked.case.pk}/documents/"
    pages = {
        name: asked.sign_in(Client(), asked.everyone[name]).get(documents).content.decode()
        for name in ("lead", "contributor", "sponsor", "manager", "coach", "assessor", "member")
    }
    confirm = asked.sign_in(Client(), asked.manager).get(asked.item("confirm").get_absolute_url())

    assert {name for name, page in pages.items() if "The Mayor" in page} == {
        "lead",
        "contributor",
        "sponsor",
        "manager",
    }
    assert {name for name, page in pages.items() if ORIGIN in page or "A browser" in page} == {"manager"}
    assert ORIGIN in confirm.content.decode()


@pytest.mark.django_db(transaction=True)
def test_signing_twice_at_once_leaves_one_record() -> None:
    scene = Scene()
    scene.open_case()
    ask(scene)
    given = {"token": link().strip("/").split("/")[-1], "origin": ORIGIN, "agent": "", "now": timezone.now()}

    results, errors = at_once(
        lambda: services.sign_commitment(name="One", title="Mayor", **given),
        lambda: services.sign_commitment(name="Two", title="Mayor", **given),
    )

    assert (len(results), len(errors)) == (1, 1)
    assert SignatureRequest.objects.get().signed_name == results[0].signed_name
    assert AuditEvent.objects.filter(action="cases.commitment_signed").count() == 1
    assert Notice.objects.filter(kind="cases.commitment_signed").count() == 1

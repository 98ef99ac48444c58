"""From outside to city lead: the link by mail, the claim, and the program's answer."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from cases.deadlines import program_calendar
from cases.models import Case, WorkItem
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from notifications.models import Notice
from notifications.services import deliver_due, send_due_reminders
from people.enums import Role
from people.models import User
from tests.cast import PASSWORD as CAST_PASSWORD
from tests.claims import ADDRESS, NEW, PASSWORD, apply_link, item_of, make_claim, token_of
from tests.scenes import Scene, make_cities
from tests.workflows.concurrency import assert_sound, at_once
from workflows import services
from workflows.models import ApplyLink, Claim
from workflows.selectors import claim_of, open_work_for
from workflows.services.claims import MAILS_A_DAY, ApplyLinkGone, ClaimAnswered, ClaimOpenAlready

PATERSON = "?city=paterson-nj"


def confirm(scene: Scene, claim: Claim, **given: Any) -> Claim:
    values = {"city": None, "by": scene.manager, "now": timezone.now()} | given
    return services.confirm_claim(work_item_id=item_of(claim).pk, **values)


def decline(scene: Scene, claim: Claim, **given: Any) -> Claim:
    values = {"reason": "Nobody at the city knows you.", "by": scene.manager, "now": timezone.now()} | given
    return services.decline_claim(work_item_id=item_of(claim).pk, **values)


def told(person: User) -> list[str]:
    return [notice.text for notice in Notice.objects.filter(person=person)]


# The link.


def test_link_is_kept_as_a_hash_and_nowhere_else_once_the_mail_is_gone(scene: Scene, mailoutbox: list[Any]):
    link = apply_link(ADDRESS.upper())

    assert token_of(link) not in str(ApplyLink.objects.values().get())
    deliver_due(now=timezone.now())

    (mail,) = mailoutbox
    assert mail.to == [ADDRESS]
    assert link in mail.body
    assert "the work is yours" not in mail.body
    assert token_of(link) not in str(list(Notice.objects.values()))


def test_mails_to_one_address_are_limited_whoever_asks(scene: Scene):
    for n in range(MAILS_A_DAY + 2):
        client = Client(REMOTE_ADDR=f"10.0.0.{n}", headers={"x-forwarded-for": f"10.1.0.{n}"})
        answer = client.post("/apply/", {"address": ADDRESS})
        assert (answer.status_code, answer["Location"]) == (302, "/apply/sent/")

    assert Notice.objects.filter(address=ADDRESS).count() == MAILS_A_DAY
    tomorrow = timezone.now() + timedelta(days=1)
    services.send_apply_link(address=ADDRESS, now=tomorrow)
    assert Notice.objects.filter(address=ADDRESS).count() == MAILS_A_DAY + 1


def test_mails_from_one_network_are_limited_whatever_its_headers_say(scene: Scene, settings: Settings):
    settings.ACCOUNT_RATE_LIMITS = {"apply": "2/h/ip"}

    answers = {
        (answer.status_code, answer["Location"])
        for n in range(4)
        for answer in [
            Client(headers={"x-forwarded-for": f"10.1.0.{n}"}).post(
                "/apply/", {"address": f"ada{n}@x.example"}
            )
        ]
    }

    assert answers == {(302, "/apply/sent/")}
    assert ApplyLink.objects.count() == 2


@pytest.mark.parametrize("address", ["", "no address", "a@b@c.example"])
def test_apply_page_keeps_what_is_no_address(client: Client, scene: Scene, address: str):
    page = client.post("/apply/", {"address": address})

    assert page.status_code == 400
    assert 'role="alert"' in page.content.decode()
    assert not ApplyLink.objects.exists()


def test_following_the_link_changes_nothing(client: Client, scene: Scene):
    link = apply_link()

    for address in (link, f"{link}?q=pater", link + PATERSON, f"{link}?elsewhere=1"):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200

    assert not User.objects.filter(email=ADDRESS).exists()
    assert ApplyLink.objects.get().used_at is None
    assert not Claim.objects.exists()


# The claim.


def test_somebody_new_chooses_a_city_and_waits_on_their_desk(client: Client, scene: Scene):
    link = apply_link()

    found = client.get(f"{link}?q=pater").content.decode()
    assert PATERSON in found
    assert b'name="password"' in client.get(link + PATERSON).content
    answer = client.post(link + PATERSON, NEW)

    person = User.objects.get(email=ADDRESS)
    claim = Claim.objects.get()
    item = item_of(claim)
    assert answer["Location"] == "/desk/"
    assert person.check_password(PASSWORD)
    assert person.emailaddress_set.get().verified
    assert (claim.person, claim.city, claim.job) == (person, scene.city, "Chief data officer")
    assert (item.kind, item.party, item.organization, item.case) == ("claim", "program", scene.office, None)
    desk = client.get("/desk/").content.decode()
    assert "whether you speak for Paterson" in desk
    due = program_calendar().local_day(item.due_at)
    assert f'<time datetime="{due.isoformat()}">' in desk


def test_second_click_on_a_claim_is_answered_like_the_first_and_nobody_elses(scene: Scene):
    link = apply_link() + PATERSON
    first = Client().post(link, NEW)

    again = Client()
    answer = again.post(link, NEW)

    assert (answer.status_code, answer["Location"]) == (first.status_code, first["Location"])
    assert "whether you speak for Paterson" in again.get("/desk/").content.decode()
    assert again.post(link, NEW).status_code == 302
    assert again.get(link).status_code == 404
    assert Client().post(link, NEW | {"password": "another long secret"}).status_code == 404
    assert scene.sign_in(Client(), scene.manager).post(link, NEW).status_code == 404
    assert (Claim.objects.count(), User.objects.filter(email=ADDRESS).count()) == (1, 1)
    ApplyLink.objects.update(used_at=timezone.now() - timedelta(minutes=3))
    assert Client().post(link, NEW).status_code == 404


def test_link_of_somebody_with_an_account_lets_nobody_in_by_its_password(scene: Scene):
    link = apply_link(scene.other_lead.email) + PATERSON
    client = scene.sign_in(Client(), scene.other_lead)
    assert client.post(link, {"job": "Mayor"}).status_code == 302

    assert client.post(link, {"job": "Mayor"}).status_code == 302
    assert Client().post(link, {"job": "Mayor", "password": CAST_PASSWORD}).status_code == 404


def test_city_that_is_not_on_the_list_is_named_in_words(client: Client, scene: Scene):
    link = apply_link()

    assert b"No city on the list is called" in client.get(f"{link}?q=quito").content
    assert client.post(f"{link}?elsewhere=1", NEW).status_code == 400
    assert client.get(f"{link}?city=quito").status_code == 404
    client.post(f"{link}?elsewhere=1", NEW | {"city_in_words": "Quito, Ecuador"})

    assert "whether you speak for Quito, Ecuador" in client.get("/desk/").content.decode()
    scene.sign_in(client, scene.manager)
    assert "not on record yet" in client.get("/desk/").content.decode()


def test_claim_needs_a_city_a_job_and_a_good_password(client: Client, scene: Scene):
    link = apply_link()

    assert client.post(link, NEW).status_code == 400
    page = client.post(link + PATERSON, NEW | {"job": "", "password": "password12"})

    assert page.status_code == 400
    assert b"too common" in page.content
    assert b"Enter your job title" in page.content
    assert not User.objects.filter(email=ADDRESS).exists()
    assert client.post(link + PATERSON, NEW).status_code == 302


def test_whoever_has_an_account_signs_in_and_keeps_it(client: Client, scene: Scene):
    other = scene.other_lead
    link = apply_link(other.email)

    page = client.get(link).content.decode()
    assert f"/accounts/login/?next={link}" in page
    assert client.post(link + PATERSON, NEW).status_code == 403
    scene.sign_in(client, other)
    assert b'name="password"' not in client.get(link + PATERSON).content
    assert client.post(link + PATERSON, {"job": "Adviser"})["Location"] == "/desk/"

    assert Claim.objects.get().person == other


def test_account_is_known_by_any_address_it_has_confirmed(client: Client, scene: Scene):
    scene.other_lead.emailaddress_set.create(email=ADDRESS, verified=True)
    link = apply_link()

    assert b"You have an account" in client.get(link).content
    scene.sign_in(client, scene.other_lead)
    client.post(link + PATERSON, {"job": "Adviser"})

    claim = Claim.objects.get()
    assert (claim.person, claim.address) == (scene.other_lead, ADDRESS)


def test_link_of_somebody_else_lets_nobody_in(client: Client, scene: Scene):
    link = apply_link()
    scene.sign_in(client, scene.other_lead)

    assert b"was sent to" in client.get(link).content
    assert client.post(link + PATERSON, NEW).status_code == 403
    with pytest.raises(NotAllowed):
        services.claim_city(
            token=token_of(link), by=scene.other_lead, job="", city=scene.city, now=timezone.now()
        )
    assert not Claim.objects.exists()


def test_one_asks_for_one_city_at_a_time_and_not_for_ones_own(client: Client, scene: Scene):
    claim = make_claim(scene.city)

    with pytest.raises(ClaimOpenAlready):
        make_claim(scene.other_city, by=claim.person)
    with pytest.raises(WrongState):
        make_claim(scene.city, scene.lead.email, by=scene.lead)
    twin = Claim(person=claim.person, address=ADDRESS, job="x", city=scene.city, made_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()

    assert ApplyLink.objects.filter(used_at=None).count() == 2
    link = apply_link()
    assert scene.sign_in(client, claim.person).post(link + PATERSON, {"job": "x"}).status_code == 409


def test_claimant_sees_nothing_of_the_city_before_and_after_no(client: Client, scene: Scene):
    item = scene.one("confirm")
    claim = make_claim(scene.city)
    scene.sign_in(client, claim.person)

    def seen() -> None:
        for address in (f"/cases/{scene.case.pk}/", f"/work/{item.pk}/", f"/work/{item_of(claim).pk}/"):
            assert client.get(address).status_code == 404
        for address in ("/cases/", "/people/", "/api/v1/cities/"):
            assert b"Paterson" not in client.get(address).content
        assert client.get("/api/v1/cities/paterson-nj/").status_code == 404
        assert client.post("/cases/open/", {"city": "paterson-nj"}).status_code == 404
        desk = client.get("/desk/").content.decode()
        assert scene.lead.name not in desk
        assert str(scene.case.pk) not in desk

    seen()
    decline(scene, claim)
    seen()
    assert "Nobody at the city knows you." in client.get("/desk/").content.decode()
    assert "Nobody at the city knows you." in told(claim.person)[0]


# The answer.


def test_confirmed_person_leads_the_city_and_its_application_opens(client: Client, scene: Scene):
    scene.lead.affiliations.update(until=scene.today)
    claim = make_claim(scene.city)

    confirm(scene, claim)

    person = scene.fresh(claim.person)
    case = Case.objects.get()
    assert person.organizations_as(Role.CITY_LEAD) == {scene.city.organization.pk}
    assert (case.city, case.stage, case.opened_by) == (scene.city, "application", scene.manager)
    assert [(item.step, item.owner) for item in open_work_for(person)] == [("apply", person)]
    assert "you speak for Paterson" in told(person)[0]
    desk = scene.sign_in(client, person).get("/desk/").content.decode()
    assert "Complete the application" in desk
    assert "whether you speak" not in desk
    assert_sound(scene)


def test_confirmed_person_joins_the_open_case_and_its_leads_learn_of_it(scene: Scene):
    scene.one("self_assess")
    claim = make_claim(scene.city)

    confirm(scene, claim)

    person = scene.fresh(claim.person)
    assert Case.objects.get() == scene.case
    assert [item.step for item in open_work_for(person)] == ["self_assess"]
    assert Case.objects.visible_to(person).filter(pk=scene.case.pk).exists()
    assert any("Ada New speaks for Paterson" in text for text in told(scene.lead))


def test_city_in_words_is_found_on_the_list_by_the_program(client: Client, scene: Scene):
    claim = make_claim(None, city_in_words="Newark, New Jersey")
    page = f"/work/{item_of(claim).pk}/"
    scene.sign_in(client, scene.manager)

    shown = client.get(page).content.decode()
    assert "“Newark, New Jersey”" in shown
    assert 'href="?city=newark-nj"' in shown
    assert "Confirm: Ada New" not in shown
    assert client.post(page, {"deed": "confirm", "city": ""}).status_code == 400
    with pytest.raises(InvalidInput):
        confirm(scene, claim)
    assert "Confirm: Ada New speaks for Newark" in client.get(f"{page}?city=newark-nj").content.decode()
    assert client.post(page, {"deed": "confirm", "city": "newark-nj"})["Location"] == "/desk/"

    claim.refresh_from_db()
    assert claim.city == scene.other_city
    assert scene.fresh(claim.person).organizations_as(Role.CITY_LEAD) == {scene.other_city.organization.pk}


def test_answer_page_shows_what_the_program_needs_to_find_out(client: Client, scene: Scene):
    scene.one("self_assess")
    decline(scene, make_claim(scene.city, "earlier@x.example", name="Somebody before"))
    claim = make_claim(scene.city)

    page = scene.sign_in(client, scene.manager).get(f"/work/{item_of(claim).pk}/").content.decode()

    for fact in (
        "Ada New",
        "Chief data officer",
        "<strong>paterson.example</strong>",
        scene.lead.email,
        f"/cases/{scene.case.pk}/",
        "159,732 residents",
        "Somebody before",
        "Nobody at the city knows you.",
        "see all of its open case",
    ):
        assert fact in page, fact


def test_answer_page_needs_a_reason_to_decline(client: Client, scene: Scene):
    claim = make_claim(scene.city)
    page = f"/work/{item_of(claim).pk}/"
    scene.sign_in(client, scene.director)

    assert client.post(page, {"deed": "decline", "reason": ""}).status_code == 400
    with pytest.raises(InvalidInput):
        decline(scene, claim, reason="  ")
    assert client.post(page, {"deed": "decline", "reason": "No."})["Location"] == "/desk/"

    claim.refresh_from_db()
    assert (claim.status, claim.reason, claim.answered_by) == ("declined", "No.", scene.director)
    assert not claim.person.affiliations.exists()


def test_work_about_nothing_is_no_claim():
    with pytest.raises(Claim.DoesNotExist):
        claim_of(WorkItem(kind="claim"))


def test_answered_claim_tells_whoever_comes_late(client: Client, scene: Scene):
    claim = make_claim(scene.city)
    page = f"/work/{item_of(claim).pk}/"
    confirm(scene, claim)

    scene.sign_in(client, scene.director)
    for answer in (client.get(page), client.post(page, {"deed": "decline", "reason": "No."})):
        assert answer.status_code == 409
        assert f"{scene.manager.name} confirmed on" in answer.content.decode()
    with pytest.raises(ClaimAnswered):
        decline(scene, claim, by=scene.director)
    scene.sign_in(client, scene.manager)
    assert client.post(page, {"deed": "confirm", "city": "paterson-nj"})["Location"] == "/desk/"


def test_deactivated_claimant_is_declined_or_reactivated_first(client: Client, scene: Scene):
    claim = make_claim(scene.city)
    services.close_account(person=claim.person, by=scene.manager, now=timezone.now())

    with pytest.raises(WrongState):
        confirm(scene, claim)
    page = scene.sign_in(client, scene.manager).get(f"/work/{item_of(claim).pk}/").content.decode()
    assert "This account is deactivated" in page
    decline(scene, claim)


def test_nobody_answers_their_own_claim_or_one_they_do_not_see(scene: Scene):
    own = make_claim(scene.city, scene.manager.email, by=scene.manager)
    other = make_claim(scene.city)

    with pytest.raises(NotAllowed):
        confirm(scene, own)
    with pytest.raises(NotFound):
        confirm(scene, other, by=scene.lead)
    assert not scene.manager.affiliations.filter(role=Role.CITY_LEAD).exists()


# Work without a case, wherever work is listed.


def test_claim_is_on_the_programs_desk_only_and_can_be_filtered(client: Client, scene: Scene):
    scene.open_case()
    item = item_of(make_claim(scene.city))

    holders = {
        name
        for name, person in scene.everyone.items()
        if open_work_for(scene.fresh(person)).filter(pk=item.pk)
    }
    seers = {
        name
        for name, person in scene.everyone.items()
        if WorkItem.objects.visible_to(person).filter(pk=item.pk)
    }

    assert holders == seers == {"manager", "director"}
    scene.sign_in(client, scene.manager)
    assert f"/work/{item.pk}/" in client.get("/desk/?city=pater&whose=unassigned").content.decode()
    assert f"/work/{item.pk}/" not in client.get("/desk/?city=newark").content.decode()
    assert f"/work/{item.pk}/" not in client.get("/desk/?stage=review").content.decode()
    assert "waits" not in client.get("/cases/").content.decode()
    assert_sound(scene)


@pytest.mark.parametrize("in_words", ["", "Quito, Ecuador"])
def test_program_is_reminded_of_a_claim_until_it_is_answered(scene: Scene, in_words: str):
    claim = make_claim(None if in_words else scene.city, now=scene.now, city_in_words=in_words)
    item = item_of(claim)

    send_due_reminders(now=item.due_at - timedelta(days=1))
    reminded = Notice.objects.filter(obligation=item.pk)
    assert {notice.person for notice in reminded} == {scene.manager, scene.director}
    named = "a city that is not on record" if in_words else "Paterson"
    assert {notice.url for notice in reminded if named in notice.subject} == {f"/work/{item.pk}/"}

    decline(scene, claim)
    send_due_reminders(now=item.due_at + timedelta(days=30))
    assert Notice.objects.filter(obligation=item.pk).count() == 2


def test_desk_with_claims_takes_the_same_number_of_queries(
    client: Client, scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
):
    scene.sign_in(client, scene.manager)
    for n, city in enumerate(make_cities(3)):
        make_claim(city, f"somebody{n}@x.example")
        client.get("/desk/")

        with django_assert_num_queries(13):
            client.get("/desk/")


# Two at once, on real connections.


@pytest.mark.django_db(transaction=True)
def test_two_at_once():
    scene = Scene()
    _two_uses_of_a_link(scene)
    _bursts_of_requests(scene)
    claim = make_claim(scene.city, "third@x.example")
    _two_answers(scene, claim)
    _two_leads_of_one_city(scene)
    assert_sound(scene)


def _two_uses_of_a_link(scene: Scene) -> None:
    token = token_of(apply_link())
    use = partial(services.claim_city, token=token, by=None, city=scene.city, now=timezone.now(), **NEW)

    done, refused = at_once(use, use)

    assert len(done) == 1
    assert [type(error) for error in refused] == [ApplyLinkGone]
    assert Claim.objects.filter(address=ADDRESS).count() == 1


def _bursts_of_requests(scene: Scene) -> None:
    ask = partial(services.send_apply_link, address="burst@x.example", now=timezone.now())

    at_once(*[ask] * 8)

    assert ApplyLink.objects.filter(address="burst@x.example").count() == MAILS_A_DAY


def _two_answers(scene: Scene, claim: Claim) -> None:
    done, refused = at_once(partial(confirm, scene, claim), partial(decline, scene, claim, by=scene.director))

    claim.refresh_from_db()
    (told_no,) = refused
    assert len(done) == 1
    assert isinstance(told_no, ClaimAnswered)
    assert claim.answered_by is not None
    assert claim.answered_by.name in str(told_no.detail)


def _two_leads_of_one_city(scene: Scene) -> None:
    first, second = (make_claim(scene.other_city, f"{name}@newark.example") for name in ("ida", "eli"))

    done, refused = at_once(
        partial(confirm, scene, first), partial(confirm, scene, second, by=scene.director)
    )

    assert (len(done), refused) == (2, [])
    assert Case.objects.filter(city=scene.other_city).count() == 1

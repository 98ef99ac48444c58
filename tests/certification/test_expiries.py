"""What runs out is told in time: certificates and evidence, to whom it concerns then, until it is renewed."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from cases.deadlines import policy_of
from cases.enums import RecipientRule
from cases.ladders import Rung
from certification.models import Certificate, Expiry
from certification.services import find_expiries, plan_expiries_again
from certification.services.expiries import (
    CASE_ENDED,
    EXPIRY,
    RENEWED,
    SHOWN_ANEW,
    plan_certificate,
    plan_evidence,
)
from notifications.models import Notice, Reminder
from notifications.resolvers import Ask, Message, resolve
from notifications.services import send_due_reminders
from notifications.services.planning import MOVED
from people.models import User
from tests.scenes import Scene
from workflows import services

LADDER = (Rung(-200, RecipientRule.OWNER), Rung(2, RecipientRule.OWNER))


def ready_to_release(scene: Scene) -> None:
    """Of what DM1 asks for two checks are ticked, and one of them counts for twelve months only."""
    scene.walk_to("release_report")
    response = scene.response("DM1")
    response.ticked.set(response.criterion.checks.filter(position__lte=1))


def released(scene: Scene) -> None:
    ready_to_release(scene)
    scene.do_step("release_report")


def certified(scene: Scene) -> None:
    scene.start_at("open_packet")
    scene.walk_to_end()


def planned(expiry: Expiry) -> dict[tuple[str, str], datetime]:
    rows = Reminder.objects.filter(kind=EXPIRY, obligation=expiry.pk, state="planned")
    return {(row.step, row.rule): row.planned_at for row in rows}


def said(expiry: Expiry, step: str, rule: str = RecipientRule.OWNER) -> Message | None:
    ask = Ask(expiry.pk, step, rule)
    return resolve(EXPIRY, [ask]).get(ask)


def fate(expiry: Expiry) -> set[tuple[str, str]]:
    return set(Reminder.objects.filter(obligation=expiry.pk).values_list("state", "reason"))


def page_for(scene: Scene, client: Client, who: User) -> str:
    address = reverse("workflows:case-deadlines", args=[scene.case.pk])
    return scene.sign_in(client, who).get(address).content.decode()


def test_evidence_is_told_of_from_the_release_of_the_report_on(scene: Scene) -> None:
    scene.arrange(ready_to_release)
    assert not Expiry.objects.exists()  # what was found met is not told before

    scene.do_step("release_report")

    expiry = Expiry.objects.get()
    submitted_on = scene.assessment.submitted_at.date()
    assert expiry.ends_on == submitted_on.replace(year=submitted_on.year + 1)
    assert str(expiry) == f"Renew evidence: DM1 · {scene.case}"
    rungs = policy_of("evidence").ladder
    assert set(planned(expiry)) == {(rung.step, rung.rule) for rung in rungs}
    assert planned(expiry)["-30", "owner"] < planned(expiry)["+0", "owner"] <= expiry.due_at
    day = f"{expiry.ends_on:%a, %b} {expiry.ends_on.day}, {expiry.ends_on.year}"
    before, after = said(expiry, "-10"), said(expiry, "+5")
    assert before is not None
    assert after is not None
    assert before.text.startswith(f"What Paterson showed for DM1 holds until {day}.")
    assert f"held until {day}" in after.subject
    assert (before.recipients, before.may_wait, before.is_essential) == ([scene.lead.pk], True, False)
    assert (after.is_essential, after.may_wait, after.topic) == (True, True, "work")
    manager = said(expiry, "+5", RecipientRule.MANAGER)
    assert manager is not None
    assert (manager.recipients, manager.topic) == ([scene.manager.pk], "late_work")
    partner = said(expiry, "+5", RecipientRule.PARTNER_LEAD)
    assert partner is not None
    assert not partner.recipients


def test_only_the_city_and_the_program_see_what_runs_out(scene: Scene, client: Client) -> None:
    scene.arrange(released)
    expiry = Expiry.objects.get()
    send_due_reminders(now=planned(expiry)["-30", "owner"])

    readers = {"lead", "contributor", "sponsor", "manager", "director"}
    everyone = {
        name: getattr(scene, name)
        for name in (*readers, "other_lead", "assessor", "reconciler")
        if hasattr(scene, name)
    } | {"partner": scene.partner.lead}
    seen = {
        name for name, person in everyone.items() if Expiry.objects.visible_to(scene.fresh(person)).exists()
    }
    assert seen == readers & set(everyone)
    assert not Expiry.objects.visible_to(None).exists()
    for who in (scene.lead, scene.manager):
        told = page_for(scene, client, who)
        assert "What runs out" in told
        assert "30 working days before" in told
    assert "Renew evidence" not in page_for(scene, client, scene.assessor)
    assert "Renew evidence" not in page_for(scene, client, scene.partner.lead)
    notice = Notice.objects.get(kind=EXPIRY)
    assert (notice.person, notice.thread) == (scene.lead, scene.case.pk)
    why = scene.sign_in(client, scene.lead).get(reverse("notifications:notice-why", args=[notice.pk]))
    assert "You lead the city whose certificate or evidence it is." in why.content.decode()
    assert "Renew evidence: DM1, Paterson" in why.content.decode()
    everything = client.get(reverse("workflows:messages-of", args=[scene.lead.email])).content.decode()
    assert "Evidence of Paterson: holds until" in everything.partition('id="written"')[0]


def test_evidence_that_is_asked_for_anew_is_silenced(scene: Scene) -> None:
    scene.arrange(released)
    expiry = Expiry.objects.get()
    plan_evidence(case=scene.case, now=scene.now)
    assert Expiry.objects.get() == expiry
    Expiry.objects.all().delete()
    find_expiries(now=scene.now)  # as after an upgrade
    expiry = Expiry.objects.get()
    scene.engagements = 0
    scene.now += timedelta(days=400)

    scene.walk_to("reassess")

    expiry.refresh_from_db()
    assert expiry.closed_at is not None
    assert fate(expiry) == {("superseded", SHOWN_ANEW)}


def test_evidence_of_a_case_that_has_ended_is_silenced(scene: Scene) -> None:
    scene.arrange(released)

    services.withdraw_case(case_id=scene.case.pk, reason="A storm.", by=scene.lead, now=scene.tick())

    assert fate(Expiry.objects.get()) == {("superseded", CASE_ENDED)}


def test_closed_days_of_the_city_bring_the_messages_forward(scene: Scene) -> None:
    scene.arrange(released)
    expiry = Expiry.objects.get()
    due_at, told_at = expiry.due_at, planned(expiry)["+0", "owner"]

    services.close_days(
        organization=scene.city.organization,
        begins_on=due_at.date(),
        ends_on=due_at.date(),
        name="Founders' day",
        keeps_time=False,
        by=scene.fresh(scene.lead),
        now=scene.now,
    )

    expiry.refresh_from_db()
    assert expiry.due_at < due_at
    assert planned(expiry)["+0", "owner"] < told_at


def test_certificate_is_told_of_from_its_issue_on_until_it_is_renewed(scene: Scene) -> None:
    scene.arrange(certified)
    certificate = Certificate.objects.get()
    expiry = certificate.expiry
    assert expiry.ends_on == certificate.expires_on
    rungs = policy_of("certificate").ladder
    assert set(planned(expiry)) == {(rung.step, rung.rule) for rung in rungs}
    director = said(expiry, "+5", RecipientRule.DIRECTOR)
    assert director is not None
    assert director.recipients == [scene.director.pk]
    idle = said(expiry, "-180")
    assert idle is not None
    assert "No case is open to renew it." in idle.text
    certificate.expires_on = date(2029, 3, 3)  # a Saturday
    plan_certificate(certificate=certificate, now=scene.now)
    assert planned(expiry)["+0", "owner"].date() == date(2029, 3, 2)
    scene.open_case()
    plan_evidence(case=scene.case, now=scene.now)
    assert Expiry.objects.get() == expiry
    running = said(expiry, "+5")
    assert running is not None
    assert "stands at “Application”" in running.text

    with transaction.atomic():
        newer = renewed(certificate)
        plan_certificate(certificate=newer, now=scene.now)

    expiry.refresh_from_db()
    assert fate(expiry) == {("superseded", MOVED), ("superseded", RENEWED)}
    assert said(expiry, "+0") is None
    assert len(planned(newer.expiry)) == len(rungs)
    Certificate.objects.filter(pk=newer.pk).update(
        revoked_at=scene.now, revoked_by=scene.director, revocation_reason="A mistake."
    )
    assert said(newer.expiry, "+0") is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Expiry.objects.filter(pk=newer.expiry.pk).update(step="evidence")


def renewed(certificate: Certificate) -> Certificate:
    """The same award three years later."""
    decision = certificate.decision
    decision.pk, decision._state.adding = uuid.uuid4(), True
    decision.save()
    later = certificate.expires_on + timedelta(days=1000)
    return Certificate.objects.create(
        number="MP-2028-0001",
        decision=decision,
        case=certificate.case,
        level=certificate.level,
        cohort_year=2028,
        issued_on=certificate.expires_on,
        announced_on=certificate.expires_on,
        expires_on=later,
    )


def test_ladder_of_certificates_is_the_programs_to_set(scene: Scene, client: Client) -> None:
    scene.arrange(certified)
    expiry = Expiry.objects.get()
    scene.sign_in(client, scene.manager)
    page = reverse("workflows:policy-detail", args=["certificate"])
    entered: dict[str, object] = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    for number, rung in enumerate(LADDER):
        entered |= {f"form-{number}-days": rung.days, f"form-{number}-rule": rung.rule}
    Expiry.objects.update(ends_on=date(2100, 1, 1))

    shown = client.get(page).content.decode()
    tried = client.post(page, entered | {"preview": "1"}).content.decode()
    assert len(planned(expiry)) > len(LADDER)
    assert client.post(page, entered).status_code == 302

    assert "Working days to the due date" not in shown
    assert expiry.topic in tried
    assert scene.lead.name in tried
    assert set(planned(expiry)) == {("-200", "owner"), ("+2", "owner")}
    assert (policy_of("certificate").working_days, policy_of("certificate").is_own) == (0, True)
    services.reset_policy_of(step="certificate", by=scene.director, now=scene.now)
    assert len(planned(expiry)) == len(policy_of("certificate").ladder)


def test_what_an_earlier_milepost_issued_is_found_and_stands_in_the_calendar(
    scene: Scene, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.arrange(certified)
    Expiry.objects.all().delete()
    Reminder.objects.filter(kind=EXPIRY).delete()
    Certificate.objects.update(expires_on=date(2100, 1, 1), announced_on=date(2026, 1, 1))
    token = services.make_calendar_link(by=scene.fresh(scene.lead), now=scene.now)

    call_command("plan_reminders")

    expiry = Expiry.objects.get()
    assert "and 1 that run out" in capsys.readouterr().out
    assert plan_expiries_again(now=scene.now) == 1
    feed = client.get(reverse("workflows:calendar-feed", args=[token])).content
    (event,) = Calendar.from_ical(feed).walk("VEVENT")
    assert str(event["SUMMARY"]) == f"Renew the certificate: {expiry.topic} · Paterson"
    assert event["DTSTART"].dt == date(2100, 1, 1)

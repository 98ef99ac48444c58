"""What the case file tells of messages: planned, sent, to whom, by which rule, and why not."""

from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.enums import RecipientRule
from cases.models import WorkItem
from cases.reminders import WORK_DUE
from notifications.models import Notice, Preference, Reminder
from notifications.services import deliver_due, send_due_reminders
from people.models import User
from tests.scenes import Scene
from workflows import services
from workflows.ledger import escalation_in_words, ledger_of, lines_of


def sweep(now: datetime) -> None:
    send_due_reminders(now=now)
    deliver_due(now=now)


def at(item: WorkItem, step: str, rule: str = RecipientRule.OWNER) -> datetime:
    return Reminder.objects.get(obligation=item.pk, step=step, rule=rule).planned_at


def page_for(scene: Scene, client: Client, who: User, **asked: str) -> str:
    address = reverse("workflows:case-deadlines", args=[scene.case.pk])
    return scene.sign_in(client, who).get(address, asked).content.decode()


def why(scene: Scene, item: WorkItem, person: User) -> dict[tuple[str, str], str]:
    rows = ledger_of(WorkItem.objects.filter(pk=item.pk), user=scene.director)
    lines = lines_of(rows, user=scene.director, about=person)
    return {(line.reminder.step, line.reminder.rule): line.why_not for line in lines}


def test_program_reads_who_was_told_and_why_others_were_not(scene: Scene, client: Client) -> None:
    item = scene.one("release_report")
    Preference.objects.create(person=scene.director, topic="late_work", mode="off")
    sweep(at(item, "-1"))
    sweep(at(item, "+7"))

    page = page_for(scene, client, scene.manager, person=scene.director.email.upper())
    assert "7 working days after" in page
    assert "a later step was due as well" in page
    assert scene.director.name in page
    assert "they want no mails of this topic" in page
    assert "Nobody here has this address" in page_for(scene, client, scene.manager, person="x@y.example")

    told = why(scene, item, scene.manager)
    assert told["-1", "owner"] == told["+7", "owner"] == ""
    assert "something later was said" in told["+1", "owner"]
    assert told["+7", "director"] == "The rule led to others at that moment."
    assert "in the app" in why(scene, item, scene.director)["+7", "director"]
    assert "Nobody here has this address" in page_for(scene, client, scene.manager, person="x\0@y.example")


def test_whom_a_rule_does_not_reach_is_not_promised_a_message(scene: Scene) -> None:
    item = scene.one("release_report")

    assert set(why(scene, item, scene.other_lead).values()) == {"This rule does not lead to them."}
    assert why(scene, item, scene.director)["+7", "director"] == "It is not due yet."


def test_others_read_only_what_they_were_told_themselves(scene: Scene, client: Client) -> None:
    item = scene.one("self_assess")
    sweep(at(item, "+3"))
    told = set(Notice.objects.filter(obligation=item.pk).values_list("person__email", flat=True))
    assert {scene.lead.email, scene.manager.email} <= told

    lead = page_for(scene, client, scene.lead, person=scene.manager.email)
    contributor = page_for(scene, client, scene.contributor)

    assert "What you were told about this work" in lead
    assert "3 working days after" in lead
    messages = lead.split('id="told"')[1]
    assert scene.manager.name not in messages
    assert "3 working days after" not in contributor


def test_ledger_tells_nobody_who_has_not_voted(scene: Scene, client: Client) -> None:
    item = scene.one("vote")
    voter = scene.committee[0]
    services.cast_vote_and_route(work_item_id=item.pk, choice="certify", reason="", by=voter, now=scene.now)
    sweep(at(item, "-1"))
    assert Notice.objects.filter(obligation=item.pk, person__isnull=False).count() == 4

    asked = scene.committee[1].email
    pages = [page_for(scene, client, scene.director, person=asked, messages=n) for n in "123456"]
    page = "".join(one.split('id="told"')[1] for one in pages)

    assert "4 people whose names stay sealed" in page
    assert "stays with the member" in page
    assert not any(f">{member.name}</a>" in page for member in scene.committee)


def test_escalation_is_told_before_it_happens(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")

    words = escalation_in_words([item])[item.pk]

    assert words == (
        "If this is still open, others are told: "
        "on Thu, Mar 13, 2025, the program manager; on Wed, Mar 19, 2025, the program director."
    )
    step = scene.sign_in(client, scene.manager).get(item.get_absolute_url()).content.decode()
    assert words in step
    assert words in page_for(scene, client, scene.lead)
    services.hold_case(case_id=scene.case.pk, reason="Elections.", by=scene.manager, now=scene.now)
    assert words not in page_for(scene, client, scene.lead)


def test_ledger_asks_the_same_for_one_line_and_for_fifty(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = scene.one("confirm")
    Reminder.objects.all().delete()
    scene.sign_in(client, scene.manager)
    address = reverse("workflows:case-deadlines", args=[scene.case.pk])

    for start, stop in ((0, 1), (1, 3), (3, 50)):
        rows = Reminder.objects.bulk_create(
            Reminder(
                kind=WORK_DUE,
                obligation=item.pk,
                rule="owner",
                step=f"{n:+d}",
                planned_at=scene.now + timedelta(days=n),
                state="sent",
                settled_at=scene.now,
            )
            for n in range(start, stop)
        )
        Notice.objects.bulk_create(
            Notice(person=scene.manager, kind=WORK_DUE, reminder=row, subject="S", created_at=scene.now)
            for row in rows
        )
        with django_assert_num_queries(22):
            client.get(address)

"""What a person is and was told, for them and the program; and the page of one message."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.enums import RecipientRule
from cases.models import WorkItem
from cases.reminders import WORK_DUE
from notifications.enums import Channel, DeliveryState
from notifications.models import Delivery, Notice, Reminder
from notifications.services import deliver_due, notify, send_due_reminders
from people.models import User
from tests.scenes import Scene

LENGTHS = (1, 3, 50)


def page_of(person: User) -> str:
    return reverse("workflows:messages-of", args=[person.email])


def at(item: WorkItem, step: str, rule: str = RecipientRule.OWNER) -> Reminder:
    return Reminder.objects.get(obligation=item.pk, step=step, rule=rule)


def shown(client: Client, scene: Scene, reader: User, person: User, query: str = "") -> str:
    scene.sign_in(client, reader)
    return client.get(page_of(person) + query).content.decode()


def test_page_tells_what_is_planned_what_was_sent_and_what_was_silenced(scene: Scene, client: Client) -> None:
    item = scene.one("release_report")
    sent = at(item, "+3").planned_at
    send_due_reminders(now=sent)
    deliver_due(now=sent)

    page = shown(client, scene, scene.manager, scene.manager)
    theirs = shown(client, scene, scene.director, scene.manager)

    planned, _line, rest = page.partition('id="written"')
    written, _line, silenced = rest.partition('id="silenced"')
    assert "7 working days after" in planned
    assert "Overdue" in written
    assert "3 working days after" in written
    assert "a later step was due as well" in silenced
    assert "Messages to Manager" in theirs
    assert "a later step was due as well" in theirs
    # The director is told a week after; the manager's page says nothing of it.
    assert "director" not in planned.partition("<main")[2].lower()
    assert "long overdue" not in page


def test_nobody_but_the_program_reads_what_others_were_told(scene: Scene, client: Client) -> None:
    notify(kind="test", subject="For the lead", text="Secret.", url="/", person=scene.lead, now=scene.now)
    scene.sign_in(client, scene.contributor)
    assert client.get(page_of(scene.lead)).status_code == 404
    assert client.get(page_of(scene.contributor)).status_code == 200
    assert "For the lead" in shown(client, scene, scene.lead, scene.lead)

    seen = shown(client, scene, scene.manager, scene.lead)
    assert "For the lead" in seen
    assert "Secret." not in seen


def test_vote_that_is_not_cast_shows_to_its_member_only(scene: Scene, client: Client) -> None:
    item = scene.one("vote")
    member = scene.committee[0]
    first = min(Reminder.objects.filter(obligation=item.pk, rule="owner"), key=lambda row: row.planned_at)
    before = shown(client, scene, member, member)
    send_due_reminders(now=first.planned_at)

    assert "Vote" in before.partition('id="planned"')[2].partition('id="written"')[0]
    assert str(item.title) in shown(client, scene, member, member).partition('id="written"')[2]
    assert str(item.title) not in shown(client, scene, scene.manager, member).partition("<main")[2]


def test_written_ones_narrow_by_city_topic_and_mail(scene: Scene, client: Client) -> None:
    item = scene.one("release_report")
    send_due_reminders(now=at(item, "-1").planned_at)
    told = {"kind": "test", "subject": "About the moon", "text": "", "url": "/"}
    other = notify(person=scene.manager, now=scene.now, **told)
    Delivery.objects.filter(notice=other).update(state=DeliveryState.FAILED, settled_at=scene.now)

    def written(query: str) -> str:
        return shown(client, scene, scene.director, scene.manager, query).partition('id="written"')[2]

    for query in ("?q=paterson", "?topic=work", "?mail=queued"):
        assert str(item.title) in written(query), query
        assert "About the moon" not in written(query), query
    assert "About the moon" in written("?q=moon")
    assert "About the moon" in written("?mail=failed")
    assert "About the moon" not in written("?mail=none")
    assert "Nothing found." in written("?q=nowhere")
    assert "About the moon" in written("?after=nonsense~x&topic=nothing")


@pytest.mark.parametrize("same_moment", [True, False])
def test_older_ones_follow_without_a_gap(scene: Scene, client: Client, same_moment: bool) -> None:
    moment = scene.now
    Notice.objects.bulk_create(
        Notice(
            person=scene.lead,
            kind="test",
            subject=f"News {n}.",
            text="",
            created_at=moment if same_moment else moment - timedelta(minutes=n),
        )
        for n in range(120)
    )
    scene.sign_in(client, scene.lead)

    found: list[str] = []
    address = ""
    for _page in range(3):
        answer = client.get(page_of(scene.lead) + address)
        found += [line.subject for line in answer.context["lines"]]
        address = answer.context["older"]

    assert address == ""
    assert len(found) == 120
    assert set(found) == {f"News {n}." for n in range(120)}


def test_page_asks_the_same_few_questions_at_any_length(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = scene.one("release_report")
    scene.sign_in(client, scene.director)
    client.get(page_of(scene.manager))

    for length in LENGTHS:
        for _n in range(length):
            again = WorkItem.objects.get(pk=item.pk)
            again.pk = uuid4()
            again.task_number = None
            again.kind = "action_item"
            again.save(force_insert=True)
            common = {"kind": WORK_DUE, "obligation": again.pk, "rule": "owner", "planned_at": scene.now}
            reminder = Reminder.objects.create(step="-1", state="sent", settled_at=scene.now, **common)
            Reminder.objects.create(
                step="-5", state="superseded", settled_at=scene.now, reason="a later step", **common
            )
            Reminder.objects.create(step="+7", **common)
            notice = Notice.objects.create(
                person=scene.manager,
                kind=WORK_DUE,
                obligation=again.pk,
                reminder=reminder,
                subject="Due",
                text="",
                topic="work",
                created_at=scene.now,
            )
            Delivery.objects.create(
                notice=notice,
                channel=Channel.EMAIL,
                state="sent",
                settled_at=scene.now,
                next_attempt_at=scene.now,
            )
        with django_assert_num_queries(29):
            client.get(page_of(scene.manager))


def test_page_of_a_message_tells_rule_step_attempts_and_message_id(scene: Scene, client: Client) -> None:
    item = scene.one("release_report")
    now = at(item, "+3").planned_at
    send_due_reminders(now=now)
    deliver_due(now=now)
    notice = Notice.objects.get(obligation=item.pk, person=scene.manager)
    delivery = notice.deliveries.get()
    address = reverse("notifications:notice-why", args=[notice.pk])

    scene.sign_in(client, scene.director)
    theirs = client.get(address).content.decode()
    scene.sign_in(client, scene.manager)
    own = client.get(address).content.decode()

    for page in (theirs, own):
        assert "3 working days after" in page
        assert f"{item.title}, Paterson" in page
        assert reverse("workflows:case-deadlines", args=[scene.case.pk]) in page
        assert f"delivery-{notice.pk}-{delivery.pk}@" in page
    assert notice.text.partition("”")[0] in own
    assert "What it said" not in theirs

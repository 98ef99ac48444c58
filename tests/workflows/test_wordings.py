"""The words of messages, changed by the program: placeholders and nothing else, tried, kept and put back."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.enums import RecipientRule
from cases.reminders import WORK_DUE
from core.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from core.models import AuditEvent
from notifications import mail
from notifications.models import Delivery, Notice, OwnWording
from notifications.resolvers import Ask
from notifications.selectors import OwnWords, say
from notifications.services import reset_wording, set_wording
from notifications.wordings import Wording, Words, fill, wordings
from tests.scenes import Scene
from workflows.messages import work_due
from workflows.wordings.reminders import OWN_SOON

CODE = "cases.own_work_due"
PAGE = reverse("workflows:wording-detail", args=[CODE])
VALUES: dict[str, object] = {"title": "Review", "city": "Newark", "day": "Monday", "who": "Somebody"}


def put(scene: Scene, **fields: Any) -> OwnWording:
    words = {"code": CODE, "subject": "Soon: {title}", "text": "Do {title} for {city}.", "version": 0}
    return set_wording(**words | {"by": scene.manager, "now": scene.now} | fields)


def entered(**fields: object) -> dict[str, object]:
    return {"subject": "Soon: {title}", "text": "Do {title} for {city}.", "version": 0} | fields


@pytest.mark.parametrize("wording", wordings(), ids=lambda one: one.code)
def test_every_built_in_text_can_be_filled_in(wording: Wording) -> None:
    words = wording.brought()

    assert wording.problems(words) == {}
    filled = fill(words, {one.name: one.example for one in wording.placeholders})
    assert not re.search(r"[{}%]", filled.subject + filled.text)
    assert all(str(one.meaning) and str(one.example) for one in wording.placeholders)


def test_reminders_speak_in_the_programs_words_and_back(scene: Scene) -> None:
    item = scene.one("confirm")
    put(scene, subject="{city}: look at {title}", text="It is yours.\n\nUntil {day}.")
    ask = Ask(item.pk, "-1", RecipientRule.OWNER)

    said = work_due([ask])[ask]
    reset_wording(code=CODE, by=scene.director, now=scene.now)
    again = work_due([ask])[ask]

    assert said.subject == f"{scene.city.name}: look at {item.title}"
    assert said.text == "It is yours.\n\nUntil Mon, Mar 10, 2025."
    assert again.subject == f"Due Mon, Mar 10, 2025: {item.title}, {scene.city.name}"
    events = AuditEvent.objects.filter(target_type="notifications.ownwording").order_by("pk")
    assert [(event.action, event.actor_id) for event in events] == [
        ("notifications.wording_set", scene.manager.pk),
        ("notifications.wording_reset", scene.director.pk),
    ]
    assert (events[0].old["subject"], events[1].old["subject"]) == ("", "{city}: look at {title}")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("subject", "Soon: {titel}", "{titel} can't be filled in. What can: {city}, {day}, {title}, {who}."),
        ("text", "{title.__class__}", "{title.__class__} can't"),
        ("text", "{title!r} {title:>9}", "{title!r}, {title:>9} can't"),
        ("text", "{0} {}", "{0}, {} can't"),
        ("text", "{{title}}", "{, } can't"),
        ("text", "open { only", "{ can't"),
        ("subject", "Soon\r\nBcc: x@y.example", "can't be seen"),
        ("subject", "Soon\u2028now", "can't be seen"),
        ("text", "turned \u202e round", "can't be seen"),
        ("subject", " ", "Write something."),
        ("subject", "x" * 151, "Up to 150 characters."),
        ("text", "x" * 4001, "Up to 4000 characters."),
    ],
)
def test_words_that_can_not_go_out_are_refused(scene: Scene, field: str, typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        put(scene, **{field: typed})

    assert said in " ".join(str(text) for text in refused.value.errors[field])
    assert not OwnWording.objects.exclude(text="").exists()


def test_only_the_program_changes_words(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        put(scene, by=scene.lead)
    with pytest.raises(NotAllowed):
        reset_wording(code=CODE, by=scene.lead, now=scene.now)
    with pytest.raises(NotFound):
        put(scene, code="cases.nothing")


def test_second_of_two_writers_sees_the_first(scene: Scene, client: Client) -> None:
    put(scene, subject="First {title}")
    with pytest.raises(EditConflict):
        put(scene, subject="Second {title}", by=scene.director)
    scene.sign_in(client, scene.director)

    answer = client.post(PAGE, entered(subject="Second {title}"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "First {title}" in page
    assert 'value="Second {title}"' in page
    assert 'name="version" value="1"' in page
    client.post(PAGE, entered(subject="Second {title}", version=1))
    assert OwnWording.objects.get().subject == "Second {title}"


def test_what_others_typed_is_neither_markup_nor_header_nor_placeholder(scene: Scene) -> None:
    put(scene, subject="{title} <b>", text="{title}\n\n<i>{city}</i>")
    evil = {"title": "<script>\r\nBcc: x@y.example {city}", "city": "<img src=x>"}
    said = say(OWN_SOON, VALUES | evil)
    notice = Notice(
        person=scene.lead, kind=WORK_DUE, subject=said.subject, text=said.text, topic="work", url="/desk/"
    )

    message = mail.compose([Delivery(notice=notice)])

    assert message.subject == "<script> Bcc: x@y.example {city} <b>"
    sent = message.message()
    assert sent["Bcc"] is None
    html = str(message.alternatives[0][0])
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;&lt;img src=x&gt;&lt;/i&gt;" in html
    assert "<script" not in html
    assert "<i>" not in html
    assert "{city}" in message.subject  # a value is not filled in again


def test_broken_words_fall_back_and_show_red(scene: Scene, client: Client) -> None:
    row = put(scene)
    OwnWording.objects.filter(pk=row.pk).update(text="From before the upgrade: {gone}")
    OwnWording.objects.create(
        code="cases.of_old", subject="Old", text="Old", changed_at=scene.now, changed_by=scene.manager
    )

    assert say(OWN_SOON, VALUES).subject == "Due Monday: Review, Newark"
    without_value = OwnWords({CODE: Words("Soon: {gone}", "Gone.")})
    assert without_value.say(OWN_SOON, VALUES).subject == "Due Monday: Review, Newark"

    scene.sign_in(client, scene.manager)
    page = client.get(reverse("workflows:wording-list")).content.decode()
    assert page.count("can't be used") == 1
    assert "Messages that Milepost sends no more" in page
    page = client.get(PAGE).content.decode()
    assert "{gone} can&#x27;t be filled in" in page
    client.post(reverse("workflows:wording-reset", args=["cases.of_old"]))
    client.post(reverse("workflows:wording-reset", args=[CODE]))
    page = client.get(reverse("workflows:wording-list")).content.decode()
    assert "sends no more" not in page
    assert "can't be used" not in page


def test_page_shows_the_mail_on_real_work_and_saves_nothing_yet(scene: Scene, client: Client) -> None:
    item = scene.one("confirm")
    scene.sign_in(client, scene.manager)

    page = client.post(PAGE, entered(example=item.pk, preview="1", text="<b>{title}</b>"))
    made_up = client.post(PAGE, entered(example="", preview="1"))
    wrong = client.post(PAGE, entered(text="{nobody}", preview="1"))

    shown = page.content.decode()
    assert f"Soon: {item.title}" in shown
    assert f"&lt;b&gt;{item.title}&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert "Why did I get this?" in shown
    assert "Do Complete the self-assessment for Paterson." in made_up.content.decode()
    assert wrong.status_code == 400
    assert "{nobody} can&#x27;t be filled in" in wrong.content.decode()
    assert not OwnWording.objects.exists()
    client.post(PAGE, entered())
    assert OwnWording.objects.get().version == 1
    page = client.get(PAGE)
    assert "Back to the built-in words" in page.content.decode()


def test_digest_has_words_of_its_own(scene: Scene, client: Client) -> None:
    put(scene, code=mail.DIGEST, subject="Today: {messages}", text="Good <morning>, {messages}:")
    notice = Notice(person=scene.lead, kind="test", subject="One", text="About one.", url="/desk/")

    message = mail.compose([Delivery(notice=notice, digest_at=scene.now)] * 2)

    assert message.subject == "Today: 2 messages"
    assert message.body.startswith("Good <morning>, 2 messages:")
    assert "Good &lt;morning&gt;, 2 messages:" in str(message.alternatives[0][0])
    scene.sign_in(client, scene.manager)
    shown = client.get(reverse("workflows:wording-detail", args=[mail.DIGEST])).content.decode()
    assert "Today: 3 messages" in shown


def test_sweep_reads_words_once_for_any_number_of_reminders(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = scene.one("confirm")
    put(scene)
    asks = [Ask(item.pk, str(days), rule) for days in (-5, -1, 0, 3) for rule in ("owner", "director")]

    with django_assert_num_queries(12):
        work_due(asks[:1])
    with django_assert_num_queries(12):
        work_due(asks)


def test_list_and_page_ask_the_same_few_questions(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scene.one("confirm")
    scene.sign_in(client, scene.manager)
    client.get(PAGE)

    for subject in ("One {title}", "Two {title}"):
        put(scene, subject=subject, version=OwnWording.objects.filter(code=CODE).count())
        with django_assert_num_queries(8):
            client.get(PAGE)
        with django_assert_num_queries(5):
            client.get(reverse("workflows:wording-list"))

"""Objectives, measures and figures: who sets and reads them, how figures come in, and how they are shown."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.errors import CaseClosed
from certification.enums import EvidenceKind
from certification.models import Evidence, Story
from coaching.models import Measure, Objective, Observation
from coaching.selectors import shared_coaching
from coaching.services import import_observations, set_objective, withdraw_observation
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.imports import UnreadableFile
from core.models import AuditEvent
from tests.api.callers import make_key
from tests.coaching.measures import REPORTED, households, overdoses, see, set_one
from tests.scenes import Scene
from tests.workflows.pages import page_for, page_of
from workflows import services
from workflows.measuring import shown_measures

CITY = {"lead", "contributor", "sponsor"}
PROGRAM = {"manager", "director"}
PARTNER = {"partner_lead", "coach", "second_coach"}
ONLY_OUTPUTS = "Only outputs are measured here"
ASK = "Judged by outputs only"


def aim_and_measure(scene: Scene) -> None:
    scene.walk_to("work")
    set_objective(
        engagement_id=scene.engagement().pk,
        text="People live in homes of their own.",
        criteria=[],
        by=scene.partner.lead,
        now=scene.now,
    )
    households(scene)
    overdoses(scene)


@pytest.fixture
def measured(scene: Scene) -> Scene:
    """Both engagements are under way; the first has an objective, and two measures with figures."""
    scene.arrange(aim_and_measure)
    return scene


def named(name: str) -> Measure:
    return Measure.objects.get(name=name)


def figures(measure: Measure) -> list[str]:
    return [f"{one.period} {one.figure}" for one in measure.observations.standing()]


def told_of(scene: Scene, measure: Measure) -> list[str]:
    (shown,) = shown_measures(measure.engagement, scene.lead, only=measure)
    return [str(line.told) for line in shown.lines]


def listed(scene: Scene, measure: Measure, text: str, **more: Any) -> Any:
    given = {"source": REPORTED, "by": scene.partner.coach, "now": scene.now} | more
    return import_observations(measure_id=measure.pk, text=text.encode(), **given)


def test_shared_measures_are_read_by_partner_city_and_program_and_set_by_the_partner(
    measured: Scene, client: Client
) -> None:
    measure = named("Deaths by overdose")
    address = f"/measures/{measure.pk}/"

    for rows in (Objective.objects, Measure.objects, Observation.objects):
        readers = {
            name
            for name, person in measured.everyone.items()
            if rows.visible_to(measured.fresh(person)).exists()
        }
        assert readers == PARTNER | CITY | PROGRAM, rows.model
        assert not rows.visible_to(None).exists()
    for name in CITY | PROGRAM:
        with pytest.raises(NotAllowed):
            set_objective(
                engagement_id=measure.engagement_id,
                text="Other",
                criteria=[],
                by=measured.everyone[name],
                now=measured.now,
            )
    for name in ("other_coach", "other_partner_lead", "assessor", "member", "other_lead"):
        with pytest.raises(NotFound):
            see(measured, measure, "2024-Q3", "1", by=measured.everyone[name])
        with pytest.raises(NotFound):
            set_one(measured, "Other", by=measured.everyone[name])
        measured.sign_in(client, measured.everyone[name])
        found = {client.get(f"{address.rstrip('/')}{end}").status_code for end in ("/", ".csv", ".xlsx")}
        assert found == {404}, name
    told = page_for(measured, client, measured.everyone["other_partner_lead"], page_of(measured.engagement()))
    assert [words for words in (measure.name, "homes of their own", REPORTED) if words in told] == []


def test_keys_of_others_read_and_enter_nothing_of_the_measures(measured: Scene) -> None:
    measure = named("Deaths by overdose")

    for organization in (measured.other_partner.organization, measured.other_city.organization):
        system = make_key(organization)[0].user
        assert not Measure.objects.visible_to(system).exists()
        with pytest.raises(NotFound):
            see(measured, measure, "2024-Q3", "1", by=system)


def test_story_of_a_measure_is_named_to_those_who_may_read_it(measured: Scene, client: Client) -> None:
    told = {"case": measured.case, "title": "Warm homes"}
    story = Story.objects.create(text="We moved.", told_at=measured.now, told_by=measured.lead, **told)
    Evidence.objects.create(
        kind=EvidenceKind.STORY, story=story, added_at=measured.now, added_by=measured.lead, **told
    )
    Measure.objects.update(story=story)

    pages = {
        name: page_for(measured, client, measured.everyone[name], page_of(measured.engagement()))
        for name in ("lead", "coach", "manager")
    }

    assert {name for name, page in pages.items() if "Warm homes" in page} == {"lead"}


def test_figures_are_entered_by_the_partner_and_the_citys_lead(measured: Scene) -> None:
    measure = named("Deaths by overdose")

    see(measured, measure, "2024-01", "9", by=measured.lead)
    see(measured, measure, "2024-02", "8", by=measured.partner.lead)

    for name in ("contributor", "sponsor", "manager"):
        with pytest.raises(NotAllowed):
            see(measured, measure, "2024-03", "7", by=measured.everyone[name])
    assert AuditEvent.objects.filter(
        action="coaching.observation_recorded", dossier=measured.case.pk
    ).exists()


def test_figure_is_told_as_reported_and_the_one_before_only_as_far_as_it_follows(measured: Scene) -> None:
    measure = named("Households moved to stable housing")

    (shown,) = shown_measures(measure.engagement, measured.lead, only=measure)

    before, reported = shown.lines
    assert (str(reported.period), str(reported.told), reported.change) == (
        "Q1 2018",
        "more than 3,000",
        "more than 1,200 above Q1 2017",
    )
    assert str(before.period) == "Q1 2017"
    assert str(before.told) == "not known; the two “more than” figures differ by 1,800"
    (panel,) = shown.panels
    assert "1,800" not in panel.chart.svg
    assert "Q1 2018: more than 3,000" in panel.chart.alt

    # Where a bound follows, it is told until somebody reports the figure.
    measure = set_one(measured, "Households, exactly")
    see(measured, measure, "2018-Q1", "3000", change=">1200", since="2017-Q1")

    (drawn,) = shown_measures(measure.engagement, measured.lead, only=measure)
    assert ">&lt; 1,800</text>" in drawn.panels[0].chart.svg
    derived = told_of(measured, measure)
    see(measured, measure, "2017-Q1", "1750")
    reported = told_of(measured, measure)

    assert derived == ["less than 1,800, derived", "3,000"]
    assert reported == ["1,750", "3,000"]


def test_groups_have_charts_on_one_scale_and_the_targeted_are_marked_in_words(
    measured: Scene, client: Client
) -> None:
    measure = named("Deaths by overdose")

    page = page_for(measured, client, measured.lead, f"/measures/{measure.pk}/")

    (shown,) = shown_measures(measure.engagement, measured.lead, only=measure)
    assert [panel.group and panel.group.name for panel in shown.panels] == ["North", "River", "South"]
    assert all(">25</text>" in panel.chart.svg for panel in shown.panels)
    assert "Deaths by overdose, deaths, North (targeted). Q1 2024: 21; Q2 2024: 15." in page
    assert page.count("(targeted)") >= 4
    assert "Enter a figure" in page
    assert "Enter a figure" not in page_for(
        measured, client, measured.contributor, f"/measures/{measure.pk}/"
    )


def test_correction_replaces_a_figure_and_keeps_the_earlier_one_on_record(
    measured: Scene, client: Client
) -> None:
    measure = set_one(measured, "Beds")
    first = see(measured, measure, "2024-03-01", "81.5")

    assert see(measured, measure, "2024-03-01", "81.50") == first
    with pytest.raises(InvalidInput) as refused:
        see(measured, measure, "2024-03-01", "82")
    see(measured, measure, "2024-03-01", "82", replace=True)

    assert refused.value.errors["when"] == [
        "There is a figure for Mar 1, 2024: 81.5. Tick that yours replaces it."
    ]
    assert figures(measure) == ["Mar 1, 2024 82"]
    first.refresh_from_db()
    assert (first.value, first.superseded_by) == (Decimal("81.5"), measured.partner.coach)
    event = AuditEvent.objects.get(action="coaching.observation_corrected")
    assert (event.old["value"], event.new["value"]) == ("81.5", "82")
    assert "Replaced or withdrawn" in page_for(measured, client, measured.lead, f"/measures/{measure.pk}/")
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=first.pk).update(superseded_at=None, superseded_by=None)


def test_wrong_figure_names_its_field(measured: Scene) -> None:
    measure = named("Deaths by overdose")
    mistakes: list[tuple[dict[str, str], str]] = [
        ({"when": "2031"}, "when"),
        ({"source": " "}, "source"),
        ({"source": "x" * 301}, "source"),
        ({"source": "\u202eback"}, "source"),
        ({"group": "East"}, "group"),
        ({"change": "5"}, "since"),
        ({"change": "5", "since": "2024-Q2"}, "since"),
    ]

    for wrong, field in mistakes:
        with pytest.raises(InvalidInput) as refused:
            see(measured, measure, **({"when": "2024-Q2", "value": "5"} | wrong))
        assert list(refused.value.errors) == [field]


def test_wrong_measure_names_its_field(measured: Scene) -> None:
    other = measured.engagement(measured.other_partner)
    elsewhere = Objective.objects.create(
        engagement=other, text="Elsewhere", set_at=measured.now, set_by=measured.other_partner.coach
    )
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"name": "Deaths by overdose"}, "name"),
        ({"unit": " "}, "unit"),
        ({"kind": "input"}, "kind"),
        ({"direction": "left"}, "direction"),
        ({"objective": elsewhere.pk}, "objective"),
        ({"story": elsewhere.pk}, "story"),
        ({"about": "A contract"}, "about"),
        ({"baseline_on": measured.today}, "baseline_value"),
        ({"target_on": measured.today}, "target_value"),
        (
            {
                "baseline_value": Decimal(1),
                "baseline_on": measured.today,
                "target_value": Decimal(2),
                "target_on": measured.today - timedelta(days=1),
            },
            "target_on",
        ),
        ({"targeted": ["A"], "compared": ["A"]}, "compared"),
        ({"compared": [f"Area {number}" for number in range(41)]}, "compared"),
    ]

    for wrong, field in mistakes:
        with pytest.raises(InvalidInput) as refused:
            set_one(measured, **({"name": "Another"} | wrong))
        assert list(refused.value.errors) == [field]
    for given, field in (({"text": " "}, "text"), ({"criteria": [other.pk]}, "criteria")):
        with pytest.raises(InvalidInput) as refused:
            set_objective(
                **({"text": "New", "criteria": []} | given),
                engagement_id=measured.engagement().pk,
                by=measured.partner.coach,
                now=measured.now,
            )
        assert list(refused.value.errors) == [field]


def test_list_keeps_the_good_lines_and_names_the_others(measured: Scene) -> None:
    measure = named("Deaths by overdose")
    text = (
        "when;value;group;source\n2024-Q3;>9;North;Health office\n2024-Q3;many;River;\nlately;4;River;\n"
        "2024-Q2;15;North;\n2024-Q2;16;North;\n2024-Q3;1;East;\n2024-Q3;3\n2024-Q3;12;;\n"
    )

    report = listed(measured, measure, text)

    assert (report.added, report.changed, report.unchanged) == (2, 0, 1)
    reasons = {refusal.line: refusal.reason for refusal in report.refused}
    assert sorted(reasons) == [3, 4, 6, 7, 8]
    assert reasons[3] == "value: “many” is no number. Write 3000, 91.5 or >3000."
    assert "Q2 2024: 15" in reasons[6]
    assert "It has: North, River, South." in reasons[7]
    assert [one.source for one in measure.observations.filter(group__name="North", value=9)] == [
        "Health office"
    ]
    event = AuditEvent.objects.get(action="coaching.observations_imported")
    assert event.new == {"added": 2, "corrected": 0}


def test_list_replaces_only_when_asked_and_takes_changes(measured: Scene) -> None:
    measure = named("Households moved to stable housing")
    text = "when,value,change,since\n2018-Q1,>3100,>1300,2017-Q1\n"

    kept = listed(measured, measure, text)
    replaced = listed(measured, measure, text, replace=True)

    assert [one.line for one in kept.refused] == [2]
    assert (replaced.changed, figures(measure)) == (1, ["Q1 2018 more than 3,100"])
    with pytest.raises(UnreadableFile):
        listed(measured, measure, "day,value\n2018,3\n")
    with pytest.raises(UnreadableFile):
        listed(measured, measure, "when,value\n" + "2018,x\n" * 2001)


def test_nothing_is_set_before_the_acceptance_nor_after_the_end(measured: Scene) -> None:
    engagement, measure = measured.engagement(), named("Deaths by overdose")
    engagement.status = "offered"
    engagement.save()

    for refused in (lambda: set_one(measured, "Late"), lambda: see(measured, measure, "2024-03", "1")):
        with pytest.raises(WrongState):
            refused()
    engagement.status = "active"
    engagement.save()
    services.withdraw_case(case_id=measured.case.pk, reason="x", by=measured.lead, now=measured.tick())
    for refused in (lambda: set_one(measured, "Late"), lambda: see(measured, measure, "2024-03", "1")):
        with pytest.raises(CaseClosed):
            refused()


def test_coach_sets_objective_and_measure_and_enters_figures_on_the_pages(
    measured: Scene, client: Client
) -> None:
    engagement = measured.engagement()
    measured.sign_in(client, measured.partner.coach)
    aim = {"text": "Complaints are answered in time.", "criteria": []}
    terms = {
        "name": "Complaints closed in time",
        "kind": "output",
        "unit": "% of complaints",
        "direction": "up",
        "about_kind": "program",
        "about": "Resident services",
        "target_value": "90",
        "targeted": "East side\n",
    }

    for _twice in range(2):
        client.post(f"/engagements/{engagement.pk}/objective/", aim)
    objective = Objective.objects.get(text=aim["text"])
    refused = client.post(f"/engagements/{engagement.pk}/measure/", terms | {"name": ""})
    twice = client.post(f"/engagements/{engagement.pk}/measure/", terms | {"name": "Deaths by overdose"})
    address = client.post(f"/engagements/{engagement.pk}/measure/", terms | {"objective": objective.pk})[
        "Location"
    ]
    figure = {
        "deed": "one",
        "when": "2024-02",
        "value": "61.5",
        "source": "Service desk",
        "group": "East side",
    }
    unread = client.post(address, figure | {"value": "61,5"})
    kept = client.post(address, figure)
    again = client.post(address, figure | {"value": "62"})
    upload = SimpleUploadedFile(
        "list.csv", b"when,value,source\n2024-03,70,Service desk\n2024-04,?,Service desk\n"
    )
    many = client.post(address, {"deed": "list", "file": upload})

    assert [one.status_code for one in (refused, twice, unread, kept, again, many)] == [
        400,
        400,
        400,
        302,
        400,
        200,
    ]
    long = client.post(f"/engagements/{engagement.pk}/measure/", terms | {"name": "x", "compared": "x" * 121})
    assert "Up to 120 characters" in long.content.decode()
    assert "has a measure of this name" in twice.content.decode()
    assert "Write a number as 3000, 91.5 or &gt;3000." in unread.content.decode()
    assert "Tick that yours replaces it." in again.content.decode()
    told = many.content.decode()
    assert "1 line was not taken" in told
    assert "Line 3: value: “?” is no number." in told
    assert "\n2024-04,?,Service desk</textarea>" in told
    assert client.post(address, {"deed": "list"}).status_code == 400
    assert client.post(address, {"deed": "list", "text": "day\n1"}).status_code == 400
    page = client.get(page_of(engagement)).content.decode()
    assert (page.count(ONLY_OUTPUTS), page.count(ASK)) == (1, 1)
    set_one(
        measured, "Residents content", objective=objective.pk, about_kind="program", about="Resident services"
    )
    page = client.get(page_of(engagement)).content.decode()
    assert (page.count(ONLY_OUTPUTS), page.count(ASK)) == (0, 0)


def test_exports_hold_every_figure_and_come_in_again(measured: Scene, client: Client) -> None:
    measure = named("Households moved to stable housing")
    copy = set_one(measured, "A copy")
    measured.sign_in(client, measured.contributor)

    answer = client.get(f"/measures/{measure.pk}.csv")
    book = client.get(f"/measures/{measure.pk}.xlsx")

    lines = answer.content.decode().removeprefix("\ufeff").splitlines()
    assert lines[1].startswith(
        "2018-Q1,2018-01-01,2018-03-31,,,>3000,3000,more_than,households,>1200,2017-Q1,"
    )
    assert answer["Content-Disposition"] == 'attachment; filename="households-moved-to-stable-housing.csv"'
    assert b"2018-Q1" in ZipFile(BytesIO(book.content)).read("xl/sharedStrings.xml")
    assert listed(measured, copy, answer.content.decode()).added == 1
    assert figures(copy) == figures(measure)


def test_pages_ask_the_same_for_few_and_for_many(
    measured: Scene, client: Client, django_assert_num_queries: Any
) -> None:
    measured.sign_in(client, measured.lead)
    url, measure = page_of(measured.engagement()), named("Households moved to stable housing")
    client.get(url)

    for more in (0, 1, 7):
        for number in range(more):
            see(measured, set_one(measured, f"Measure {more} {number}"), "2024", str(number))
            see(measured, measure, f"{1990 + number + more}", str(number))
        with django_assert_num_queries(20):
            page = client.get(url).content.decode()
        assert more < 7 or "Measure 7 6" in page
        with django_assert_num_queries(11):
            client.get(f"/measures/{measure.pk}/")


def test_committee_reads_the_measures_in_the_packet(measured: Scene) -> None:
    see(measured, named("Households moved to stable housing"), "2018-Q1", ">3100", replace=True)

    told = next(one for one in shared_coaching(measured.case) if one["measures"])

    assert told["objectives"] == [{"text": "People live in homes of their own.", "criteria": []}]
    homes, _deaths = told["measures"]
    assert homes["kind"] == "outcome"
    assert homes["observations"] == [
        {"when": "2018-Q1", "value": ">3100", "group": "", "targeted": False, "source": REPORTED}
    ]


def test_figure_entered_by_mistake_is_withdrawn_and_stays_on_record(measured: Scene, client: Client) -> None:
    beds = set_one(measured, "Beds in use", unit="% of beds")
    wrong, right = see(measured, beds, "2018-02", "1200"), see(measured, beds, "2018-01", "91.5")
    page = reverse("workflows:measure-detail", args=[beds.pk])
    measured.sign_in(client, measured.partner.coach)
    assert "no part of a whole" in client.get(page).content.decode()

    for _twice in range(2):
        assert client.post(page, {"deed": "withdraw", "figure": wrong.pk}).status_code == 302
    measured.sign_in(client, measured.contributor)
    assert client.post(page, {"deed": "withdraw", "figure": right.pk}).status_code == 403
    measured.sign_in(client, measured.other_partner.coach)
    assert client.post(page, {"deed": "withdraw", "figure": right.pk}).status_code == 404

    assert list(beds.observations.standing()) == [right]
    measured.sign_in(client, measured.partner.coach)
    shown = client.get(page).content.decode()
    assert "no part of a whole" not in shown
    assert "Replaced or withdrawn" in shown
    assert AuditEvent.objects.get(action="coaching.observation_withdrawn").target_id == str(wrong.pk)
    again = withdraw_observation(observation_id=wrong.pk, by=measured.fresh(measured.lead), now=measured.now)
    assert again.superseded_by_id == measured.partner.coach.pk
    with pytest.raises(NotFound):
        withdraw_observation(observation_id=right.pk, by=measured.other_partner.coach, now=measured.now)
    assert see(measured, beds, "2018-02", "92").superseded_at is None

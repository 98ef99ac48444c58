"""`manage.py journey`: one city from the application to the certificate, as the demonstration people."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case
from coaching.imports import import_partners
from config.local import BASE_DIR
from core.models import AuditEvent
from people.services import system_user
from tests.cast import make_city
from tests.standards.factories import wwc_v3
from tests.workflows.concurrency import at_once
from workflows.demo import people
from workflows.flows.checks import disagreements

NOW = datetime(2025, 3, 3, 15, tzinfo=UTC)


def settle_the_demonstration() -> None:
    """What `make demo` loads, as far as a journey needs it."""
    wwc_v3()
    source = (BASE_DIR / "data" / "partners.csv").read_bytes()
    import_partners(source=source, by=system_user(), now=NOW)
    make_city("paterson-nj", "Paterson")
    make_city("newark-nj", "Newark")
    for account in people.accounts():
        people.ensure(account, sealed=None, now=NOW)


def journey(slug: str, *options: str) -> str:
    out = StringIO()
    call_command("journey", "--city", slug, *options, stdout=out)
    return out.getvalue()


def walked(slug: str) -> dict[str, Any]:
    return json.loads(journey(slug, "--json"))


@pytest.mark.django_db
def test_journey_ends_with_a_certificate_and_each_step_is_an_event_by_the_person_printed() -> None:
    settle_the_demonstration()

    done = walked("paterson-nj")

    assert (done["stage"], done["certified"], done["kind"]) == ("certified", True, "first")
    assert done["certificate"].startswith("MP-")
    assert done["level"] in {"silver", "gold"}
    steps = [step["step"] for step in done["steps"]]
    assert (steps[0], steps[-1]) == ("apply", "announce")
    assert (steps.count("review"), steps.count("close")) == (4, 2)
    closed = AuditEvent.objects.filter(dossier=done["case"], action="cases.work_closed").order_by("pk")
    events = [(event.new["step"], event.actor.email) for event in closed.select_related("actor")]
    printed = [(step["step"], step["by"]) for step in done["steps"]]
    votes = [one for one in printed if one[0] == "vote"]
    assert len(votes) == 5
    assert events == [one for one in printed if one not in votes[:-1]]


@pytest.mark.slow
@pytest.mark.django_db
def test_journey_of_a_certified_city_opens_the_next_case_and_prints_a_line_a_step() -> None:
    settle_the_demonstration()
    first = walked("paterson-nj")

    lines = journey("paterson-nj").splitlines()

    assert lines[0].split()[0] == "apply"
    assert lines[-1].startswith("paterson-nj: certified, ")
    second = Case.objects.latest("opened_at")
    assert str(second.pk) != first["case"]
    assert (second.stage, second.kind) == ("certified", "level_up")


@pytest.mark.django_db
def test_journey_of_an_unknown_city_says_so() -> None:
    with pytest.raises(CommandError, match="no city with the slug atlantis"):
        journey("atlantis")


@pytest.mark.django_db
def test_journey_is_refused_on_a_real_installation(settings: Any) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="Demonstration people exist only"):
        journey("paterson-nj")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_journeys_at_the_same_moment_both_arrive() -> None:
    settle_the_demonstration()

    done, refused = at_once(lambda: walked("paterson-nj"), lambda: walked("newark-nj"))

    assert refused == []
    assert [one["stage"] for one in done] == ["certified", "certified"]
    assert len({one["certificate"] for one in done}) == 2
    assert Case.objects.count() == 2
    assert list(disagreements(today=datetime.now(tz=UTC).date())) == []

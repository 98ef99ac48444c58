"""The audit trail: it grows, and nothing else."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from core import audit
from core.audit import Audience, UnknownAction
from core.models import AuditEvent
from people.models import User
from people.services import system_user

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    system = system_user()
    return audit.record("people.account_created", by=system, target=system, now=NOW, new={"email": "x"})


def test_event_says_who_did_what_to_what_and_when(event: AuditEvent) -> None:
    system = system_user()

    assert (event.actor, event.at, event.action) == (system, NOW, "people.account_created")
    assert (event.target_type, event.target_id) == ("people.user", str(system.pk))
    assert (event.old, event.new, event.dossier) == ({}, {"email": "x"}, None)
    assert str(event) == f"people.account_created people.user {system.pk}"


def test_event_can_not_be_changed(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(action="something.else")

    event.refresh_from_db()
    assert event.action == "people.account_created"


def test_event_can_not_be_deleted(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).delete()

    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_event_of_an_unregistered_action_is_a_mistake_in_the_code() -> None:
    user: User = system_user()

    with pytest.raises(UnknownAction):
        audit.record("people.no_such_thing", by=user, target=user, now=NOW)


def test_names_are_given_by_audience() -> None:
    for_all = audit.names_for({Audience.STATUS})

    assert "cases.case_opened" in for_all
    assert "certification.vote_cast" not in for_all
    assert set(for_all) < set(audit.names_for(set(Audience)))

"""The demonstration's walk comes out the same every time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import WorkItem
from certification.enums import Outcome
from certification.models import Settlement
from tests.scenes import Scene
from workflows.demo import people
from workflows.demo.journey import Journey


@pytest.mark.parametrize("quicker", ["assessor1", "assessor2"])
def test_journey_settles_by_the_first_assessor_whoever_was_quicker(scene: Scene, quicker: str):
    for account in people.accounts():
        people.ensure(account, sealed=None, now=timezone.now())
    journey = Journey("paterson-nj")

    for done in journey.walk():
        if done.step == "assign_assessors":
            quick = WorkItem.objects.get(step="review", owner__email=f"{quicker}@program.example")
            WorkItem.objects.filter(pk=quick.pk).update(opened_at=quick.opened_at - timedelta(minutes=1))
        if done.step == "reconcile":
            break

    doubted = Settlement.objects.get(response__criterion__code="DM1")
    assert doubted.outcome == Outcome.MET

"""Two at once: colleagues who name each other as substitutes, a request sent twice under one key."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from coaching.models import Observation
from people.models import Absence
from tests.api.callers import make_key
from tests.coaching.measures import set_one
from tests.scenes import Scene
from tests.workflows.concurrency import at_once
from workflows import services

pytestmark = pytest.mark.slow


@pytest.mark.django_db(transaction=True)
def test_of_two_who_name_each_other_one_is_refused() -> None:
    scene = Scene()
    coach, other, today = scene.partner.coach, scene.partner.second_coach, timezone.localdate()
    days = {"begins_on": today, "ends_on": today, "note": "", "now": timezone.now()}
    absences = [
        partial(services.set_absence, person=person, substitute=substitute, by=scene.fresh(person), **days)
        for person, substitute in ((coach, other), (other, coach))
    ]

    done, refused = at_once(*absences)

    assert (len(done), len(refused), Absence.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_request_sent_twice_at_once_is_done_once() -> None:
    scene = Scene(engagements=1)
    scene.walk_to("work")
    measure = set_one(scene, "Moved to stable housing")
    _key, token = make_key(scene.partner.organization, "write")
    figure = {"measure": measure.name, "when": "2018-Q1", "value": ">3000", "source": "Monthly report"}

    def send() -> object:
        client = Client(headers={"authorization": f"Bearer {token}", "idempotency-key": "monday"})
        page = f"/api/v1/engagements/{scene.engagement().pk}/observations/"
        return client.post(page, {"observations": [figure]}, content_type="application/json").json()

    done, refused = at_once(send, send, send)

    assert refused == []
    assert done == [{"added": 1, "corrected": 0, "unchanged": 0, "refused": []}] * 3
    assert Observation.objects.count() == 1

"""Action items and offered hand-overs, as tests of several rooms make them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from coaching.models import ActionItem, Transfer
from people.models import User
from tests.scenes import Scene
from workflows import services


def agree(scene: Scene, *, owner: User | None = None, by: User | None = None, **given: Any) -> ActionItem:
    """Something agreed upon in the first partner's engagement, due in a week."""
    values = {
        "text": "List the data sets",
        "due_on": scene.today + timedelta(days=7),
        "criterion": None,
        "key": uuid4(),
        "now": scene.tick(),
    }
    return services.set_action_item(
        engagement_id=scene.engagement().pk,
        owner=owner or scene.contributor,
        by=scene.fresh(by or scene.partner.coach),
        **(values | given),
    )


def offer_transfer(scene: Scene, *, by: User | None = None, **given: Any) -> Transfer:
    """The first partner's engagement is offered to its second coach."""
    coach = scene.partner.second_coach
    values = {"partner": scene.partner.organization, "coach": coach, "note": "They are slow."}
    return services.offer_transfer(
        engagement_id=scene.engagement().pk,
        by=scene.fresh(by or scene.partner.lead),
        now=scene.tick(),
        **(values | given),
    )

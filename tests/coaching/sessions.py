"""What the tests of sessions share."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from coaching.models import Engagement, Session
from coaching.services import Plan
from tests.scenes import Scene
from workflows import services

ZONE = "America/New_York"
AGENDA = "Which data sets come first."


def plan_for(scene: Scene, **given: Any) -> Plan:
    """A session in a week, with the city's lead and an address without an account."""
    values: dict[str, Any] = {
        "kind": "coaching",
        "starts_at": scene.now + timedelta(days=7),
        "zone": ZONE,
        "minutes": 60,
        "place": "https://meet.example/paterson",
        "agenda": AGENDA,
        "people": [scene.lead],
        "addresses": ["clerk@paterson.example"],
    }
    return Plan(**values | given)


def plan(scene: Scene, engagement: Engagement | None = None, **given: Any) -> Session:
    engagement = engagement or scene.engagement()
    now = given.pop("now", None) or scene.tick()
    return services.plan_session(
        engagement_id=engagement.pk,
        plan=plan_for(scene, **given),
        key=uuid4(),
        by=engagement.coach or scene.partner.coach,
        now=now,
    )


def typed(session_at: datetime, **given: Any) -> dict[str, Any]:
    """The form of a planned session, as a browser sends it."""
    return {
        "key": str(uuid4()),
        "kind": "training",
        "day": session_at.date().isoformat(),
        "at": session_at.strftime("%H:%M"),
        "zone": ZONE,
        "minutes": "45",
        "place": "City hall",
        "agenda": AGENDA,
        "addresses": "clerk@paterson.example, budget@paterson.example",
    } | given

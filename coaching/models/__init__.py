"""Partners, their engagements with cities, and what these are judged by."""

from coaching.models.action import ActionItem
from coaching.models.document import Document
from coaching.models.engagement import CoachingPlan, Engagement, Feedback, Note
from coaching.models.health import HealthJudgment
from coaching.models.measure import Measure, MeasuredGroup, Objective, Observation
from coaching.models.profile import CoachProfile, PartnerProfile
from coaching.models.session import Invitee, Session, SessionMail
from coaching.models.sprint import Meeting, Sprint
from coaching.models.transfer import Transfer

__all__ = [
    "ActionItem",
    "CoachProfile",
    "CoachingPlan",
    "Document",
    "Engagement",
    "Feedback",
    "HealthJudgment",
    "Invitee",
    "Measure",
    "MeasuredGroup",
    "Meeting",
    "Note",
    "Objective",
    "Observation",
    "PartnerProfile",
    "Session",
    "SessionMail",
    "Sprint",
    "Transfer",
]

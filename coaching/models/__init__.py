"""Partners, their engagements with cities, and what these are judged by."""

from coaching.models.action import ActionItem
from coaching.models.engagement import CoachingPlan, Engagement, Feedback, Note, Session
from coaching.models.measure import Measure, MeasuredGroup, Objective, Observation
from coaching.models.profile import CoachProfile, PartnerProfile

__all__ = [
    "ActionItem",
    "CoachProfile",
    "CoachingPlan",
    "Engagement",
    "Feedback",
    "Measure",
    "MeasuredGroup",
    "Note",
    "Objective",
    "Observation",
    "PartnerProfile",
    "Session",
]

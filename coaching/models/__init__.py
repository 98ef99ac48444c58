"""Partners, their engagements with cities, and what these are judged by."""

from coaching.models.engagement import CoachingPlan, Engagement, Feedback, Note, PartnerProfile, Session
from coaching.models.measure import Measure, MeasuredGroup, Objective, Observation

__all__ = [
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

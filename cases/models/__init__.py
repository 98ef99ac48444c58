"""The rows of the case kernel."""

from cases.models.case import (
    Application,
    Case,
    DeadlinePolicy,
    Hold,
    Participation,
    StageChange,
    WorkItem,
)
from cases.models.signature import SignatureRequest

__all__ = [
    "Application",
    "Case",
    "DeadlinePolicy",
    "Hold",
    "Participation",
    "SignatureRequest",
    "StageChange",
    "WorkItem",
]

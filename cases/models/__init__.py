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
from cases.models.thread import Attachment, Message, ReadMark

__all__ = [
    "Application",
    "Attachment",
    "Case",
    "DeadlinePolicy",
    "Hold",
    "Message",
    "Participation",
    "ReadMark",
    "SignatureRequest",
    "StageChange",
    "WorkItem",
]

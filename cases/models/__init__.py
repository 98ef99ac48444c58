"""The rows of the case kernel."""

from cases.models.case import (
    Application,
    Case,
    Hold,
    Participation,
    StageChange,
    WorkItem,
)
from cases.models.cover import Cover
from cases.models.extension import Extension
from cases.models.policy import DeadlinePolicy, PolicyRung
from cases.models.signature import SignatureRequest
from cases.models.thread import Attachment, Message, ReadMark

__all__ = [
    "Application",
    "Attachment",
    "Case",
    "Cover",
    "DeadlinePolicy",
    "Extension",
    "Hold",
    "Message",
    "Participation",
    "PolicyRung",
    "ReadMark",
    "SignatureRequest",
    "StageChange",
    "WorkItem",
]

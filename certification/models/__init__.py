"""The rows of answering, reviewing and deciding."""

from certification.models.appeal import Appeal, EarlierSettlement
from certification.models.comment import Comment
from certification.models.delegation import Delegation
from certification.models.evidence import Evidence, Story
from certification.models.expiry import Expiry
from certification.models.rounds import (
    Assessment,
    Certificate,
    Decision,
    Finding,
    Recusal,
    Response,
    Review,
    Settlement,
    Vote,
)
from certification.models.visit import SiteVisit, VisitNote

__all__ = [
    "Appeal",
    "Assessment",
    "Certificate",
    "Comment",
    "Decision",
    "Delegation",
    "EarlierSettlement",
    "Evidence",
    "Expiry",
    "Finding",
    "Recusal",
    "Response",
    "Review",
    "Settlement",
    "SiteVisit",
    "Story",
    "VisitNote",
    "Vote",
]

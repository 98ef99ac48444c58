"""The rows of answering, reviewing and deciding."""

from certification.models.delegation import Delegation
from certification.models.rounds import (
    Assessment,
    Certificate,
    Decision,
    Evidence,
    Finding,
    Recusal,
    Response,
    Review,
    Settlement,
    Vote,
)

__all__ = [
    "Assessment",
    "Certificate",
    "Decision",
    "Delegation",
    "Evidence",
    "Finding",
    "Recusal",
    "Response",
    "Review",
    "Settlement",
    "Vote",
]

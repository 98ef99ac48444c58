"""The two flows, as definitions that read like the table of steps."""

from workflows.flows.certification import CertificationFlow
from workflows.flows.coaching import EngagementFlow

__all__ = ["CertificationFlow", "EngagementFlow"]

"""A round's validated result for one reader: what it is, what it means, and the way to the next level."""

from certification.report.result import Report, report_of, rounds_reported
from certification.report.whole import WholeReport, whole_report

__all__ = ["Report", "WholeReport", "report_of", "rounds_reported", "whole_report"]

"""The charts of a report, the same on the page and in the PDF."""

from django.utils.translation import gettext as _

from certification.report.whole import WholeReport
from core.charts import Chart, Share, Threshold, share_bars, threshold_bar


def area_chart(report: WholeReport) -> Chart:
    """Result by area; a line shows the median of cities of its size where that is known."""
    shares = [Share(area.name, area.met, area.of, area.median) for area in report.areas]
    return share_bars(shares, title=_("Result by area"), mark_label=_("median of cities of its size"))


def level_chart(report: WholeReport) -> Chart:
    """How far the result is from each level's minimum."""
    score, lines = report.result.score, report.result.lines
    in_points = score.weight_total != score.of
    share = Share(
        _("Points") if in_points else _("Criteria that count"), score.weight_met, score.weight_total
    )
    thresholds = [Threshold(line.name, line.needed) for line in lines]
    return threshold_bar(share, thresholds, title=_("Distance to the levels"))

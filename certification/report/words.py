"""The sentences of a report, the same on the page and in the PDF."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.formats import number_format as number
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.models import Appeal
from certification.report.path import PathStep, PathToLevel
from certification.report.peers import LEAST_CITIES, Peers, SizeGroup
from certification.report.result import Report
from core.errors import Text


def verdict(report: Report) -> str:
    if report.level:
        return _("This reaches %(level)s") % {"level": report.level}
    return _("No level is reached yet")


def appealed(granted: Iterable[Appeal]) -> str:
    """What the report as it was released did not say yet; nothing when no appeal changed it."""
    codes = [
        f"{one.response.criterion.code} ({day(localdate(one.closed_at))})" for one in granted if one.closed_at
    ]
    text = _("Changed after the release: on appeal these criteria were found to be met: %(codes)s.")
    return text % {"codes": ", ".join(codes)} if codes else ""


def blocked_in_words(report: Report) -> list[str]:
    """Criteria that are met and don't count, with the prerequisites that they wait for."""
    text = _("%(code)s is met and does not count until these count: %(codes)s.")
    return [text % {"code": code, "codes": ", ".join(codes)} for code, codes in report.blocked.items()]


def missing_in_words(path: PathToLevel, report: Report) -> list[Text]:
    return [*_missing(path, report), *blocked_in_words(report)]


def _missing(path: PathToLevel, report: Report) -> Iterator[Text]:
    missing = path.missing
    line = next(line for line in report.lines if line.name == path.level)
    if line.short:
        yield line.shortage
    if missing.mandatory:
        yield _("Needed in any case: %(codes)s.") % {"codes": ", ".join(missing.mandatory)}
    for area, gap in missing.areas.items():
        text = ngettext(
            "%(area)s needs %(gap)s more criterion.", "%(area)s needs %(gap)s more criteria.", gap
        )
        yield text % {"area": area, "gap": gap}


def path_in_words(path: PathToLevel) -> str:
    names = {"count": len(path.steps), "level": path.level, "months": path.months}
    if not path.steps:
        return _("No set of criteria reaches %(level)s.") % names
    return (
        ngettext(
            "One more criterion reaches %(level)s: this one, in about %(months)s months.",
            "These %(count)s criteria together reach %(level)s, and no smaller set does;"
            " of the sets of that size this one takes least time: about %(months)s months.",
            len(path.steps),
        )
        % names
    )


def months_in_words(step: PathStep) -> str:
    """With the reason, for who may read it."""
    months = _("%(months)s months") % {"months": step.pace.months}
    return f"{months}: {step.pace.reason}" if step.pace.reason else months


def pace_rule() -> str:
    return _(
        "The months are a suggestion. Three: the easiest checks that are missing can be shown on paper, or"
        " only the proof is missing. Six: one of them needs recent proof, three or more are missing, or"
        " nothing says how many. Twelve: one of them is kept up over quarters. No criterion comes before"
        " those that it requires."
    )


def group_in_words(group: SizeGroup) -> str:
    names = {"least": number(group.least, force_grouping=True)}
    if group.most is None:
        return _("cities of %(least)s people and more") % names
    names["most"] = number(group.most, force_grouping=True)
    if not group.least:
        return _("cities of up to %(most)s people") % names
    return _("cities of %(least)s to %(most)s people") % names


def peers_in_words(peers: Peers) -> list[str]:
    """What is compared with what: n, period and definition; or why nothing is."""
    if peers.group is None:
        return [_("Not shown: the city's population is not on record.")]
    names = {
        "group": group_in_words(peers.group),
        "cities": peers.cities,
        "least": LEAST_CITIES,
        "since": day(localdate(peers.since)),
        "until": day(localdate(peers.until)),
    }
    definition = _(
        "%(group)s other than this one, with a report released under this standard from %(since)s to"
        " %(until)s, each with its newest one"
    )
    if not peers.is_shown:
        text = _("Not shown: there are fewer than %(least)s %(definition)s.")
        return [text % {"least": LEAST_CITIES, "definition": definition % names}]
    told = [
        _(
            "n = %(cities)s: %(definition)s. Of an even number of cities the lower of the two in the middle"
            " is the median."
        )
    ]
    if peers.is_small:
        told.append(_("Fewer than %(least)s cities: only the program sees these figures."))
    return [text % (names | {"definition": definition % names}) for text in told]


def day(on: date) -> str:
    return date_format(on, "M j, Y")

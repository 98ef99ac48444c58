"""The report as a document: the blocks that become its PDF, with the sentences and charts of its page."""

from collections.abc import Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from certification.report import words
from certification.report.pictures import area_chart, level_chart
from certification.report.result import Gap, LevelLine, ReportArea
from certification.report.whole import WholeReport
from core.errors import Text
from core.pdf import Block, Bullet, Bullets, Document, Heading, Paragraph, Picture, Table


def document_of(report: WholeReport, *, notice: Text = "") -> Document:
    assessment = report.result.assessment
    case = assessment.case
    names = {"city": case.city.name, "round": assessment.round}
    parts = (_result, _levels, _path, _changes, _peers, _strengths, _opportunities)
    return Document(
        title=_("Report of %(city)s, round %(round)s") % names,
        subtitle=case.standard.title,
        notice=notice,
        blocks=[_released(report), *_appealed(report), *(block for part in parts for block in part(report))],
    )


def _released(report: WholeReport) -> Paragraph:
    released_at = report.result.assessment.released_at
    if released_at is None:
        return Paragraph(_("Not released yet: the city and its coaches can't read it."), is_strong=True)
    return Paragraph(_("Released %(day)s.") % {"day": words.day(localdate(released_at))})


def _appealed(report: WholeReport) -> Iterator[Block]:
    if told := words.appealed(report.granted):
        yield Paragraph(told, is_strong=True)


def _result(report: WholeReport) -> Iterator[Block]:
    score = report.result.score
    yield Heading(_("Result by area"))
    yield Paragraph(f"{words.verdict(report.result)}.", is_strong=True)
    yield Picture.of(area_chart(report))
    head: list[Text] = [_("Area"), _("Met"), _("Of")]
    head += [_("Round before")] if report.changes else []
    head += [_("Median")] if report.peers.is_shown else []
    rows: list[list[object]] = [
        [area.name, area.met, area.of, *_more(report, area.before, area.median)] for area in report.areas
    ]
    before = report.changes.before.met if report.changes else None
    rows.append([_("All criteria"), score.met, score.of, *_more(report, before, report.peers.median)])
    yield Table(_("Criteria that count, by area"), head, rows, range(1, len(head)))


def _more(report: WholeReport, before: int | None, median: int | None) -> list[object]:
    columns = [(bool(report.changes), before), (report.peers.is_shown, median)]
    return ["–" if value is None else value for is_there, value in columns if is_there]


def _levels(report: WholeReport) -> Iterator[Block]:
    yield Heading(_("The levels"))
    yield Picture.of(level_chart(report))
    for line in report.result.lines:
        yield Heading(line.name, level=2)
        yield Paragraph(_("Reached") if line.reached else _("Not reached"), is_strong=True)
        yield Bullets([*_conditions(line)])
    if blocked := words.blocked_in_words(report.result):
        yield Bullets([Bullet(text) for text in blocked])


def _conditions(line: LevelLine) -> Iterator[Bullet]:
    yield Bullet(f"{line.sentence} {line.shortage}".strip(), _holds(holds=not line.short))
    for one in line.conditions:
        yield Bullet(f"{one.text}.", _holds(holds=one.holds))


def _holds(*, holds: bool) -> str:
    return _("Holds:") if holds else _("Does not hold:")


def _path(report: WholeReport) -> Iterator[Block]:
    path = report.path
    if path is None:
        yield Heading(_("The way on"))
        yield Paragraph(_("The highest level is reached."))
        return
    yield Heading(_("The way to %(level)s") % {"level": path.level})
    yield Bullets([Bullet(text) for text in words.missing_in_words(path, report.result)])
    yield Paragraph(words.path_in_words(path), is_strong=True)
    if path.steps:
        head = [_("Criterion"), _("Why"), _("In about")]
        rows = [
            [
                f"{step.code} {step.statement}",
                "; ".join(map(str, step.because)),
                words.months_in_words(step),
            ]
            for step in path.steps
        ]
        yield Table(_("The nearest set of criteria"), head, rows)
        yield Paragraph(words.pace_rule())


def _changes(report: WholeReport) -> Iterator[Block]:
    changes = report.changes
    if changes is None:
        return
    yield Heading(_("Since the round before"))
    names = {"before": changes.before.met, "now": report.result.score.met, "of": report.result.score.of}
    yield Paragraph(_("%(before)s of %(of)s before, %(now)s of %(of)s now.") % names)
    kinds = [(_("Newly met:"), changes.gained), (_("Lost:"), changes.lost), (_("Expired:"), changes.expired)]
    bullets = [Bullet(f"{code} {what}", lead) for lead, codes in kinds for code, what in report.named(codes)]
    yield Bullets(bullets) if bullets else Paragraph(_("No criterion changed."))


def _peers(report: WholeReport) -> Iterator[Block]:
    yield Heading(_("Cities of its size"))
    if report.peers.is_shown:
        names = {"median": report.peers.median, "met": report.result.score.met, "of": report.result.score.of}
        yield Paragraph(_("Median: %(median)s of %(of)s criteria. This city: %(met)s of %(of)s.") % names)
    for text in words.peers_in_words(report.peers):
        yield Paragraph(text)


def _strengths(report: WholeReport) -> Iterator[Block]:
    yield Heading(_("Strengths"))
    strengths = report.result.strengths
    if not strengths:
        yield Paragraph(_("No area is complete yet."))
        return
    yield Paragraph(_("Every criterion is met in:"))
    yield Bullets([Bullet(f"{area.name} ({area.met})") for area in strengths])


def _opportunities(report: WholeReport) -> Iterator[Block]:
    yield Heading(_("Opportunities"))
    if not report.result.opportunities:
        yield Paragraph(_("Every criterion is met."))
    for area in report.result.opportunities:
        yield from _gaps(area)


def _gaps(area: ReportArea) -> Iterator[Block]:
    told = _("%(met)s of %(of)s met") % {"met": area.met, "of": area.of}
    yield Heading(f"{area.name}: {told}", level=2)
    yield Bullets([_gap(gap) for gap in area.gaps])


def _gap(gap: Gap) -> Bullet:
    more: list[Text] = [*gap.comments]
    if gap.reason:
        more.append(_("Settled: %(reason)s") % {"reason": gap.reason})
    return Bullet(gap.statement, gap.code, more)

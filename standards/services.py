"""Writing standards and the program's published figures.

A standard is loaded and published in one transaction, and never changes again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import audit
from core.imports import ImportReport, RowRefused, read_rows
from people.models import User
from standards.figures import FIGURE_COLUMNS, FigureFacts, figure_facts
from standards.fileformat import AreaSpec, CriterionSpec, LevelSpec, StandardSpec, as_data, parse
from standards.models import (
    Check,
    Criterion,
    Level,
    PracticeArea,
    PublishedFigure,
    PublishedStandardNeverChanges,
    Standard,
)
from standards.selectors import spec_of


@dataclass(frozen=True)
class Loaded:
    """`published` is False when the same standard was there already."""

    standard: Standard
    published: bool


@transaction.atomic
def load_standard(*, source: bytes, by: User, now: datetime) -> Loaded:
    """Publish the standard of a file, or find it published with the same content.

    Raises InvalidStandardFile with every mistake, and PublishedStandardNeverChanges when the slug is
    published with other content. Comments and layout of the file are no content.
    """
    spec = parse(source)
    digest = hashlib.sha256(source).hexdigest()
    standard, created = Standard.objects.get_or_create(slug=spec.slug, defaults=_columns(spec, digest))
    if created:
        _create_parts(standard, spec)
        return Loaded(_publish(standard, by=by, now=now), published=True)
    if as_data(spec_of(Standard.objects.for_detail().get(pk=standard.pk))) != as_data(spec):
        raise PublishedStandardNeverChanges(spec.slug)
    return Loaded(standard, published=False)


def _columns(spec: StandardSpec, digest: str) -> dict[str, object]:
    return {
        "title": spec.title,
        "effective_on": spec.effective_on,
        "validity_years": spec.validity_years,
        "countries": list(spec.countries),
        "min_population": spec.min_population,
        "quorum": spec.quorum,
        "majority_numerator": spec.majority.numerator,
        "majority_denominator": spec.majority.denominator,
        "gates": as_data(spec)["decision"]["gates"],
        "source_sha256": digest,
    }


def _create_parts(standard: Standard, spec: StandardSpec) -> None:
    areas = [_area(standard, n, area) for n, area in enumerate(spec.areas)]
    PracticeArea.objects.bulk_create(areas)
    placed = [(area, one) for area, given in zip(areas, spec.areas, strict=True) for one in given.criteria]
    criteria = [_criterion(area, n, one) for n, (area, one) in enumerate(placed)]
    Criterion.objects.bulk_create(criteria)
    Check.objects.bulk_create(
        Check(criterion=criterion, position=n, text=check.text, within_months=check.within_months)
        for criterion, one in zip(criteria, spec.criteria, strict=True)
        for n, check in enumerate(one.checks)
    )
    Level.objects.bulk_create(_level(standard, n, level) for n, level in enumerate(spec.levels))


def _area(standard: Standard, position: int, area: AreaSpec) -> PracticeArea:
    return PracticeArea(standard=standard, code=area.code, name=area.name, position=position)


def _criterion(area: PracticeArea, position: int, one: CriterionSpec) -> Criterion:
    return Criterion(
        standard=area.standard,
        area=area,
        position=position,
        code=one.code,
        statement=one.statement,
        guidance=one.guidance,
        weight=one.weight,
        requires=list(one.requires),
        evidence=list(one.evidence),
        need=one.need,
    )


def _level(standard: Standard, position: int, level: LevelSpec) -> Level:
    return Level(
        standard=standard,
        position=position,
        slug=level.slug,
        name=level.name,
        minimum_kind=level.kind,
        minimum_numerator=level.minimum.numerator,
        minimum_denominator=level.minimum.denominator,
        mandatory=list(level.mandatory),
        area_minimums=dict(level.area_minimums),
    )


def _publish(standard: Standard, *, by: User, now: datetime) -> Standard:
    # An update, for saving is refused from the moment the standard is published.
    Standard.objects.filter(pk=standard.pk).update(published_at=now, published_by=by)
    standard.refresh_from_db()
    new = {"slug": standard.slug, "title": standard.title, "sha256": standard.source_sha256}
    audit.record("standards.standard_published", by=by, target=standard, now=now, new=new)
    return standard


@transaction.atomic
def import_figures(*, source: bytes, by: User, now: datetime) -> ImportReport:
    """Take over the program's published figures from a CSV file, and report what became of each line.

    Raises UnreadableFile when the file as a whole is none of ours.
    """
    report = ImportReport()
    for row in read_rows(source, FIGURE_COLUMNS, report):
        try:
            _keep(figure_facts(row), report)
        except RowRefused as refusal:
            report.refuse(row.line, str(refusal))
    if report.added or report.changed:
        new = {"added": report.added, "changed": report.changed, "sha256": hashlib.sha256(source).hexdigest()}
        audit.record("standards.figures_imported", by=by, target=by, now=now, new=new)
    return report


def _keep(facts: FigureFacts, report: ImportReport) -> None:
    values = {"count": facts.count, "source": facts.source}
    figure, created = PublishedFigure.objects.get_or_create(
        statement=facts.statement, published=facts.published, defaults=values
    )
    if created:
        report.added += 1
    elif (figure.count, figure.source) == (facts.count, facts.source):
        report.unchanged += 1
    else:
        PublishedFigure.objects.filter(pk=figure.pk).update(**values)
        report.changed += 1

"""Importing partner organizations with what they coach."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.models import PartnerProfile
from coaching.places import ANYWHERE, unknown_codes
from core import audit
from core.imports import ImportReport, Row, RowRefused, read_rows
from people.enums import OrganizationKind
from people.models import Organization, User

COLUMNS = ("slug", "name", "practice_areas", "region", "note")
HOME = "US"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@transaction.atomic
def import_partners(*, source: bytes, by: User, now: datetime) -> ImportReport:
    """Take over partners from CSV; repeatable, each line for itself. Raises UnreadableFile."""
    report = ImportReport()
    seen: set[str] = set()
    for row in read_rows(source, COLUMNS, report):
        try:
            _require_sound(row, seen)
            _take(row, report)
        except RowRefused as refusal:
            report.refuse(row.line, str(refusal))
    if report.added or report.changed:
        target = Organization.objects.filter(kind=OrganizationKind.PARTNER).latest("pk")
        audit.record("coaching.partners_imported", by=by, target=target, now=now, new=report.as_data())
    return report


def _require_sound(row: Row, seen: set[str]) -> None:
    if not SLUG.fullmatch(row["slug"]):
        raise RowRefused(_("slug: use lower-case letters, digits and hyphens"))
    if row["slug"] in seen:
        raise RowRefused(_("slug: stands in the file twice"))
    seen.add(row["slug"])
    if not row["name"] or not _codes(row):
        raise RowRefused(_("a partner needs a name and at least one practice area"))
    if unknown := unknown_codes(row["region"]):
        text = _("region: %(codes)s names no country, state or group of countries")
        raise RowRefused(text % {"codes": ", ".join(unknown)})


def _codes(row: Row) -> list[str]:
    return [code.strip() for code in row["practice_areas"].split(";") if code.strip()]


def _take(row: Row, report: ImportReport) -> None:
    organization = Organization.objects.filter(slug=row["slug"]).first()
    if organization is not None and organization.kind != OrganizationKind.PARTNER:
        raise RowRefused(_("slug: belongs to an organization that is no partner"))
    facts: dict[str, Any] = {
        "area_codes": _codes(row),
        "region": row["region"] or ANYWHERE,
        "note": row["note"],
    }
    if organization is None:
        organization = Organization.objects.create(
            kind=OrganizationKind.PARTNER, slug=row["slug"], name=row["name"], country=HOME
        )
        PartnerProfile.objects.create(organization=organization, **facts)
        report.added += 1
    elif _change(organization, {"name": row["name"]}) | _change(organization.partner_profile, facts):
        report.changed += 1
    else:
        report.unchanged += 1


def _change(thing: Any, values: dict[str, Any]) -> bool:
    differing = {column: value for column, value in values.items() if getattr(thing, column) != value}
    for column, value in differing.items():
        setattr(thing, column, value)
    if differing:
        thing.save(update_fields=list(differing))
    return bool(differing)

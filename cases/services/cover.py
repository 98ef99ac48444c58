"""What substitutes hold for colleagues who are away: from the routing to the end of the work, or before."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cases import wordings
from cases.deadlines import program_calendar
from cases.enums import ParticipationRole, Party
from cases.models import Case, Cover, Participation, WorkItem
from cases.querysets import CoverQuerySet
from cases.routing import COACHED, Duty
from cases.selectors import managers_of
from cases.services.participation import begin_participation, end_participations
from core import audit
from core.errors import Text
from core.pagekit_dates import day_in_words
from notifications.selectors import say
from notifications.services import notify
from people.models import Absence, User

NOT_COVERED = "people.not_covered"


def cover_item(*, item: WorkItem, absence: Absence, holder: User, by: User, now: datetime) -> Cover:
    """Record that the holder has the item for somebody away, with the part that their right needs."""
    part = _part_of_coach(item, absence, holder, by=by, now=now)
    return _begin(absence, holder, item, part, by=by, now=now)


def cover_seat(*, part: Participation, absence: Absence, holder: User, by: User, now: datetime) -> Cover:
    """Record that an assessor has the seat of somebody away."""
    return _begin(absence, holder, None, part, by=by, now=now)


def _begin(
    absence: Absence,
    holder: User,
    item: WorkItem | None,
    part: Participation | None,
    *,
    by: User,
    now: datetime,
) -> Cover:
    cover = Cover.objects.create(
        absence=absence, holder=holder, item=item, part=part, begun_at=now, begun_by=by
    )
    # Whoever was asked before this came is asked again: it may have been routed as the absence ended.
    Absence.objects.filter(pk=absence.pk, asked_at__isnull=False).update(asked_at=None, asked_by=None)
    new = {"holder": cover.holder.email, "for": absence.person.email}
    dossier = cover.case.pk if cover.case else None
    audit.record("cases.work_covered", by=by, target=cover, now=now, dossier=dossier, new=new)
    return cover


def _part_of_coach(
    item: WorkItem, absence: Absence, holder: User, *, by: User, now: datetime
) -> Participation | None:
    """A substitute who coaches takes part in the areas of the one who is away, and may not judge later."""
    if item.case is None or item.step not in COACHED:
        return None
    role = ParticipationRole.COACH
    theirs = item.case.participations.filter(role=role, person=absence.person, until__isnull=True)
    areas = {area for part in theirs.prefetch_related("areas") for area in part.areas.all()}
    return begin_participation(
        case=item.case,
        role=role,
        person=holder,
        organization=item.organization,
        areas=areas,
        by=by,
        now=now,
    )


def keep_cover(*, cover: Cover, by: User, now: datetime) -> Cover:
    """The substitute goes on with it; a seat becomes theirs, a piece of work stays until it is done."""
    cover.kept_at, cover.kept_by = now, by
    if cover.is_seat:
        cover.ended_at, cover.ended_by = now, by
    cover.save(update_fields=["kept_at", "kept_by", "ended_at", "ended_by"])
    _record("cases.cover_kept", cover, by=by, now=now)
    return cover


def end_covers(covers: CoverQuerySet | Iterable[Cover], *, by: User, now: datetime) -> None:
    """The work is done, or somebody else's; what the substitute took part with ends, but for a seat."""
    for cover in covers:
        cover.ended_at, cover.ended_by = now, by
        cover.save(update_fields=["ended_at", "ended_by"])
        if cover.part is not None and not cover.is_seat:
            end_participations(participations=[cover.part], by=by, now=now)
        _record("cases.cover_ended", cover, by=by, now=now)


def _record(action: str, cover: Cover, *, by: User, now: datetime) -> None:
    new = {"holder": cover.holder.email}
    dossier = cover.case.pk if cover.case else None
    audit.record(action, by=by, target=cover, now=now, dossier=dossier, new=new)


def tell_of_refusal(*, absence: Absence, why: Text, duty: Duty, now: datetime) -> None:
    """Work that nobody may take in the place of somebody away stays with them: they and the program hear."""
    where = duty.case.city.name if duty.case else _("your desk")
    values = {
        "who": absence.person.name,
        "substitute": absence.substitute.name,
        "where": where,
        "why": why,
        "day": day_in_words(absence.ends_on),
    }
    words, url = say(wordings.NOT_COVERED, values), _page_of(duty)
    for reader in _told(absence, duty.case, now):
        notify(kind=NOT_COVERED, subject=words.subject, text=words.text, url=url, now=now, person=reader)


def _told(absence: Absence, case: Case | None, now: datetime) -> list[User]:
    managers = managers_of(case, on=program_calendar().local_day(now))
    return list(dict.fromkeys([absence.person, *managers]))


def _page_of(duty: Duty) -> str:
    if duty.case is None:
        return reverse("workflows:desk")
    name = "workflows:case-people" if duty.party == Party.ASSESSOR else "workflows:case-detail"
    return reverse(name, args=[duty.case.pk])

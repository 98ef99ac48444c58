"""An engagement rests, goes on, or is handed over to another coach or partner, with everybody told."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.models import WorkItem
from cases.selectors import managers_of
from cases.services import require_not_ended, require_running
from coaching import services as coaching
from coaching.models import Engagement, Transfer
from core.errors import NotFound
from notifications.selectors import say
from notifications.services import notify
from notifications.wordings import Words
from people.enums import Role
from people.models import Organization, User
from workflows.selectors import leads_of
from workflows.services.handover import members, move_engagement
from workflows.services.moves import changing
from workflows.wordings import coaching as wordings

TOLD = "coaching.engagement_passed_on"


def pause_engagement(*, engagement_id: uuid.UUID, reason: str, by: User, now: datetime) -> Engagement:
    """Let an engagement rest. Raises NotFound, CaseOnHold, and what the domain does."""
    with _engagement(engagement_id, by=by, now=now) as engagement:
        require_running(engagement.case)
        coaching.pause_engagement(engagement=engagement, reason=reason, by=by, now=now)
        values = _names(engagement) | {"why": engagement.pause_reason, "who": by.name}
        words = say(wordings.PAUSED, values)
        _tell(_concerned(engagement, now=now), engagement, words, by=by, now=now)
    return engagement


def resume_engagement(*, engagement_id: uuid.UUID, by: User, now: datetime) -> Engagement:
    """Go on; every due date of the engagement moves by the working days of the pause."""
    with _engagement(engagement_id, by=by, now=now) as engagement:
        require_running(engagement.case)
        coaching.resume_engagement(engagement=engagement, by=by, now=now)
        words = say(wordings.RESUMED, _names(engagement))
        _tell(_concerned(engagement, now=now), engagement, words, by=by, now=now)
    return engagement


def offer_transfer(
    *, engagement_id: uuid.UUID, partner: Organization, coach: User | None, note: str, by: User, now: datetime
) -> Transfer:
    """Ask a colleague or another partner to take over; it is on their desk."""
    with _engagement(engagement_id, by=by, now=now) as engagement:
        require_not_ended(engagement.case)
        transfer = coaching.offer_transfer(
            engagement=engagement, partner=partner, coach=coach, note=note, by=by, now=now
        )
        values = _names(engagement) | {"who": by.name}
        asked = [coach] if coach else _leads(partner, now=now)
        words = say(wordings.TRANSFER_OFFERED, values)
        url = WorkItem.objects.open().get(subject=transfer.pk).get_absolute_url()
        _tell(asked, engagement, words, url=url, by=by, now=now)
    return transfer


def accept_transfer(*, work_item_id: uuid.UUID, by: User, now: datetime) -> Transfer:
    """Take the engagement over, with its open work."""
    with _transfer(work_item_id, by=by, now=now) as transfer:
        engagement = transfer.engagement
        coaching.accept_transfer(transfer=transfer, by=by, now=now)
        if transfer.is_to_another_partner:
            coaching.change_partner(engagement=engagement, partner=transfer.to_partner, by=by, now=now)
            wording = wordings.PARTNER_CHANGED
        else:
            move_engagement(engagement, transfer.to_coach, by=by, now=now)
            wording = wordings.COACH_CHANGED
        values = {
            "new": transfer.to_partner.name,
            "old": transfer.from_partner.name,
            "coach": transfer.to_coach or "",
            "city": engagement.case.city.name,
        }
        told = [
            *_concerned(engagement, now=now),
            *_who_asked(transfer),
            *_leads(transfer.from_partner, now=now),
        ]
        _tell(told, engagement, say(wording, values), by=by, now=now)
    return transfer


def decline_transfer(*, work_item_id: uuid.UUID, reason: str, by: User, now: datetime) -> Transfer:
    """Leave it where it is; whoever asked learns why."""
    with _transfer(work_item_id, by=by, now=now) as transfer:
        coaching.decline_transfer(transfer=transfer, reason=reason, by=by, now=now)
        values = _names(transfer.engagement) | {"who": by.name, "why": transfer.reason}
        words = say(wordings.TRANSFER_DECLINED, values)
        _tell(_who_asked(transfer), transfer.engagement, words, by=by, now=now)
    return transfer


def withdraw_transfer(*, engagement_id: uuid.UUID, by: User, now: datetime) -> Transfer:
    """Call an offer off that nobody has answered. Raises NotFound where there is none."""
    with _engagement(engagement_id, by=by, now=now) as engagement:
        transfer = engagement.transfers.open().select_related("to_partner", "to_coach").first()
        if transfer is None:
            raise NotFound(_("Nobody is asked to take this engagement over."))
        transfer.engagement = engagement
        return coaching.withdraw_transfer(transfer=transfer, by=by, now=now)


@contextmanager
def _engagement(engagement_id: uuid.UUID, *, by: User, now: datetime) -> Iterator[Engagement]:
    seen = Engagement.objects.readable_by(by).filter(pk=engagement_id).first()
    if seen is None:
        raise NotFound(_("There is no such engagement for you."))
    with changing(seen.case_id, by=by, now=now) as case:
        engagement = Engagement.objects.select_related("partner", "coach").get(pk=engagement_id)
        engagement.case = case
        yield engagement


@contextmanager
def _transfer(work_item_id: uuid.UUID, *, by: User, now: datetime) -> Iterator[Transfer]:
    items = WorkItem.objects.visible_to(by).filter(pk=work_item_id)
    seen = Transfer.objects.visible_to(by).filter(pk__in=items.values("subject")).select_related("engagement")
    found = seen.first()
    if found is None:
        raise NotFound(_("There is no such hand-over for you."))
    with changing(found.engagement.case_id, by=by, now=now) as case:
        require_not_ended(case)
        transfer = Transfer.objects.for_detail().get(pk=found.pk)
        transfer.engagement.case = case
        yield transfer


def _names(engagement: Engagement) -> dict[str, str]:
    return {"partner": engagement.partner.name, "city": engagement.case.city.name}


def _today(now: datetime) -> date:
    return program_calendar().local_day(now)


def _leads(partner: Organization, *, now: datetime) -> list[User]:
    return members(partner, Role.PARTNER_LEAD, on=_today(now))


def _concerned(engagement: Engagement, *, now: datetime) -> list[User]:
    """The city's leads, the managers of the case, the coach and the partner's leads."""
    today = _today(now)
    city = [held.person for held in leads_of(engagement.case.city, on=today)]
    coach = [engagement.coach] if engagement.coach else []
    return [*city, *managers_of(engagement.case, on=today), *coach, *_leads(engagement.partner, now=now)]


def _who_asked(transfer: Transfer) -> list[User]:
    return [one for one in (transfer.offered_by, transfer.from_coach) if one is not None and one.is_active]


def _tell(
    people: Iterable[User],
    engagement: Engagement,
    words: Words,
    *,
    by: User,
    now: datetime,
    url: str = "",
) -> None:
    address = url or reverse("workflows:engagement-detail", args=[engagement.pk])
    for person in dict.fromkeys(people):
        if person != by:
            notify(
                kind=TOLD,
                subject=words.subject,
                text=words.text,
                url=address,
                now=now,
                person=person,
                obligation=engagement.pk,
            )

"""How somebody from outside comes to speak for a city: a link by mail, a claim, the program's answer."""

import secrets
import uuid
from contextlib import suppress
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.deadlines import program_calendar
from cases.enums import WorkKind
from cases.errors import CaseOpenAlready, ReasonNeeded, WorkItemClosed
from cases.models import WorkItem
from cases.services import close_work_item, open_work_item
from cases.steps import CLAIM
from cities.models import City
from core import audit
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.pagekit_dates import moment_in_words
from core.transitions import advance, authorize
from notifications.selectors import say
from notifications.services import notify, nudge
from notifications.wordings import Words
from people.enums import Role
from people.models import User
from people.selectors import account_of
from people.services import affiliate, create_person, system_user
from people.services.invitations import digest_of
from workflows.enums import ClaimStatus
from workflows.flows.owing import program_office
from workflows.models import ApplyLink, Claim
from workflows.selectors import claim_of, leads_of
from workflows.services.application import open_case_and_start
from workflows.transitions import TABLE, Action
from workflows.wordings import access

VALID_FOR = timedelta(days=2)
MAILS_A_DAY = 3
APPLYING = "workflows.applying"
ANSWERED = "workflows.claim_answered"
JOINED = "workflows.lead_joined"


class ApplyLinkGone(NotFound):
    """Unknown, expired or used: nobody is told which."""


class ClaimOpenAlready(WrongState):
    """One question at a time: the program has not answered the last one."""

    title = gettext_lazy("You have asked already")


class ClaimAnswered(WorkItemClosed):
    """Somebody of the program has answered meanwhile; says who, when and what."""

    title = gettext_lazy("This is answered already")

    def __init__(self, claim: Claim) -> None:
        answers = {
            ClaimStatus.CONFIRMED: _("%(who)s confirmed on %(when)s that %(person)s speaks for %(city)s."),
            ClaimStatus.DECLINED: _("%(who)s declined on %(when)s that %(person)s speaks for %(city)s."),
        }
        zone = timezone.get_current_timezone_name()
        when = moment_in_words(claim.answered_at, zone)  # type: ignore[arg-type]  # -- it is answered
        words = {"who": claim.answered_by, "when": when, "person": claim.person, "city": claim.place}
        detail = answers[ClaimStatus(claim.status)] % words
        super().__init__(detail, closed_by_id=claim.answered_by_id)


@transaction.atomic
def send_apply_link(*, address: str, now: datetime) -> None:
    """Mail a link to an address, three times a day at most. Looks at nothing else that is known of it."""
    address = address.strip().lower()
    with connection.cursor() as cursor:
        # Requests for one address come one after the other, or a burst would outrun the count.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [APPLYING, address])
    if ApplyLink.objects.filter(address=address, sent_at__gt=now - timedelta(days=1)).count() >= MAILS_A_DAY:
        transaction.on_commit(nudge)  # so that the answer takes as long as the other one
        return
    token = secrets.token_urlsafe(32)
    ApplyLink.objects.create(
        address=address, token_hash=digest_of(token), sent_at=now, expires_at=now + VALID_FOR
    )
    words = say(access.APPLY_LINK, {})
    notify(
        kind=APPLYING,
        subject=words.subject,
        text=words.text,
        url=reverse("workflows:apply-claim", args=[quote(token)]),
        now=now,
        address=address,
    )


@transaction.atomic
def claim_city(
    *,
    token: str,
    by: User | None,
    job: str,
    city: City | None,
    now: datetime,
    city_in_words: str = "",
    name: str = "",
    password: str = "",
) -> Claim:
    """Keep who says that they speak for which city, and put it on the program's desk.

    Without an account one is made, which may do nothing until the program confirms. Of two uses of a link
    at once one counts. Raises ApplyLinkGone, NotAllowed for somebody else's link, WrongState.
    """
    link = ApplyLink.objects.select_for_update().usable(now).filter(token_hash=digest_of(token)).first()
    if link is None:
        raise ApplyLinkGone(_("This link does not work, or not any more."))
    if account_of(link.address) != by:
        raise NotAllowed(_("Sign in with the account that has the address to which the link was sent."))
    person = by or create_person(email=link.address, name=name, password=password, by=system_user(), now=now)
    _require_new(person, city, now=now)
    link.used_at, link.used_by = now, person
    link.save(update_fields=["used_at", "used_by"])
    claim = Claim.objects.create(
        person=person,
        address=link.address,
        job=job.strip(),
        city=city,
        city_in_words="" if city else city_in_words.strip(),
        made_at=now,
    )
    audit.record("workflows.claim_made", by=person, target=claim, now=now, new={"city": claim.place})
    open_work_item(
        case=None,
        city=city,
        step=CLAIM.code,
        kind=WorkKind.CLAIM,
        organization=program_office(),
        subject=claim.pk,
        by=person,
        now=now,
    )
    return claim


def _require_new(person: User, city: City | None, *, now: datetime) -> None:
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if Claim.objects.filter(person=locked, status=ClaimStatus.OPEN).exists():
        raise ClaimOpenAlready(_("The program has not answered yet. Your desk says by when it will."))
    if city and leads_of(city, on=_today(now)).filter(person=person).exists():
        raise WrongState(_("You lead this city already. Your desk shows what it owes."))


@transaction.atomic
def confirm_claim(*, work_item_id: uuid.UUID, city: City | None, by: User, now: datetime) -> Claim:
    """The person speaks for the city: they become its lead, and its application opens if no case is open.

    `city` is the one on record where the person named it in words, or named the wrong one.
    """
    item, claim = _locked(work_item_id, Action.CONFIRM_CLAIM, by=by)
    place = city or claim.city
    if place is None:
        raise InvalidInput(errors={"city": [_("Choose the city on record that the person speaks for.")]})
    if not claim.person.is_active:
        raise WrongState(_("This person's account is deactivated. Reactivate it first, or decline."))
    claim.city = place
    _answer(Action.CONFIRM_CLAIM, item, claim, by=by, now=now)
    _make_lead(claim.person, place, by=by, now=now)
    with suppress(CaseOpenAlready):
        open_case_and_start(city=place, by=by, now=now)
    _tell(claim, say(access.CLAIM_CONFIRMED, {"city": place.name}), now=now)
    return claim


@transaction.atomic
def decline_claim(*, work_item_id: uuid.UUID, reason: str, by: User, now: datetime) -> Claim:
    """The person does not speak for the city, for a reason that they read."""
    item, claim = _locked(work_item_id, Action.DECLINE_CLAIM, by=by)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say why; the person reads it.")]})
    claim.reason = reason.strip()
    _answer(Action.DECLINE_CLAIM, item, claim, by=by, now=now)
    values = {"city": claim.place, "reason": claim.reason}
    _tell(claim, say(access.CLAIM_DECLINED, values), now=now)
    return claim


def _locked(work_item_id: uuid.UUID, action: Action, *, by: User) -> tuple[WorkItem, Claim]:
    """No case is known yet: who answers locks the work item, and whoever comes second finds it answered."""
    seen = WorkItem.objects.visible_to(by).filter(pk=work_item_id, kind=WorkKind.CLAIM)
    item = WorkItem.objects.select_for_update(no_key=True).filter(pk__in=seen).first()
    if item is None:
        raise NotFound(_("There is no such work for you."))
    claim = claim_of(item)
    if claim.status != ClaimStatus.OPEN:
        raise ClaimAnswered(claim)
    authorize(TABLE[action], claim, by=by)
    return item, claim


def _answer(action: Action, item: WorkItem, claim: Claim, *, by: User, now: datetime) -> None:
    claim.answered_at, claim.answered_by = now, by
    new = {"person": claim.person.email, "city": claim.place}
    advance(TABLE[action], claim, by=by, now=now, dossier=None, new=new)
    close_work_item(item=item, by=by, now=now)


def _make_lead(person: User, city: City, *, by: User, now: datetime) -> None:
    """Whoever leads the city already learns of it: nobody takes part behind their back."""
    words = say(access.LEAD_JOINED, {"name": person.name, "city": city.name})
    for held in leads_of(city, on=_today(now)).exclude(person=person):
        notify(
            kind=JOINED,
            subject=words.subject,
            text=words.text,
            url=reverse("workflows:people-list"),
            now=now,
            person=held.person,
        )
    affiliate(
        person=person,
        organization=city.organization,
        role=Role.CITY_LEAD,
        since=_today(now),
        by=by,
        now=now,
    )


def _today(now: datetime) -> date:
    return program_calendar().local_day(now)


def _tell(claim: Claim, words: Words, *, now: datetime) -> None:
    notify(
        kind=ANSWERED,
        subject=words.subject,
        text=words.text,
        url=reverse("workflows:desk"),
        now=now,
        person=claim.person,
    )

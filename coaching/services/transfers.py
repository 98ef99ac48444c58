"""Handing an engagement over to another coach or partner, who accept or decline; the row stays the same."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases.deadlines import calendar_of
from cases.enums import Party, WorkKind
from cases.errors import ReasonNeeded
from cases.models import WorkItem
from cases.services import close_work_item, hand_over_work_item, open_work_item
from cases.services.case import require
from cases.steps import TRANSFER
from coaching.assigning import may_not_coach
from coaching.enums import RUNNING
from coaching.models import Engagement, PartnerProfile, Transfer
from coaching.selectors import coaches_of
from coaching.services.parts import begin_part, end_part_of_partner
from coaching.transitions import TABLE, Action
from core import audit
from core.errors import InvalidInput, NotAllowed, WrongState
from core.transitions import advance, authorize
from core.words import sound_text
from people.enums import Role
from people.models import Organization, User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES

LONGEST = 4000


def offer_transfer(
    *, engagement: Engagement, partner: Organization, coach: User | None, note: str, by: User, now: datetime
) -> Transfer:
    """Ask a colleague or another partner to take the engagement over; they read the note, the city does not.

    A coach may ask a colleague; another partner is asked by the partner's lead or the program, and names its
    coach when it has accepted. Raises NotAllowed, WrongState, InvalidInput.
    """
    require(by, Permission.TRANSFER_ENGAGEMENT, engagement)
    if engagement.status not in RUNNING:
        raise WrongState(_("Only an engagement that is accepted and not closed can be handed over."))
    if engagement.transfers.open().exists():
        raise WrongState(_("It is offered to somebody already. Call that off first."))
    if not note.strip():
        raise InvalidInput(errors={"note": [_("Say what whoever takes over has to know.")]})
    if partner == engagement.partner:
        _require_colleague(engagement, coach, now=now)
    else:
        _require_other_partner(engagement, partner, by=by)
    transfer = Transfer.objects.create(
        engagement=engagement,
        from_partner=engagement.partner,
        from_coach=engagement.coach,
        to_partner=partner,
        to_coach=coach,
        note=sound_text(note, longest=LONGEST),
        offered_at=now,
        offered_by=by,
    )
    open_work_item(
        case=engagement.case,
        step=TRANSFER.code,
        kind=WorkKind.TRANSFER,
        organization=partner,
        owner=coach,
        subject=transfer.pk,
        by=by,
        now=now,
    )
    new = {"partner": partner.slug, "coach": coach.email if coach else None}
    audit.record(
        "coaching.transfer_offered", by=by, target=transfer, now=now, dossier=engagement.case_id, new=new
    )
    return transfer


def _require_colleague(engagement: Engagement, coach: User | None, *, now: datetime) -> None:
    if engagement.coach_assigned_at is None:
        raise WrongState(_("No coach is assigned yet; assign one instead."))
    today = calendar_of(engagement.partner).local_day(now)
    colleagues = coaches_of(engagement.partner, today=today).exclude(pk=engagement.coach_id)
    if coach is None or not colleagues.filter(pk=coach.pk).exists():
        raise InvalidInput(errors={"to": [_("Choose another coach of your organization.")]})
    if may_not_coach([coach], [engagement], now=now):
        text = _("%(name)s works for %(city)s, or did within three years, and can't coach it.")
        raise InvalidInput(errors={"to": [text % {"name": coach, "city": engagement.case.city}]})


def _require_other_partner(engagement: Engagement, partner: Organization, *, by: User) -> None:
    decides = by.has_role(*PROGRAM_ROLES) or engagement.partner_id in by.organizations_as(Role.PARTNER_LEAD)
    if not decides:
        raise NotAllowed(_("Another partner is asked by the lead of yours, or by the program."))
    profile = PartnerProfile.objects.filter(organization=partner).first()
    codes = set(engagement.areas.values_list("code", flat=True))
    if profile is None or not codes <= set(profile.area_codes):
        text = _("%(name)s does not coach all areas of this engagement.") % {"name": partner}
        raise InvalidInput(errors={"to": [text]})


def accept_transfer(*, transfer: Transfer, by: User, now: datetime) -> Transfer:
    """Say yes. The caller in `workflows` then moves the engagement to the coach, or to the partner."""
    return _answer(Action.ACCEPT_TRANSFER, transfer, by=by, now=now)


def decline_transfer(*, transfer: Transfer, reason: str, by: User, now: datetime) -> Transfer:
    """Say no, with a reason for whoever asked; nothing changes."""
    authorize(TABLE[Action.DECLINE_TRANSFER], transfer, by=by)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say why, so that somebody else can be found.")]})
    transfer.reason = reason.strip()
    return _answer(Action.DECLINE_TRANSFER, transfer, by=by, now=now)


def withdraw_transfer(*, transfer: Transfer, by: User, now: datetime) -> Transfer:
    """Call the offer off before it is answered."""
    authorize(TABLE[Action.WITHDRAW_TRANSFER], transfer, by=by, part=transfer.engagement)
    return _end(Action.WITHDRAW_TRANSFER, transfer, by=by, now=now)


def end_transfer(*, engagement: Engagement, by: User, now: datetime) -> None:
    """An offer that is not answered ends with the engagement, or when its coach changes otherwise."""
    for transfer in engagement.transfers.open():
        _end(Action.WITHDRAW_TRANSFER, transfer, by=by, now=now)


def _answer(action: Action, transfer: Transfer, *, by: User, now: datetime) -> Transfer:
    authorize(TABLE[action], transfer, by=by)
    return _end(action, transfer, by=by, now=now)


def _end(action: Action, transfer: Transfer, *, by: User, now: datetime) -> Transfer:
    transfer.answered_at, transfer.answered_by = now, by
    for item in WorkItem.objects.open().filter(subject=transfer.pk, kind=WorkKind.TRANSFER):
        close_work_item(item=item, by=by, now=now)
    new = {"partner": transfer.to_partner.slug}
    return advance(TABLE[action], transfer, by=by, now=now, dossier=transfer.engagement.case_id, new=new)


def change_partner(*, engagement: Engagement, partner: Organization, by: User, now: datetime) -> Engagement:
    """Another partner has the engagement with its open work, whose dates stay; its lead names the coach.

    The former partner's rights in the case end, and its own notes stay its own.
    """
    end_part_of_partner(engagement, by=by, now=now)
    engagement.partner, engagement.coach = partner, None
    engagement.save(update_fields=["partner", "coach"])
    begin_part(engagement, by=by, now=now)
    for item in WorkItem.objects.open().filter(subject=engagement.pk, party=Party.PARTNER):
        item.organization = partner
        item.save(update_fields=["organization"])
        hand_over_work_item(item=item, owner=None, by=by, now=now)
    return engagement

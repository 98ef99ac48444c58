import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.commitment import WORDING, commitment_text
from cases.deadlines import program_calendar
from cases.errors import AskedTooOften, SignatureGone
from cases.models import Application, SignatureRequest
from cases.selectors import request_behind
from cases.transitions import TABLE, Action
from core import audit
from core.errors import InvalidInput
from core.transitions import advance, authorize
from people.enums import Role
from people.models import Affiliation, User
from people.selectors import account_of
from people.services import system_user
from people.services.invitations import digest_of

VALID_FOR = timedelta(days=14)
ASKED_A_DAY = 3


def ask_for_signature(*, application: Application, by: User, now: datetime) -> tuple[SignatureRequest, str]:
    """Ask whom the application names as signer; an earlier request, signed or not, counts no more.

    Returns the request and its token, which is kept nowhere. Raises InvalidInput while name, office or
    address are missing, or the address is of whoever applies; AskedTooOften after three requests in a day.
    """
    row = TABLE[Action.ASK_FOR_SIGNATURE]
    authorize(row, application, by=by)
    _require_whom(application)
    _require_somebody_else(application, by=by, now=now)
    _require_patience(application, now=now)
    application.signature_requests.filter(superseded_at__isnull=True).update(
        superseded_at=now, superseded_by=by
    )
    case, token = application.case, secrets.token_urlsafe(32)
    request = SignatureRequest.objects.create(
        application=application,
        name=application.signer_name,
        title=application.signer_title,
        address=application.signer_address,
        commitment=commitment_text(city=case.city.name, standard=case.standard.title),
        standard=case.standard,
        wording=WORDING,
        token_hash=digest_of(token),
        expires_at=now + VALID_FOR,
        asked_at=now,
        asked_by=by,
    )
    new = {"name": request.name, "title": request.title, "address": request.address}
    advance(row, application, by=by, now=now, dossier=case.pk, new=new)
    return request, token


def _require_whom(application: Application) -> None:
    missing = [
        field
        for field in ("signer_name", "signer_title", "signer_address")
        if not getattr(application, field)
    ]
    if missing:
        raise InvalidInput(errors={field: [_("Fill this in to ask for the signature.")] for field in missing})


def _require_somebody_else(application: Application, *, by: User, now: datetime) -> None:
    """Whoever writes the application can't sign for it as well; a sponsor with an account can."""
    owner = account_of(application.signer_address)
    applying = Affiliation.objects.active(program_calendar().local_day(now)).filter(
        person=owner,
        organization=application.case.city.organization_id,
        role__in=[Role.CITY_LEAD, Role.CITY_CONTRIBUTOR],
    )
    if owner and (owner == by or applying.exists()):
        text = _("Somebody who works on this application has this address. Enter the sponsor's own.")
        raise InvalidInput(errors={"signer_address": [text]})


def _require_patience(application: Application, *, now: datetime) -> None:
    """Neither one application nor several together may flood somebody with mail."""
    lately = SignatureRequest.objects.filter(asked_at__gt=now - timedelta(days=1))
    same = lately.filter(Q(application=application) | Q(address=application.signer_address))
    if same.count() >= ASKED_A_DAY:
        raise AskedTooOften(_("Three mails in a day are enough. Ask again tomorrow, or talk to the sponsor."))


def sign_commitment(
    *, token: str, name: str, title: str, origin: str, agent: str, now: datetime
) -> SignatureRequest:
    """Record who signed, when, from which network address and with what. The caller holds the case's lock.

    Of two at once one signs. Raises SignatureGone for a token that does not work, or not any more.
    """
    request = request_behind(token, now=now)
    if request is None:
        raise SignatureGone(_("This link does not work, or not any more."))
    request.signed_at, request.signed_name, request.signed_title = now, name.strip(), title.strip()
    request.signed_from, request.signed_with = origin, agent[:300]
    request.save(update_fields=["signed_at", "signed_name", "signed_title", "signed_from", "signed_with"])
    audit.record(
        "cases.commitment_signed",
        by=system_user(),
        target=request,
        now=now,
        dossier=request.application.case_id,
        new={"name": request.signed_name, "title": request.signed_title},
    )
    return request

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole
from cases.errors import ReasonNeeded
from cases.models import Case
from cases.services import begin_participation, end_participations
from cases.services.case import require
from certification.enums import Choice, DecisionStatus
from certification.errors import LevelNotReached, QuorumNotReached, VoteCast
from certification.models import Assessment, Certificate, Decision, Recusal, Vote
from certification.packet import build_packet, checksum
from certification.selectors import committee_for, result_of, tally_of
from certification.services.appeals import require_no_open_appeal
from certification.services.expiries import plan_certificate
from certification.transitions import TABLE, Action
from core import audit
from core.errors import InvalidInput, WrongState
from core.transitions import advance, authorize
from people.models import User
from people.permissions import Permission


def open_packet(
    *, assessment: Assessment, coaching: list[dict[str, Any]], by: User, now: datetime
) -> Decision:
    """Freeze the packet and seat every committee member without a conflict of interest.

    Raises AppealOpen, LevelNotReached, or QuorumNotReached when too few are free of a conflict.
    """
    case = assessment.case
    require(by, Permission.OPEN_PACKET, case)
    require_no_open_appeal(case)
    score = result_of(assessment)
    if score.level is None:
        raise LevelNotReached(
            _("The validated result reaches no level, so the committee has nothing to decide.")
        )
    members = committee_for(case, today=program_calendar().local_day(now)).free
    _require_enough(members, case.standard.quorum)
    packet = build_packet(assessment, score, coaching)
    decision = Decision.objects.create(
        case=case,
        assessment=assessment,
        level=case.standard.levels.get(slug=score.level),
        packet=packet,
        packet_sha256=checksum(packet),
        opened_at=now,
        opened_by=by,
    )
    for member in members:
        begin_participation(case=case, role=ParticipationRole.COMMITTEE, person=member, by=by, now=now)
    new = {"sha256": decision.packet_sha256, "seated": len(members)}
    audit.record("certification.packet_opened", by=by, target=decision, now=now, dossier=case.pk, new=new)
    return decision


def _require_enough(members: list[User], quorum: int) -> None:
    if len(members) < quorum:
        text = _("%(free)s committee members are free of a conflict of interest; the quorum is %(quorum)s.")
        raise QuorumNotReached(text % {"free": len(members), "quorum": quorum})


def cast_vote(*, decision: Decision, choice: str, reason: str, by: User, now: datetime) -> Vote:
    """Cast one sealed, final vote. Raises VoteCast for a second one."""
    row = TABLE[Action.CAST_VOTE]
    authorize(row, decision, by=by)
    if choice not in Choice.values:
        raise InvalidInput(errors={"choice": [_("Choose certify or not yet.")]})
    if choice == Choice.NOT_YET and not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say what is missing; the city reads the reasons.")]})
    _require_no_answer(decision, by)
    vote = Vote(decision=decision, member=by, choice=choice, reason=reason.strip(), cast_at=now)
    _insert_once(vote)
    audit.record(row.event, by=by, target=vote, now=now, dossier=decision.case_id, new={"choice": "sealed"})
    return vote


def recuse(*, decision: Decision, reason: str, by: User, now: datetime) -> Recusal:
    """Stand aside from this decision; the reason is recorded."""
    authorize(TABLE[Action.CAST_VOTE], decision, by=by)
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [_("Say why you stand aside.")]})
    _require_no_answer(decision, by)
    recusal = Recusal(decision=decision, member=by, reason=reason.strip(), recused_at=now)
    _insert_once(recusal)
    audit.record("certification.member_recused", by=by, target=recusal, now=now, dossier=decision.case_id)
    return recusal


def _require_no_answer(decision: Decision, member: User) -> None:
    if decision.votes.filter(member=member).exists() or decision.recusals.filter(member=member).exists():
        raise VoteCast(_("A vote is final and counts once."))


def _insert_once(row: Vote | Recusal) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise VoteCast(_("A vote is final and counts once.")) from error


def seat_newcomers(*, decision: Decision, by: User, now: datetime) -> list[User]:
    """Seat committee members who joined, or became free of a conflict, since the vote was opened.

    The way on when so many stood aside that the quorum is out of reach. Raises WrongState when nobody is.
    """
    row = TABLE[Action.SEAT_NEWCOMERS]
    authorize(row, decision, by=by)
    seats = decision.case.participations.filter(
        role=ParticipationRole.COMMITTEE, since__gte=decision.opened_at
    )
    seated = set(seats.values_list("person_id", flat=True))
    free = committee_for(decision.case, today=program_calendar().local_day(now)).free
    newcomers = [member for member in free if member.pk not in seated]
    if not newcomers:
        raise WrongState(_("No further committee member is free of a conflict. Invite one first."))
    for member in newcomers:
        begin_participation(
            case=decision.case, role=ParticipationRole.COMMITTEE, person=member, by=by, now=now
        )
    new = {"seated": len(newcomers)}
    audit.record(row.event, by=by, target=decision, now=now, dossier=decision.case_id, new=new)
    return newcomers


def close_vote(*, decision: Decision, by: User, now: datetime, authorized: bool = False) -> Decision:
    """Unseal the votes and record the outcome. Raises QuorumNotReached.

    `authorized` is for the last member's vote, which closes the vote by itself.
    """
    row = TABLE[Action.CLOSE_VOTE]
    if not authorized:
        authorize(row, decision, by=by)
    tally = tally_of(decision)
    if not tally.quorum_reached:
        text = _("%(cast)s of the %(quorum)s votes that the standard asks for are in.")
        raise QuorumNotReached(text % {"cast": tally.cast, "quorum": tally.quorum})
    votes = list(decision.votes.select_related("member").order_by("pk"))
    _unseal(votes, decision, by=by, now=now)
    decision.decided_at = now
    decision.reasons = "\n\n".join(vote.reason for vote in votes if vote.choice == Choice.NOT_YET)
    decision.status = DecisionStatus.CERTIFY if tally.carried else DecisionStatus.NOT_YET
    decision.save(update_fields=["decided_at", "reasons", "status"])
    _clear_seats(decision.case, by=by, now=now)
    new = {"outcome": decision.status, "certify": tally.certify, "cast": tally.cast, "recused": tally.recused}
    audit.record(row.event, by=by, target=decision, now=now, dossier=decision.case_id, new=new)
    return decision


def _unseal(votes: Iterable[Vote], decision: Decision, *, by: User, now: datetime) -> None:
    for vote in votes:
        new = {"member": vote.member.email, "choice": vote.choice}
        audit.record(
            "certification.vote_unsealed", by=by, target=vote, now=now, dossier=decision.case_id, new=new
        )


def _clear_seats(case: Case, *, by: User, now: datetime) -> None:
    seats = case.participations.filter(role=ParticipationRole.COMMITTEE, until__isnull=True)
    end_participations(participations=seats, by=by, now=now)


def schedule_announcement(*, decision: Decision, announce_on: date, by: User, now: datetime) -> Decision:
    """Set the day of the announcement, today or later, and approve the publication."""
    row = TABLE[Action.SCHEDULE]
    authorize(row, decision, by=by)
    if announce_on < program_calendar().local_day(now):
        raise InvalidInput(errors={"announce_on": [_("Choose today or a later day.")]})
    decision.announce_on = announce_on
    decision.scheduled_at, decision.scheduled_by = now, by
    new = {"announce_on": announce_on.isoformat()}
    return advance(row, decision, by=by, now=now, dossier=decision.case_id, new=new)


def is_due(decision: Decision, *, now: datetime) -> bool:
    """Whether the day of the announcement has come in the program's time zone."""
    return decision.announce_on is not None and decision.announce_on <= program_calendar().local_day(now)


def publish_decision(*, decision: Decision, by: User, now: datetime) -> Certificate:
    """Issue the certificate. Only a scheduled decision whose day has come can be published, and once."""
    if decision.status != DecisionStatus.SCHEDULED or not is_due(decision, now=now):
        raise WrongState(_("The announcement is not due."))
    decision.status = DecisionStatus.PUBLISHED
    decision.published_at, decision.published_by = now, by
    decision.save(update_fields=["status", "published_at", "published_by"])
    certificate = _issue(decision)
    plan_certificate(certificate=certificate, now=now)
    new = {"number": certificate.number, "level": decision.level.slug}
    audit.record(
        "certification.certificate_issued",
        by=by,
        target=certificate,
        now=now,
        dossier=decision.case_id,
        new=new,
    )
    return certificate


def _issue(decision: Decision) -> Certificate:
    """The certificate with the next free number of its cohort year, also when two are issued at once."""
    if decision.announce_on is None or decision.decided_at is None:
        raise WrongState(_("The announcement is not due."))
    year = decision.case.cohort_year
    years = relativedelta(years=decision.case.standard.validity_years)
    while True:
        taken = Certificate.objects.filter(cohort_year=year).count()
        certificate = Certificate(
            number=f"MP-{year}-{taken + 1:04d}",
            decision=decision,
            case=decision.case,
            level=decision.level,
            cohort_year=year,
            issued_on=program_calendar().local_day(decision.decided_at),
            announced_on=decision.announce_on,
            expires_on=decision.announce_on + years,
        )
        try:
            with transaction.atomic():
                certificate.save(force_insert=True)
        except IntegrityError:
            continue
        return certificate


def cancel_decision(*, case: Case, by: User, now: datetime) -> None:
    """Set aside what is not published when a case ends early; sealed votes stay sealed."""
    pending = case.decisions.exclude(
        status__in=[DecisionStatus.PUBLISHED, DecisionStatus.NOT_YET, DecisionStatus.CANCELLED]
    )
    for decision in pending:
        decision.status = DecisionStatus.CANCELLED
        decision.save(update_fields=["status"])
        audit.record("certification.decision_cancelled", by=by, target=decision, now=now, dossier=case.pk)
    _clear_seats(case, by=by, now=now)

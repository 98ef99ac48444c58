"""What pages show of cases and work, for one reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.enums import ParticipationRole, Party, Stage
from cases.models import Application, Case, Participation, WorkItem
from cases.querysets import WorkItemQuerySet
from cases.rules import assesses_this_case, belongs_to_this_city, is_program
from cases.selectors import LEVEL_UP_DAYS
from certification.enums import DecisionStatus
from certification.models import Decision
from certification.rules import coaches_this_city
from certification.selectors import SEALED, highest_certificates
from cities.models import City
from core import audit
from core.audit import Audience
from core.errors import Text
from core.models import AuditEvent
from people.enums import Role
from people.models import Affiliation, Organization, User
from people.querysets import AffiliationQuerySet
from people.roles import CITY_ROLES, PROGRAM_ROLES
from workflows.enums import ClaimStatus
from workflows.models import Claim
from workflows.status import standing_of


def open_work_for(user: User) -> WorkItemQuerySet:
    """Everything that this person may do now, on every case, due first at the top.

    A committee vote is on the desk of each seated member who has neither voted nor stood aside.
    """
    if not user.is_active:
        return WorkItem.objects.none()
    owed = WorkItem.objects.owed_by(user).exclude(party=Party.COMMITTEE)
    votes = WorkItem.objects.open().filter(party=Party.COMMITTEE, case__in=_cases_to_vote_on(user))
    mine = Q(pk__in=owed.values("pk")) | Q(pk__in=votes.values("pk"))
    return WorkItem.objects.visible_to(user).filter(mine)


def _cases_to_vote_on(user: User) -> QuerySet[Any]:
    seats = Participation.objects.filter(person=user, role=ParticipationRole.COMMITTEE, until__isnull=True)
    open_votes = Decision.objects.filter(status=DecisionStatus.VOTING, case__in=seats.values("case"))
    answered = Q(votes__member=user) | Q(recusals__member=user)
    return open_votes.exclude(answered).values("case")


def may_do(user: User, item: WorkItem) -> bool:
    """Whether this person finds the item on their desk."""
    return open_work_for(user).filter(pk=item.pk).exists()


def waiting_on_others_for(user: User) -> WorkItemQuerySet:
    """Open work that somebody else owes on the cases this person takes part in or whose city is theirs."""
    mine = Participation.objects.filter(
        Q(person=user) | Q(organization__in=[held.organization_id for held in user.active_affiliations]),
        until__isnull=True,
    )
    cases = Case.objects.running().filter(pk__in=mine.values("case"))
    others = told_work(WorkItem.objects.visible_to(user).open().filter(case__in=cases), user=user)
    return others.exclude(pk__in=open_work_for(user).values("pk"))


DECISION_STEPS = ("open_packet", "vote", "announce")


def told_work(items: WorkItemQuerySet, *, user: User) -> WorkItemQuerySet:
    """Leave out what would tell how a sealed decision stands to readers other than program and city."""
    if user.has_role(*PROGRAM_ROLES):
        return items
    sealed = Decision.objects.filter(status__in=SEALED).exclude(
        case__city__organization__in=user.organizations_as(*CITY_ROLES)
    )
    return items.exclude(step__in=DECISION_STEPS, case__in=sealed.values("case"))


def cities_to_invite(user: User, *, today: date) -> QuerySet[City]:
    """Cities whose lead is asked to begin an application: none is open, and there is something to win by it.

    With the highest level and a long time to run there is not, though a lead who wants to may begin one.
    """
    led = City.objects.filter(organization__in=user.organizations_as(Role.CITY_LEAD))
    settled = highest_certificates(today=today + timedelta(days=LEVEL_UP_DAYS))
    idle = led.exclude(pk__in=Case.objects.running().values("city"))
    return idle.exclude(pk__in=settled.values("case__city")).for_list()


def claim_of(item: WorkItem) -> Claim:
    """What a piece of work of that kind is about."""
    if item.subject is None:
        raise Claim.DoesNotExist
    return Claim.objects.for_detail().get(pk=item.subject)


def last_claim_of(user: User) -> Claim | None:
    """What somebody last asked for: while it waits, or when it was declined and they belong nowhere."""
    claim = Claim.objects.visible_to(user).for_detail().filter(person=user).first()
    if claim is None or claim.status == ClaimStatus.CONFIRMED:
        return None
    told = claim.status == ClaimStatus.OPEN or not user.active_affiliations
    return claim if told else None


def leads_of(city: City, *, on: date) -> AffiliationQuerySet:
    """Who leads the city on a day, with an account that is in use."""
    held = Affiliation.objects.active(on).filter(organization=city.organization_id, role=Role.CITY_LEAD)
    return held.filter(person__is_active=True).select_related("person").order_by("since", "pk")


@dataclass(frozen=True)
class CityRecord:
    """What the program knows of a city when somebody says that they speak for it; `level` is announced."""

    leads: list[User]
    case: Case | None
    level: str


def record_of(city: City, *, on: date) -> CityRecord:
    leads = [held.person for held in leads_of(city, on=on)]
    case = Case.objects.running().filter(city=city).first()
    return CityRecord(leads, case, standing_of(city, today=on).level)


def other_claims(claim: Claim, *, user: User) -> list[Claim]:
    """What else the person asked for, and who else asked for the city."""
    same = Q(person=claim.person_id)
    if claim.city_id:
        same |= Q(city=claim.city_id)
    return list(Claim.objects.visible_to(user).for_detail().filter(same).exclude(pk=claim.pk)[:10])


def audiences_of(user: User, case: Case) -> set[Audience]:
    """Which events of the case's history this person may read."""
    if not user.is_active:
        return set()
    found = {Audience.STATUS}
    if is_program(user, case):
        return set(Audience)
    if belongs_to_this_city(user, case):
        found |= {Audience.CITY, Audience.COACHING, Audience.ASSESSMENT}
    if coaches_this_city(user, case):
        found |= {Audience.COACHING}
    if assesses_this_case(user, case):
        found |= {Audience.ASSESSMENT}
    return found


def people_told(participations: list[Participation], case: Case, *, user: User) -> list[Participation]:
    """Who takes part, as far as the person may know: the committee's seats are the program's to see."""
    if is_program(user, case):
        return participations
    return [part for part in participations if part.role != ParticipationRole.COMMITTEE]


def signature_told(application: Application, *, user: User, now: datetime) -> dict[str, Any]:
    """The sponsor's signature as pages show it; the network address is the program's to see."""
    signature = application.signature
    return {
        "signature": signature,
        "signature_state": signature.state(now) if signature else None,
        "sees_origin": is_program(user),
    }


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    sentence: Text
    at: datetime
    actor_label: str
    detail: str = ""


ROUTINE = (
    "certification.answer_saved",
    "certification.comment_written",
    "certification.story_told",
    "certification.story_changed",
    "certification.story_removed",
    "certification.internal_comment_written",
    "certification.evidence_added",
    "certification.evidence_attached",
    "certification.evidence_removed",
    "certification.evidence_replaced",
    "certification.finding_saved",
    "certification.visit_noted",
    "certification.vote_unsealed",
    "cases.application_saved",
    "cases.message_sent",
    "cases.internal_message_sent",
    "cases.work_opened",
    "cases.work_closed",
    "cases.participation_begun",
    "cases.participation_ended",
)


APPEALS = (
    "certification.appeal_filed",
    "certification.finding_upheld",
    "certification.appeal_granted",
    "certification.appeal_lapsed",
)


def timeline_of(case: Case, *, user: User, limit: int = 100) -> list[Entry]:
    """What happened in the case, newest first, as far as this person may read it; typing is left out."""
    audiences = audiences_of(user, case)
    names = [name for name in audit.names_for(audiences) if name not in ROUTINE]
    events = AuditEvent.objects.filter(dossier=case.pk, action__in=names).select_related("actor")[:limit]
    partners = _partner_names(events)
    return [_entry(event, partners, audiences) for event in events]


def _partner_names(events: Iterable[AuditEvent]) -> dict[str, str]:
    slugs = {event.new["partner"] for event in events if "partner" in event.new}
    return dict(Organization.objects.filter(slug__in=slugs).values_list("slug", "name"))


def _entry(event: AuditEvent, partners: dict[str, str], audiences: set[Audience]) -> Entry:
    sentence = audit.registered(event.action).sentence
    return Entry(sentence, event.at, str(event.actor), _detail(event, partners, audiences))


def _detail(event: AuditEvent, partners: dict[str, str], audiences: set[Audience]) -> str:
    """The words that belong to an event; who follows the status only learns no reason and no score."""
    new = event.new
    if "partner" in new:
        return partners.get(new["partner"], new["partner"])
    if event.action == "cases.stage_entered":
        return str(Stage(new["stage"]).label)
    if event.action in {"cases.changes_requested", "cases.hold_placed"} and Audience.CITY in audiences:
        return str(new.get("reason", ""))
    if event.action == "cases.commitment_signed":
        return f"{new['name']}, {new['title']}"
    if event.action == "certification.report_released" and audiences > {Audience.STATUS}:
        return _("%(met)s of %(of)s criteria met") % new
    return _criteria_of(event)


def _criteria_of(event: AuditEvent) -> str:
    if event.action in APPEALS:
        return str(event.new.get("criterion", ""))
    if event.action == "certification.assessment_returned":
        return ", ".join(event.new.get("returned", []))
    return ""

"""A small program with all its people, and a walk of one case to any step of the path.

def test_something(scene: Scene) -> None:
    item = scene.one("release_report")              # walks there; the open WorkItem
    services.release_report_and_route(work_item_id=item.pk, by=scene.manager, now=scene.now)
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from cases.deadlines import program_calendar
from cases.enums import ParticipationRole, Stage
from cases.models import Case, WorkItem
from certification.enums import Choice, Outcome, Path, Rating, ResponseStatus
from certification.models import Assessment, Decision, Finding, Response, Review
from certification.querysets import WITH_THE_CITY
from certification.selectors import current_assessment, result_of
from certification.services.results import Ruling
from cities.models import City
from coaching.models import Engagement, PartnerProfile
from coaching.services import Offer
from core.models import StoredFile
from people.enums import OrganizationKind, Role
from people.models import Affiliation, Organization, User
from people.services import system_user
from standards.models import Standard
from standards.services import load_standard
from workflows import services
from workflows.models import CityStatus

START = datetime(2025, 3, 3, 15, tzinfo=UTC)  # a Monday, 10 in the morning in New York
SINCE = date(2020, 1, 1)
MINUTE = timedelta(minutes=1)
CODES = ("DM1", "DM2", "OD1", "OD2", "WW1", "WW2")

STANDARD = b"""
slug: scene-v1
title: A small standard
effective_on: 2024-01-01
validity_years: 3
eligibility: {countries: [US], min_population: 30000}
decision: {quorum: 3, majority: 1/2}
levels:
  - {slug: silver, name: Silver, minimum: 50%}
  - {slug: gold, name: Gold, minimum: 80%}
  - {slug: platinum, name: Platinum, minimum: 100%}
areas:
  - code: DM
    name: Data management
    criteria:
      - code: DM1
        statement: Somebody answers for data.
        checks:
          need: 2
          of:
            - {text: There is a role.}
            - {text: It met this year., within_months: 12}
            - {text: It has a budget.}
      - {code: DM2, statement: There is an inventory.}
  - code: OD
    name: Open data
    criteria:
      - {code: OD1, statement: There is an open data policy.}
      - {code: OD2, statement: Data is published.}
  - code: WW
    name: What works
    criteria:
      - {code: WW1, statement: Programs are evaluated.}
      - {code: WW2, statement: Results change budgets.}
"""

FIRST_ROUND = ("DM1",)
LATER_ROUNDS = ("DM1", "DM2", "OD1", "OD2")

# On the way to a decision; coaching lies on it only when asked for.
STEPS_OF_COACHING = (
    "plan_coaching",
    "respond",
    "mend_plan",
    "assign_coach",
    "kick_off",
    "work",
    "close",
    "reassess",
)


def make_standard() -> Standard:
    return load_standard(source=STANDARD, by=system_user(), now=START).standard


def make_person(name: str, organization: Organization, *roles: Role, since: date = SINCE) -> User:
    """A person who can sign in by `force_login`; without roles somebody who belongs nowhere."""
    email = f"{name.lower().replace(' ', '.')}@{organization.slug}.example"
    person = User.objects.create(email=email, name=f"{name} of {organization.name}", password="!")
    person.emailaddress_set.create(email=email, verified=True, primary=True)
    Affiliation.objects.bulk_create(
        Affiliation(person=person, organization=organization, role=role, since=since) for role in roles
    )
    return person


def make_city(slug: str, name: str, **fields: Any) -> City:
    place = {"country": "US", "state": "NJ", "time_zone": "America/New_York"}
    place |= {key: fields.pop(key) for key in list(fields) if key in place}
    organization = Organization.objects.create(kind=OrganizationKind.CITY, slug=slug, name=name, **place)
    facts = {"kind": "City", "population": 159732, "population_year": 2020} | fields
    return City.objects.create(organization=organization, **facts)


def make_cities(count: int, *, start: int = 1) -> list[City]:
    """Many cities at once, `town-1` and so on."""
    organizations = Organization.objects.bulk_create(
        Organization(
            kind=OrganizationKind.CITY,
            slug=f"town-{n}",
            name=f"Town {n}",
            country="US",
            state="NJ",
            time_zone="America/New_York",
        )
        for n in range(start, start + count)
    )
    return City.objects.bulk_create(
        City(organization=one, kind="City", population=40000 + n, population_year=2020)
        for n, one in enumerate(organizations)
    )


@dataclass
class Partner:
    """A partner that coaches every area of the small standard."""

    organization: Organization
    lead: User
    coach: User
    second_coach: User

    @classmethod
    def make(cls, slug: str, name: str) -> "Partner":
        organization = Organization.objects.create(
            kind=OrganizationKind.PARTNER, slug=slug, name=name, country="US", time_zone="America/New_York"
        )
        PartnerProfile.objects.create(organization=organization, area_codes=["DM", "OD", "WW"], region="*")
        return cls(
            organization=organization,
            lead=make_person("Lead", organization, Role.PARTNER_LEAD),
            coach=make_person("Coach", organization, Role.COACH),
            second_coach=make_person("Second coach", organization, Role.COACH),
        )


@dataclass
class Scene:
    """One program, two cities, two partners. `now` is the scene's clock; every step takes a minute.

    The case belongs to `city`. `met` (later `met_later`) gives the codes that the city claims and the
    assessors find met in a round, `engagements` how many a plan offers. Change them before walking.
    """

    now: datetime = START
    met: dict[int, Collection[str]] = field(default_factory=lambda: {1: FIRST_ROUND})
    met_later: Collection[str] = LATER_ROUNDS
    engagements: int = 2
    announce_on: date | None = None
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.system = system_user()
        self.standard = make_standard()
        self.office = Organization.objects.create(
            kind=OrganizationKind.PROGRAM, slug="program", name="Program office", time_zone="America/New_York"
        )
        self.director = make_person("Director", self.office, Role.PROGRAM_DIRECTOR)
        self.manager = make_person("Manager", self.office, Role.PROGRAM_MANAGER)
        self.assessor, self.reconciler, self.other_assessor = (
            make_person(name, self.office, Role.ASSESSOR)
            for name in ("Assessor", "Reconciler", "Other assessor")
        )
        self.committee = [make_person(f"Member {n}", self.office, Role.COMMITTEE_MEMBER) for n in range(1, 6)]
        self.partner = Partner.make("first-partner", "First partner")
        self.other_partner = Partner.make("other-partner", "Other partner")
        self.city = make_city("paterson-nj", "Paterson")
        self.lead = make_person("Lead", self.city.organization, Role.CITY_LEAD)
        self.contributor = make_person("Contributor", self.city.organization, Role.CITY_CONTRIBUTOR)
        self.sponsor = make_person("Sponsor", self.city.organization, Role.CITY_SPONSOR)
        self.other_city = make_city("newark-nj", "Newark")
        self.other_lead = make_person("Lead", self.other_city.organization, Role.CITY_LEAD)
        self.other_contributor = make_person(
            "Contributor", self.other_city.organization, Role.CITY_CONTRIBUTOR
        )
        self.nobody = make_person("Nobody", self.office)
        self.deactivated = make_person("Former manager", self.office, Role.PROGRAM_MANAGER)
        User.objects.filter(pk=self.deactivated.pk).update(is_active=False)
        self.deactivated.is_active = False

    @staticmethod
    def sign_in(client: Client, person: User) -> Client:
        """The client, from now on as this person."""
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def fresh(self, person: User) -> User:
        """The same person as the next request sees them, with affiliations read anew."""
        return User.objects.get(pk=person.pk)

    @property
    def everyone(self) -> dict[str, User]:
        """Every kind of person by name, for tables of who may and who sees what."""
        return {
            "lead": self.lead,
            "contributor": self.contributor,
            "sponsor": self.sponsor,
            "other_lead": self.other_lead,
            "other_contributor": self.other_contributor,
            "partner_lead": self.partner.lead,
            "coach": self.partner.coach,
            "second_coach": self.partner.second_coach,
            "other_partner_lead": self.other_partner.lead,
            "other_coach": self.other_partner.coach,
            "assessor": self.assessor,
            "reconciler": self.reconciler,
            "other_assessor": self.other_assessor,
            "member": self.committee[0],
            "nobody": self.nobody,
            "manager": self.manager,
            "director": self.director,
            "deactivated": self.deactivated,
            "system": self.system,
        }

    # Where the case stands.

    def open_items(self, step: str = "") -> list[WorkItem]:
        """In the order of opening, those of the first partner before those of the other."""
        items = WorkItem.objects.open().filter(case=self.case).order_by("opened_at", "task_number")
        found = items.filter(step=step) if step else items
        return sorted(found, key=lambda item: item.organization_id == self.other_partner.organization.pk)

    def item(self, step: str) -> WorkItem:
        """The one open work item of this step."""
        (found,) = self.open_items(step)
        return found

    @property
    def stage(self) -> str:
        self.case.refresh_from_db()
        return self.case.stage

    @property
    def status(self) -> CityStatus:
        """What is published of the case's city now."""
        return CityStatus.objects.get(city=self.case.city_id)

    @property
    def assessment(self) -> Assessment:
        assessment = current_assessment(Case.objects.get(pk=self.case.pk))
        assert assessment is not None
        return assessment

    @property
    def decision(self) -> Decision:
        return Decision.objects.filter(case=self.case).latest("opened_at")

    def response(self, code: str) -> Response:
        return Response.objects.select_related("criterion", "assessment__case").get(
            assessment=self.assessment, criterion__code=code
        )

    def review_of(self, assessor: User) -> Review:
        return Review.objects.get(assessment=self.assessment, assessor=assessor)

    def engagement(self, partner: Partner | None = None) -> Engagement:
        organization = (partner or self.partner).organization
        return Engagement.objects.filter(case=self.case, partner=organization).latest("offered_at")

    # The walk.

    def open_case(self, city: City | None = None, by: User | None = None) -> Case:
        self.case = services.open_case_and_start(city=city or self.city, by=by or self.lead, now=self.now)
        return self.case

    def walk_to(self, step: str, *, until: Callable[[], bool] | None = None) -> list[WorkItem]:
        """Do every step before the first opening of this one; opens the case when there is none.

        Returns the open work items of the step; `certified` walks to the end. The way leads through coaching
        when the first round reaches no level, or when a step of the coaching is asked for.
        """
        if not hasattr(self, "case"):
            self.open_case()
        through_coaching = step in STEPS_OF_COACHING or step == "feedback"
        for _n in range(200):
            found = self.open_items(step)
            if found and (until is None or until()):
                return found
            waiting = [item for item in self.open_items() if item.step not in ("feedback", step)]
            if not waiting:
                assert step == self.stage or until, f"The walk ended at {self.stage} before {step}."
                return []
            self.do(waiting[0], through_coaching=through_coaching)
        raise AssertionError(f"The walk never came to {step}.")

    def one(self, step: str) -> WorkItem:
        """Walk to the step and return its first open work item."""
        return self.walk_to(step)[0]

    def walk_to_end(self) -> Case:
        self.walk_to(Stage.CERTIFIED)
        self.case.refresh_from_db()
        return self.case

    def do(self, item: WorkItem, *, through_coaching: bool = False) -> None:
        """Do one open step as whoever owes it."""
        if item.step == "choose_path":
            self.choose_path(item, Path.COACHING if through_coaching else None)
        else:
            getattr(self, item.step)(item)

    @property
    def today(self) -> date:
        """The program's day, which is the cities' too."""
        return program_calendar().local_day(self.now)

    def tick(self) -> datetime:
        self.now += MINUTE
        return self.now

    def do_step(self, step: str) -> None:
        """Do every open item of a step."""
        for item in self.open_items(step):
            self.do(item)

    def fill_application(self, **fields: Any) -> None:
        """The city's entries and the signed paper, written straight into the rows."""
        paper, _created = StoredFile.objects.get_or_create(
            sha256="0" * 64,
            defaults={
                "name": "commitment.txt",
                "content": "files/commitment",
                "content_type": "text/plain",
                "size": 12,
                "uploaded_at": self.now,
                "uploaded_by": self.lead,
            },
        )
        values = {
            "signer_name": "The sponsor",
            "signer_title": "Mayor",
            "signed_on": self.today,
            "paper": paper,
            "motivation": "To know where we stand.",
        }
        type(self.case.application).objects.filter(case=self.case).update(**values | fields)

    def apply(self, item: WorkItem) -> None:
        self.fill_application()
        services.submit_application_and_route(work_item_id=item.pk, by=self.lead, now=self.tick())

    def confirm(self, item: WorkItem, reason: str = "") -> None:
        services.accept_application_and_route(
            work_item_id=item.pk, reason=reason, by=self.manager, now=self.tick()
        )

    def answer(self, codes: Collection[str] | None = None, *, ticked: Sequence[int] = (1, 2, 3)) -> None:
        """Fill in every open answer without the autosave: met for the codes of the round, else not met."""
        assessment = self.assessment
        met = self.codes_met(assessment.round) if codes is None else codes
        waiting = list(assessment.responses.filter(status__in=WITH_THE_CITY).select_related("criterion"))
        for response in waiting:
            response.self_rating = Rating.MET if response.criterion.code in met else Rating.NOT_MET
            response.narrative = f"Answer to {response.criterion.code} in round {assessment.round}"
            response.version += 1
            response.saved_at, response.saved_by = self.now, self.lead
        fields = ["self_rating", "narrative", "version", "saved_at", "saved_by"]
        Response.objects.bulk_update(waiting, fields)
        for response in waiting:
            if response.self_rating == Rating.MET and response.criterion.need:
                response.ticked.set(response.criterion.checks.filter(position__in=[n - 1 for n in ticked]))

    def codes_met(self, number: int) -> Collection[str]:
        return self.met.get(number, self.met_later)

    def self_assess(self, item: WorkItem) -> None:
        self.answer()
        services.submit_assessment_and_route(work_item_id=item.pk, by=self.lead, now=self.tick())

    reassess = self_assess

    def assign_assessors(self, item: WorkItem) -> None:
        services.assign_assessors_and_route(
            work_item_id=item.pk,
            assessors=[self.assessor, self.reconciler],
            reconciler=self.reconciler,
            by=self.manager,
            now=self.tick(),
        )

    def find(self, review: Review, outcomes: dict[str, str] | None = None) -> None:
        """Write a finding for every answer under review: the self-rating, but for the given codes."""
        responses = review.assessment.responses.filter(status=ResponseStatus.SUBMITTED).select_related(
            "criterion"
        )
        had = set(review.findings.current().values_list("response_id", flat=True))
        Finding.objects.bulk_create(
            Finding(
                review=review,
                response=response,
                outcome=(outcomes or {}).get(
                    response.criterion.code, response.self_rating or Outcome.NOT_MET
                ),
                comment=f"Seen by {review.assessor}",
                saved_at=self.now,
            )
            for response in responses
            if response.pk not in had
        )

    def review(self, item: WorkItem, outcomes: dict[str, str] | None = None) -> None:
        review = Review.objects.select_related("assessor", "assessment").get(pk=item.subject)
        self.find(review, outcomes)
        services.submit_review_and_route(work_item_id=item.pk, by=review.assessor, now=self.tick())

    def reconcile(self, item: WorkItem, rulings: dict[str, Ruling] | None = None) -> None:
        services.reconcile_and_route(
            work_item_id=item.pk, rulings=rulings or {}, by=self.reconciler, now=self.tick()
        )

    def return_to_city(self, *codes: str) -> None:
        """Reconcile by giving these criteria back; the case must be at `reconcile`."""
        ruling = Ruling(Outcome.NEEDS_REVISION, "Show more.")
        self.reconcile(self.item("reconcile"), dict.fromkeys(codes, ruling))

    def release_report(self, item: WorkItem) -> None:
        services.release_report_and_route(work_item_id=item.pk, by=self.manager, now=self.tick())

    def choose_path(self, item: WorkItem, path: Path | None = None) -> None:
        reached = result_of(self.assessment).level is not None
        chosen = path or (Path.DECISION if reached else Path.COACHING)
        services.choose_path_and_route(work_item_id=item.pk, path=chosen, by=self.lead, now=self.tick())

    def offers(self, count: int | None = None) -> list[Offer]:
        areas = list(self.standard.areas.order_by("position"))
        count = self.engagements if count is None else count
        partners = itertools.islice(itertools.cycle([self.partner, self.other_partner]), count)
        return [
            Offer(partner.organization, [areas[n % len(areas)]], f"Goal of {partner.organization}")
            for n, partner in enumerate(partners)
        ]

    def plan_coaching(self, item: WorkItem, offers: Sequence[Offer] | None = None) -> None:
        services.plan_coaching_and_route(
            work_item_id=item.pk,
            offers=self.offers() if offers is None else offers,
            reason_for_none="Nobody is free.",
            by=self.manager,
            now=self.tick(),
        )

    def partner_of(self, item: WorkItem) -> Partner:
        partners = {one.organization.pk: one for one in (self.partner, self.other_partner)}
        return partners[Engagement.objects.get(pk=item.subject).partner_id]

    def respond(self, item: WorkItem) -> None:
        services.accept_engagement_and_route(
            work_item_id=item.pk, by=self.partner_of(item).lead, now=self.tick()
        )

    def decline(self, item: WorkItem) -> None:
        services.decline_engagement_and_route(
            work_item_id=item.pk, reason="No room.", by=self.partner_of(item).lead, now=self.tick()
        )

    def assign_coach(self, item: WorkItem) -> None:
        partner = self.partner_of(item)
        services.assign_coach_and_route(
            work_item_id=item.pk, coach=partner.coach, by=partner.lead, now=self.tick()
        )

    def kick_off(self, item: WorkItem) -> None:
        services.kick_off_and_route(
            work_item_id=item.pk, held_on=self.today, by=self.partner_of(item).coach, now=self.tick()
        )

    def work(self, item: WorkItem) -> None:
        services.finish_work_and_route(work_item_id=item.pk, by=self.partner_of(item).coach, now=self.tick())

    def close(self, item: WorkItem) -> None:
        services.close_engagement_and_route(
            work_item_id=item.pk, summary="Done.", by=self.partner_of(item).coach, now=self.tick()
        )

    def mend_plan(self, item: WorkItem, offer: Offer | None = None, note: str = "Nobody is left.") -> None:
        services.mend_plan_and_route(
            work_item_id=item.pk, offer=offer, note=note, by=self.manager, now=self.tick()
        )

    def feedback(self, item: WorkItem) -> None:
        services.give_feedback_and_close(
            work_item_id=item.pk, satisfaction="3", comment="Thank you.", by=self.lead, now=self.tick()
        )

    def open_packet(self, item: WorkItem) -> None:
        services.open_packet_and_route(work_item_id=item.pk, by=self.manager, now=self.tick())

    def seated(self) -> list[User]:
        """Committee members who sit in the open vote and have not answered it."""
        answered = Decision.objects.filter(case=self.case, status="voting")
        return list(
            User.objects.filter(
                participations__case=self.case,
                participations__role=ParticipationRole.COMMITTEE,
                participations__until__isnull=True,
            )
            .exclude(pk__in=answered.filter(votes__isnull=False).values("votes__member"))
            .exclude(pk__in=answered.filter(recusals__isnull=False).values("recusals__member"))
            .order_by("pk")
        )

    def cast(self, item: WorkItem, member: User, choice: str = Choice.CERTIFY) -> None:
        reason = "" if choice == Choice.CERTIFY else f"Not enough, says {member}."
        services.cast_vote_and_route(
            work_item_id=item.pk, choice=choice, reason=reason, by=member, now=self.tick()
        )

    def vote(self, item: WorkItem, choices: Iterable[str] = ()) -> None:
        """Everyone seated votes: as given, and certify from there on."""
        given = itertools.chain(choices, itertools.repeat(Choice.CERTIFY))
        for member, choice in zip(self.seated(), given, strict=False):
            self.cast(item, member, choice)

    def announce(self, item: WorkItem, on: date | None = None) -> None:
        """Today, unless the scene or the call says later."""
        day = on or self.announce_on or self.today
        services.announce_and_route(work_item_id=item.pk, announce_on=day, by=self.manager, now=self.tick())

"""Every list, as a page and in the API, asks the database the same few questions however long it is."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from cases.enums import ParticipationRole, WorkKind
from cases.models import Cover, Participation, StageChange, WorkItem
from certification.enums import DelegationStatus, EvidenceKind
from certification.models import Assessment, Delegation, Evidence, Response
from cities.models import City, HistoricAward
from coaching.models import Engagement, PartnerProfile
from notifications.models import Notice
from people.enums import Role
from people.models import Absence, Affiliation, ApiKey, Invitation, Organization
from reports.models import SweepRun
from tests.architecture.test_access import TABLE
from tests.cast import SINCE, make_cities, make_person
from tests.scenes import Scene
from workflows.demo.copies import Copy, Pattern

LENGTHS = (1, 3, 50)
EARLIER = timedelta(days=1)

# Who looks at what, and how many queries that takes at any length.
LISTS: dict[tuple[str, str], int] = {
    ("manager", "/desk/"): 13,
    ("lead", "/desk/"): 13,
    ("coach", "/desk/"): 15,
    ("manager", "/cases/"): 8,
    ("lead", "/cases/"): 6,
    ("coach", "/cases/"): 6,
    ("manager", "/cases/open/?q=town"): 5,
    ("manager", "/engagements/"): 8,
    ("coach", "/engagements/"): 8,
    ("manager", "/partners/"): 7,
    ("partner_lead", "/partners/first-partner/"): 10,
    ("manager", "/people/"): 7,
    ("lead", "/people/"): 6,
    ("manager", "/people/invitations/"): 6,
    ("lead", "/people/invitations/"): 6,
    ("manager", "/people/invite/?q=town"): 6,
    ("coach", "/absence/"): 22,
    ("manager", "/absence/of/{coach}/"): 23,
    ("lead", "/notices/"): 7,
    ("manager", "/partner/keys/"): 11,
    ("partner_lead", "/partner/keys/"): 11,
    ("manager", "/reports/pipeline/"): 18,
    ("manager", "/reports/pipeline.csv"): 5,
    ("manager", "/reports/operations/"): 18,
    ("manager", "/people/of/first-partner/coach/{coach}/"): 18,
    ("manager", "/cases/{case}/"): 27,
    ("manager", "/cases/{case}/people/"): 23,
    ("manager", "/cases/{case}/documents/"): 15,
    ("manager", "/cases/{case}/deadlines/"): 21,
    ("manager", "/cases/{case}/coaching/"): 17,
    ("lead", "/cases/{case}/"): 28,
    ("lead", "/cases/{case}/people/"): 13,
    ("lead", "/cases/{case}/documents/"): 15,
    ("lead", "/cases/{case}/deadlines/"): 18,
    ("lead", "/cases/{case}/coaching/"): 17,
    ("lead", "/cases/{case}/assessment/"): 12,
    ("lead", "/cases/{case}/delegations/"): 13,
    ("manager", "/api/v1/engagements/"): 5,
    ("manager", "/api/v1/cities/"): 11,
    ("lead", "/api/v1/cities/"): 11,
    ("coach", "/api/v1/cities/"): 11,
    ("manager", "/api/v1/cities/paterson-nj/timeline/"): 7,
    ("anyone", "/cities/"): 5,
}

# Lists whose length is tested beside their other behavior, or that hold no more than one person's own few.
ELSEWHERE = {
    "api-v1:standard-list",
    "public:city-detail",
    "public:home",
    "standards:standard-list",
    "usersessions_list",
    "workflows:action-items",
    "workflows:appeals",
    "workflows:policy-detail",
    "workflows:messages-of",
    "workflows:wording-detail",
    "workflows:apply-claim",
    "workflows:calendar-feed",
    "workflows:case-messages",
    "workflows:coaches-assign",
    "workflows:my-cities",
    "workflows:my-cities-csv",
    "workflows:partner-board",
    "workflows:visits",
    "workflows:case-messages-internal",
    "workflows:documents",
    "workflows:sprint-list",
    "workflows:measure-detail",
    "workflows:stories",
}
# Pages about one thing, and what is no page.
NO_LISTS = {
    "api-docs",
    "api-nowhere",
    "api-schema",
    "api-v1:city-detail",
    "api-v1:engagement-detail",
    "api-v1:standard-detail",
    "core:styleguide",
    "notifications:notice-open",
    "notifications:notice-why",
    "notifications:settings",
    "notifications:unsubscribe",
    "people:key-revoke",
    "people:session-end",
    "public:certificate-verify",
    "public:city-badge",
    "reports:healthz",
    "reports:metrics",
    "reports:readyz",
    "standards:standard-csv",
    "standards:standard-detail",
    "standards:standard-json",
    "standards:standard-xlsx",
    "standards:standard-yaml",
    "workflows:action-item",
    "workflows:absence-end",
    "workflows:appeal-file",
    "workflows:extension",
    "workflows:extension-ask",
    "workflows:policy-list",
    "workflows:policy-reset",
    "workflows:wording-list",
    "workflows:wording-reset",
    "workflows:apply",
    "workflows:closed-days",
    "workflows:closure-remove",
    "workflows:apply-sent",
    "workflows:calendar",
    "workflows:case-assessor",
    "workflows:case-decision",
    "workflows:case-end",
    "workflows:case-hold",
    "workflows:case-import",
    "workflows:case-manage",
    "workflows:case-resume",
    "workflows:case-withdraw",
    "workflows:certificate-detail",
    "workflows:comment",
    "workflows:cover-answer",
    "workflows:coach-edit",
    "workflows:commitment-sign",
    "workflows:document-withdraw",
    "workflows:draft-share",
    "workflows:engagement-brief",
    "workflows:engagement-detail",
    "workflows:engagement-health",
    "workflows:engagement-pause",
    "workflows:engagement-resume",
    "workflows:transfer-offer",
    "workflows:transfer-withdraw",
    "workflows:evidence",
    "workflows:file-application",
    "workflows:file-document",
    "workflows:file-evidence",
    "workflows:file-message",
    "workflows:invitation-accept",
    "workflows:measure-csv",
    "workflows:measure-set",
    "workflows:measure-xlsx",
    "workflows:note-edit",
    "workflows:note-widen",
    "workflows:objective-set",
    "workflows:packet-detail",
    "workflows:partner-edit",
    "workflows:packet-download",
    "workflows:report",
    "workflows:meeting-call-off",
    "workflows:meeting-change",
    "workflows:meeting-detail",
    "workflows:meeting-plan",
    "workflows:session-call-off",
    "workflows:session-change",
    "workflows:session-detail",
    "workflows:session-mail",
    "workflows:session-plan",
    "workflows:sprint-detail",
    "workflows:sprint-new",
    "workflows:story",
    "workflows:story-remove",
    "workflows:report-pdf",
    "workflows:visit-conclude",
    "workflows:visit-note",
    "workflows:work",
    "workflows:work-take-over",
}
OF_ACCOUNTS = ("account_", "mfa_")


class Growing:
    """A program whose every list grows by as many rows as are asked for."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.numbers = scene, count(1)
        scene.one("work")
        self.coached = scene.case
        self.patterns = [scene.city]
        for city, step in zip(make_cities(2, start=9000), ("apply", "confirm"), strict=True):
            scene.move_to(city)
            del scene.case
            scene.one(step)
            self.patterns.append(city)

    def grow(self, more: int) -> None:
        numbers = [next(self.numbers) for _n in range(more)]
        for add in (self._cities, self._of_the_case, self._people, self._records, self._absences):
            add(numbers)
        # Else the database plans with the sizes of whatever test came before, which can take minutes.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _cities(self, numbers: list[int]) -> None:
        """As many at each step: coached, applying, to be confirmed; the last also without a case."""
        for place, city in enumerate(self.patterns):
            Pattern(city).write(
                [Copy(place * 1000 + n, f"copy-{place}-{n}", f"Copy {place} {n}", "NJ", 0) for n in numbers],
                now=self.scene.now,
            )
        slugs = [f"copy-{place}-{n}" for place in range(len(self.patterns)) for n in numbers]
        cities = City.objects.filter(organization__slug__in=slugs)
        Affiliation.objects.bulk_create(
            Affiliation(
                person=self.scene.lead, organization=one.organization, role=Role.CITY_LEAD, since=SINCE
            )
            for one in cities
        )
        HistoricAward.objects.bulk_create(
            HistoricAward(city=one, level="gold", year=2020) for one in [*cities, *self._towns(numbers)]
        )

    def _towns(self, numbers: list[int]) -> list[City]:
        return [city for n in numbers for city in make_cities(1, start=n)]

    def _of_the_case(self, numbers: list[int]) -> None:
        case, scene = self.coached, self.scene
        WorkItem.objects.bulk_create(
            WorkItem(
                kind=WorkKind.ACTION_ITEM,
                step="work",
                case=case,
                party="partner",
                owner=scene.partner.coach,
                opened_at=scene.now,
                due_at=scene.now,
                closed_at=scene.now,
                closed_by=scene.partner.coach,
            )
            for _n in numbers
        )
        StageChange.objects.bulk_create(
            StageChange(
                case=case,
                from_stage="review",
                to_stage="coaching",
                at=scene.now,
                by=scene.manager,
            )
            for _n in numbers
        )
        evidence = Evidence.objects.bulk_create(
            Evidence(
                case=case,
                kind=EvidenceKind.LINK,
                title=f"Proof {n}",
                link="https://city.example/proof",
                added_at=scene.now,
                added_by=scene.contributor,
            )
            for n in numbers
        )
        for response in Response.objects.filter(assessment__case=case)[:2]:
            response.evidence.add(*evidence)
        Participation.objects.bulk_create(
            Participation(
                case=case,
                role=ParticipationRole.MANAGER,
                person=make_person(f"Manager {n}", scene.office, Role.PROGRAM_MANAGER),
                since=scene.now - EARLIER,
                until=scene.now,
            )
            for n in numbers
        )
        engagement = case.engagements.earliest("offered_at")
        for _n in numbers:
            Engagement.objects.create(
                case=case,
                plan=engagement.plan,
                partner=scene.partner.organization,
                status="declined",
                decline_reason="No room.",
                offered_at=scene.now,
                offered_by=scene.manager,
            ).areas.set(case.standard.areas.all()[:2])

    def _people(self, numbers: list[int]) -> None:
        scene, city = self.scene, self.coached.city.organization
        for n in numbers:
            make_person(f"Coach {n}", scene.partner.organization, Role.COACH)
            partner = Organization.objects.create(kind="partner", slug=f"partner-{n}", name=f"Partner {n}")
            PartnerProfile.objects.create(organization=partner, area_codes=["DM"], region="*")
        assessment = Assessment.objects.get(case=self.coached)
        for n in numbers:
            Delegation.objects.create(
                assessment=assessment,
                area=self.coached.standard.areas.first(),
                status=DelegationStatus.OPEN,
                person=make_person(f"Contributor {n}", city, Role.CITY_CONTRIBUTOR),
                delegated_at=scene.now,
                delegated_by=scene.lead,
            )
        Invitation.objects.bulk_create(
            Invitation(
                organization=self.coached.city.organization,
                role=Role.CITY_CONTRIBUTOR,
                address=f"new{n}@paterson.example",
                token_hash=f"{n:064}",
                expires_at=scene.now + EARLIER,
                invited_at=scene.now,
                invited_by=scene.lead,
            )
            for n in numbers
        )
        ApiKey.objects.bulk_create(
            ApiKey(
                user=make_person(f"System {n}", scene.partner.organization),
                organization=scene.partner.organization,
                name=f"Tracker {n}",
                prefix=f"{n:012}",
                digest=f"{n:064}",
                scopes=["read"],
                created_at=scene.now,
                created_by=(scene.manager, scene.partner.lead)[n % 2],
            )
            for n in numbers
        )

    def _records(self, numbers: list[int]) -> None:
        now = self.scene.now
        Notice.objects.bulk_create(
            Notice(person=self.scene.lead, kind="test", subject=f"News {n}", text="", url="/", created_at=now)
            for n in numbers
        )
        SweepRun.objects.bulk_create(
            SweepRun(sweep=f"sweep.{n}", began_at=now, took=timedelta(seconds=1)) for n in numbers
        )

    def _absences(self, numbers: list[int]) -> None:
        """The coach stands in for the second one: covers, deadlines of the other, earlier absences."""
        scene, now = self.scene, timezone.now()
        coach, other = scene.partner.coach, scene.partner.second_coach
        days = {"begins_on": now.date(), "ends_on": now.date(), "set_at": now, "set_by": other}
        running, _new = Absence.objects.get_or_create(
            person=other, substitute=coach, defaults=days | {"since": now, "until": now + EARLIER}
        )
        for owner in (other, coach):
            items = WorkItem.objects.bulk_create(
                WorkItem(
                    kind=WorkKind.ACTION_ITEM,
                    step="action_item",
                    case=self.coached,
                    party="partner",
                    organization=scene.partner.organization,
                    owner=owner,
                    opened_at=now,
                    due_at=now,
                )
                for _n in numbers
            )
        for item in items:
            Cover.objects.create(absence=running, holder=coach, item=item, begun_at=now, begun_by=other)
        Absence.objects.bulk_create(
            Absence(person=coach, substitute=other, since=now - EARLIER, until=now, **days) for _n in numbers
        )


def ask(client: Client, address: str) -> tuple[int, int]:
    """How many queries it took, and how long the answer is."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        content = response.getvalue()
    assert response.status_code == 200, address
    return len(queries), len(content)


def test_every_page_is_a_list_of_the_table_or_known_to_be_none() -> None:
    readable = {row.name for row in TABLE if row.method == "GET" and not row.name.startswith(OF_ACCOUNTS)}
    something = {"case": uuid4(), "coach": "coach@partner.example"}
    listed = {resolve(address.format(**something).split("?")[0]).view_name for _who, address in LISTS}

    assert listed & (ELSEWHERE | NO_LISTS) == set()
    assert readable - listed == ELSEWHERE | NO_LISTS


def test_every_list_asks_the_same_for_one_and_for_fifty(scene: Scene) -> None:
    growing = Growing(scene)
    people = {"anyone": None, **scene.everyone}
    readers = {who: Client() for who, _address in LISTS}
    for who, client in readers.items():
        if person := people[who]:
            Scene.sign_in(client, person)
    asked: dict[tuple[str, str], list[int]] = {key: [] for key in LISTS}
    sizes: dict[tuple[str, str], list[int]] = {key: [] for key in LISTS}

    for have, length in zip((0, *LENGTHS), LENGTHS, strict=False):
        growing.grow(length - have)
        for who, address in LISTS:
            there = address.format(case=growing.coached.pk, coach=scene.partner.coach.email)
            if not have:
                ask(readers[who], there)
            queries, size = ask(readers[who], there)
            asked[who, address].append(queries)
            sizes[who, address].append(size)

    assert [key for key, found in sizes.items() if not found[0] < found[1] < found[2]] == []
    assert asked == {key: [number] * len(LENGTHS) for key, number in LISTS.items()}

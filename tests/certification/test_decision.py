"""The committee: frozen packet, free seats, sealed votes, and a certificate on its day and not before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.enums import ParticipationRole
from cases.errors import ReasonNeeded
from cases.models import Participation
from certification.enums import Choice, DecisionStatus
from certification.errors import LevelNotReached, QuorumNotReached, VoteCast
from certification.models import Certificate, Settlement
from certification.packet import checksum
from certification.selectors import (
    announced_certificate,
    committee_for,
    current_certificate,
    own_answers,
    reasons_for_not_yet,
    tally_of,
)
from certification.services import publish_decision
from core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from core.models import AuditEvent
from people.enums import Role
from people.models import Affiliation, Organization, User
from tests.scenes import SINCE, Scene
from workflows import services


@pytest.fixture
def ready(scene: Scene) -> Scene:
    """A case that reached silver in its first round and waits for the packet."""
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to("open_packet")
    return scene


@pytest.fixture
def voting(ready: Scene) -> Scene:
    ready.do_step("open_packet")
    return ready


@pytest.fixture
def decided(voting: Scene) -> Scene:
    voting.do_step("vote")
    return voting


def seats(scene: Scene) -> set[User]:
    parts = Participation.objects.filter(case=scene.case, role=ParticipationRole.COMMITTEE, until=None)
    return {part.person for part in parts}


def test_packet_is_frozen_with_its_checksum(voting: Scene) -> None:
    decision = voting.decision

    assert decision.packet_sha256 == checksum(decision.packet)
    assert decision.packet["result"]["level"] == "silver"
    assert [one["validated"] for one in decision.packet["criteria"]] == ["met"] * 3 + ["not_met"] * 3
    Settlement.objects.update(outcome="not_met")
    voting.city.organization.name = "Renamed"
    voting.city.organization.save()
    assert voting.decision.packet_sha256 == checksum(voting.decision.packet)
    assert voting.decision.packet["city"]["name"] == "Paterson"


def test_packet_takes_the_shared_coaching_along(scene: Scene) -> None:
    scene.engagements = 1
    scene.walk_to("vote")

    (coaching,) = scene.decision.packet["coaching"]
    assert (coaching["partner"], coaching["areas"], coaching["status"]) == ("first-partner", ["DM"], "closed")


def test_packet_needs_a_level(ready: Scene) -> None:
    Settlement.objects.update(outcome="not_met")

    with pytest.raises(LevelNotReached):
        ready.do_step("open_packet")


def test_packet_is_opened_by_the_program(ready: Scene) -> None:
    for person in (ready.lead, ready.committee[0]):
        with pytest.raises((NotAllowed, NotFound)):
            services.open_packet_and_route(
                work_item_id=ready.item("open_packet").pk, by=person, now=ready.tick()
            )


def test_every_member_without_a_conflict_is_seated(voting: Scene) -> None:
    assert seats(voting) == set(voting.committee)
    assert tally_of(voting.decision).seated == 5


def test_members_with_a_conflict_and_former_assessors_are_not_seated(ready: Scene) -> None:
    one, two, three, *_free = ready.committee
    Affiliation.objects.create(
        person=one, organization=ready.city.organization, role=Role.CITY_SPONSOR, since=SINCE
    )
    Affiliation.objects.create(
        person=ready.assessor, organization=ready.office, role=Role.COMMITTEE_MEMBER, since=SINCE
    )
    User.objects.filter(pk=two.pk).update(is_active=False)

    ready.do_step("open_packet")

    assert seats(ready) == {three, *ready.committee[3:]}
    committee = committee_for(ready.case, today=ready.today)
    assert {barred.person: barred.conflicts for barred in committee.barred} == {
        one: ["city"],
        ready.assessor: ["assessed"],
    }


def test_packet_waits_for_a_quorum_without_conflict(ready: Scene) -> None:
    for member in ready.committee[:3]:
        Affiliation.objects.create(
            person=member, organization=ready.city.organization, role=Role.CITY_LEAD, since=SINCE
        )

    with pytest.raises(QuorumNotReached) as refusal:
        ready.do_step("open_packet")

    assert "2 committee members are free" in str(refusal.value.detail)


def vote_events(scene: Scene, action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(dossier=scene.case.pk, action=action).order_by("pk"))


def test_votes_are_sealed_in_the_trail_until_the_vote_closes(voting: Scene) -> None:
    item = voting.item("vote")
    for member in voting.committee[:4]:
        voting.cast(item, member, Choice.NOT_YET)

    assert [event.new for event in vote_events(voting, "certification.vote_cast")] == [
        {"choice": "sealed"}
    ] * 4
    assert vote_events(voting, "certification.vote_unsealed") == []
    everything = str(list(AuditEvent.objects.filter(dossier=voting.case.pk).values("old", "new")))
    assert "not_yet" not in everything
    assert "Not enough" not in everything


def test_last_vote_closes_the_vote_and_unseals_all(voting: Scene) -> None:
    item = voting.item("vote")
    voting.vote(item, [Choice.NOT_YET])

    assert voting.decision.status == DecisionStatus.CERTIFY
    unsealed = [event.new["choice"] for event in vote_events(voting, "certification.vote_unsealed")]
    assert unsealed == ["not_yet", "certify", "certify", "certify", "certify"]
    (decided,) = vote_events(voting, "certification.decided")
    assert decided.new == {"outcome": "certify", "certify": 4, "cast": 5, "recused": 0}
    assert seats(voting) == set()
    assert voting.item("announce").party == "program"


def test_vote_is_final_and_counts_once(voting: Scene) -> None:
    item, member = voting.item("vote"), voting.committee[0]
    voting.cast(item, member)

    with pytest.raises(VoteCast):
        voting.cast(item, member, Choice.NOT_YET)
    with pytest.raises(VoteCast):
        recuse(voting, member)

    assert tally_of(voting.decision).cast == 1
    assert str(voting.decision.votes.get()) == f"Vote of {member}"
    assert [vote.choice for vote in own_answers(voting.case, member)] == [Choice.CERTIFY]
    assert own_answers(voting.case, voting.committee[1]) == []


def test_vote_is_certify_or_not_yet_with_words(voting: Scene) -> None:
    def cast(choice: str, reason: str) -> None:
        services.cast_vote_and_route(
            work_item_id=voting.item("vote").pk,
            choice=choice,
            reason=reason,
            by=voting.committee[0],
            now=voting.tick(),
        )

    with pytest.raises(InvalidInput):
        cast("perhaps", "x")
    with pytest.raises(ReasonNeeded):
        cast(Choice.NOT_YET, " ")


def test_only_seated_members_vote(voting: Scene) -> None:
    late = Affiliation.objects.create(
        person=voting.nobody, organization=voting.office, role=Role.COMMITTEE_MEMBER, since=SINCE
    ).person

    for person in (late, voting.manager, voting.assessor, voting.lead):
        with pytest.raises((NotAllowed, NotFound)):
            voting.cast(voting.item("vote"), person)


def test_member_with_a_conflict_since_the_opening_can_not_vote(voting: Scene) -> None:
    member = voting.committee[0]
    Affiliation.objects.create(
        person=member, organization=voting.city.organization, role=Role.CITY_CONTRIBUTOR, since=SINCE
    )

    with pytest.raises(NotAllowed):
        voting.cast(voting.item("vote"), member)


def recuse(scene: Scene, member: User, reason: str = "A cousin works there.") -> None:
    services.recuse_and_route(work_item_id=scene.item("vote").pk, reason=reason, by=member, now=scene.tick())


def test_member_stands_aside_with_a_reason_and_the_others_decide(voting: Scene) -> None:
    with pytest.raises(ReasonNeeded):
        recuse(voting, voting.committee[0], " ")
    recuse(voting, voting.committee[0])
    recuse(voting, voting.committee[1])

    voting.do_step("vote")

    (decided,) = vote_events(voting, "certification.decided")
    assert (decided.new["cast"], decided.new["recused"]) == (3, 2)
    assert str(voting.decision.recusals.first()).startswith("Recusal of Member")
    assert [one.reason for one in own_answers(voting.case, voting.committee[0])] == ["A cousin works there."]


def test_last_answer_may_be_a_recusal(voting: Scene) -> None:
    for member in voting.committee[:4]:
        voting.cast(voting.item("vote"), member)

    recuse(voting, voting.committee[4])

    assert voting.decision.status == DecisionStatus.CERTIFY


def test_without_a_quorum_the_vote_stays_open(voting: Scene) -> None:
    for member in voting.committee[:3]:
        recuse(voting, member)
    for member in voting.committee[3:]:
        voting.cast(voting.item("vote"), member)

    assert voting.decision.status == DecisionStatus.VOTING
    assert not tally_of(voting.decision).quorum_in_reach
    with pytest.raises(QuorumNotReached) as refusal:
        close(voting)
    assert "2 of the 3 votes" in str(refusal.value.detail)


def close(scene: Scene, by: User | None = None) -> None:
    services.close_vote_and_route(
        work_item_id=scene.item("vote").pk, by=by or scene.manager, now=scene.tick()
    )


def test_program_may_close_a_vote_that_has_its_quorum(voting: Scene) -> None:
    for member in voting.committee[:3]:
        voting.cast(voting.item("vote"), member)
    assert tally_of(voting.decision).quorum_in_reach
    with pytest.raises(NotAllowed):
        close(voting, by=voting.committee[0])

    close(voting)

    assert voting.decision.status == DecisionStatus.CERTIFY
    assert voting.stage == "decision"


@pytest.mark.parametrize(
    ("choices", "outcome"),
    [
        (["certify"] * 3 + ["not_yet"] * 2, DecisionStatus.CERTIFY),
        (["certify"] * 2 + ["not_yet"] * 3, DecisionStatus.NOT_YET),
    ],
)
def test_more_than_the_majority_of_the_votes_cast_decides(
    voting: Scene, choices: list[str], outcome: DecisionStatus
) -> None:
    voting.vote(voting.item("vote"), choices)

    assert voting.decision.status == outcome


def test_half_of_the_votes_is_no_majority(voting: Scene) -> None:
    item = voting.item("vote")
    for member, choice in zip(voting.committee, ["certify", "certify", "not_yet", "not_yet"], strict=False):
        voting.cast(item, member, choice)

    close(voting)

    assert voting.decision.status == DecisionStatus.NOT_YET


def not_yet(scene: Scene) -> None:
    scene.vote(scene.item("vote"), ["not_yet"] * 5)


def test_not_yet_leads_to_coaching_with_the_reasons(voting: Scene) -> None:
    not_yet(voting)

    assert voting.stage == "coaching"
    assert voting.item("plan_coaching").party == "program"
    assert voting.decision.reasons.count("Not enough") == 5
    assert reasons_for_not_yet(voting.case) == voting.decision.reasons
    assert not Certificate.objects.exists()
    assert not voting.status.sealed


def test_not_yet_may_be_followed_by_another_decision(voting: Scene) -> None:
    not_yet(voting)
    voting.engagements = 0
    voting.walk_to("announce")

    assert voting.case.decisions.count() == 2
    assert tally_of(voting.decision).seated == 5
    assert reasons_for_not_yet(voting.case) == ""
    voting.walk_to_end()
    assert voting.case.certificates.get().decision == voting.decision


def test_announcing_today_certifies_at_once(decided: Scene) -> None:
    decided.do_step("announce")

    certificate = Certificate.objects.get()
    assert decided.stage == "certified"
    assert (certificate.number, certificate.level.slug, certificate.cohort_year) == (
        "MP-2025-0001",
        "silver",
        2025,
    )
    assert (certificate.announced_on, certificate.expires_on) == (date(2025, 3, 3), date(2028, 3, 3))
    assert certificate.issued_on == date(2025, 3, 3)
    assert str(certificate) == "MP-2025-0001"
    assert decided.status.certificate == "MP-2025-0001"
    assert decided.status.level == "silver"


def test_publishing_is_the_systems_deed(decided: Scene) -> None:
    decided.do_step("announce")

    decided.case.refresh_from_db()
    assert decided.case.closed_by == decided.system
    assert decided.decision.published_by == decided.system
    (issued,) = vote_events(decided, "certification.certificate_issued")
    assert issued.new == {"number": "MP-2025-0001", "level": "silver"}


def test_day_of_the_announcement_is_not_in_the_past(decided: Scene) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decided.announce(decided.item("announce"), on=decided.today - timedelta(days=1))

    assert list(refusal.value.errors) == ["announce_on"]


def test_today_is_the_programs_day(decided: Scene) -> None:
    decided.now = datetime(2025, 3, 5, 3, tzinfo=UTC)  # the evening of 4 March in New York

    decided.announce(decided.item("announce"), on=date(2025, 3, 4))

    assert decided.stage == "certified"


def test_sweep_publishes_on_the_day_and_not_before(decided: Scene) -> None:
    day = decided.today + timedelta(days=10)
    decided.announce(decided.item("announce"), on=day)
    assert (decided.stage, decided.decision.status) == ("decision", "scheduled")
    midnight = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)  # in New York, already in summer time

    assert services.publish_due(now=midnight - timedelta(seconds=1)) == []
    assert not Certificate.objects.exists()
    (published,) = services.publish_due(now=midnight)

    assert published == decided.case
    assert decided.stage == "certified"
    assert Certificate.objects.get().announced_on == day
    assert services.publish_due(now=midnight) == []


def test_sweep_publishes_on_the_day_of_a_program_far_east(decided: Scene) -> None:
    Organization.objects.filter(pk=decided.office.pk).update(time_zone="Asia/Tokyo", country="JP")
    day = date(2025, 3, 10)
    decided.announce(decided.item("announce"), on=day)

    assert services.publish_due(now=datetime(2025, 3, 9, 14, 59, tzinfo=UTC)) == []
    assert len(services.publish_due(now=datetime(2025, 3, 9, 15, 0, tzinfo=UTC))) == 1


def test_held_case_is_published_after_it_is_resumed(decided: Scene) -> None:
    day = decided.today + timedelta(days=1)
    decided.announce(decided.item("announce"), on=day)
    services.hold_case(case_id=decided.case.pk, reason="A question.", by=decided.manager, now=decided.tick())
    decided.now += timedelta(days=2)
    assert services.publish_due(now=decided.now) == []

    services.resume_case(case_id=decided.case.pk, by=decided.manager, now=decided.now)

    assert len(services.publish_due(now=decided.now)) == 1


def test_announcement_is_set_by_the_program(decided: Scene) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        services.announce_and_route(
            work_item_id=decided.item("announce").pk,
            announce_on=decided.today,
            by=decided.committee[0],
            now=decided.tick(),
        )


def test_decision_that_is_not_scheduled_or_not_due_is_not_published(decided: Scene) -> None:
    with pytest.raises(WrongState):
        publish_decision(decision=decided.decision, by=decided.system, now=decided.now)
    decided.announce(decided.item("announce"), on=decided.today + timedelta(days=1))

    with pytest.raises(WrongState):
        publish_decision(decision=decided.decision, by=decided.system, now=decided.now)


def test_level_stays_the_last_announced_one_until_the_day(decided: Scene) -> None:
    from cities.models import HistoricAward

    HistoricAward.objects.create(city=decided.city, level="gold", year=2019)
    decided.announce(decided.item("announce"), on=decided.today + timedelta(days=5))

    assert (decided.status.level, decided.status.certificate) == ("gold", "")
    assert announced_certificate(decided.case, today=decided.today) is None
    services.publish_due(now=decided.now + timedelta(days=5))
    assert (decided.status.level, decided.status.certificate) == ("silver", "MP-2025-0001")


def test_certificate_runs_for_its_years_and_then_expires(decided: Scene) -> None:
    from workflows.status import standing_of

    decided.do_step("announce")
    last_day = date(2028, 3, 2)

    assert current_certificate(decided.city, today=last_day).number == "MP-2025-0001"
    assert announced_certificate(decided.case, today=last_day).number == "MP-2025-0001"
    assert current_certificate(decided.city, today=last_day + timedelta(days=1)) is None
    assert standing_of(decided.city, today=last_day).level == "silver"
    assert standing_of(decided.city, today=last_day + timedelta(days=1)).level == ""


def test_certificates_of_a_cohort_are_numbered_one_after_the_other(scene: Scene) -> None:
    scene.met = {1: ("DM1", "DM2", "OD1")}
    scene.walk_to_end()
    del scene.case
    scene.lead, scene.city = scene.other_lead, scene.other_city

    scene.walk_to_end()

    assert list(Certificate.objects.order_by("number").values_list("number", flat=True)) == [
        "MP-2025-0001",
        "MP-2025-0002",
    ]


def test_withdrawal_during_the_vote_leaves_it_sealed(voting: Scene) -> None:
    voting.cast(voting.item("vote"), voting.committee[0], Choice.NOT_YET)

    services.withdraw_case(case_id=voting.case.pk, reason="x", by=voting.lead, now=voting.tick())

    assert voting.decision.status == DecisionStatus.CANCELLED
    assert vote_events(voting, "certification.vote_unsealed") == []
    assert len(vote_events(voting, "certification.decision_cancelled")) == 1
    assert seats(voting) == set()
    assert not voting.status.sealed
    with pytest.raises(NotFound):
        services.close_vote_and_route(
            work_item_id=voting.case.work_items.get(step="apply").pk, by=voting.manager, now=voting.tick()
        )


def test_withdrawal_before_the_announcement_leaves_no_certificate(decided: Scene) -> None:
    decided.announce(decided.item("announce"), on=decided.today + timedelta(days=5))

    services.withdraw_case(
        case_id=decided.case.pk, reason="An election.", by=decided.lead, now=decided.tick()
    )

    assert services.publish_due(now=decided.now + timedelta(days=9)) == []
    assert decided.stage == "withdrawn"
    assert not Certificate.objects.exists()

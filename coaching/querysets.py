from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.models import Case, Hold
from certification.querysets import own_city
from coaching.enums import EngagementStatus, NoteAudience, SessionStatus, TransferStatus
from people.enums import Role, UserKind
from people.models import User
from people.roles import PARTNER_ROLES, PROGRAM_ROLES

if TYPE_CHECKING:
    from coaching.models import (  # noqa: F401 -- ruff does not see names in QuerySet[...]
        ActionItem,
        CoachProfile,
        Document,
        Engagement,
        HealthJudgment,
        Measure,
        Meeting,
        Note,
        Objective,
        Observation,
        PartnerProfile,
        Session,
        Sprint,
        Transfer,
    )

SETTLED = Q(status__in=[EngagementStatus.CLOSED, EngagementStatus.CANCELLED]) | Q(
    status=EngagementStatus.DECLINED, mended_at__isnull=False
)


class PartnerProfileQuerySet(models.QuerySet["PartnerProfile"]):
    def visible_to(self, user: User | None) -> Self:
        """What a partner coaches, where and how much, is read by its own people and the program."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(organization__in=user.organizations_as(*PARTNER_ROLES))


class CoachProfileQuerySet(models.QuerySet["CoachProfile"]):
    def visible_to(self, user: User | None) -> Self:
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(partner__in=user.organizations_as(*PARTNER_ROLES))


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: User | None) -> Self:
        """That an engagement exists, with whom and how far it is, belongs to the status of its case."""
        return self.filter(case__in=Case.objects.visible_to(user))

    def readable_by(self, user: User | None) -> Self:
        """Goal, sessions and summary: the partner's people, the city and the program; never an API key."""
        if user is None or not user.is_active or user.kind == UserKind.SERVICE:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(own_city(user, "case") | Q(partner__in=user.organizations_as(*PARTNER_ROLES)))

    def measured_for(self, user: User | None) -> Self:
        """Measures and their figures: who reads the coaching, and the systems of its partner and its city."""
        if user is None or not user.is_active or user.kind != UserKind.SERVICE:
            return self.readable_by(user)
        partners = user.organizations_as(Role.PARTNER_SYSTEM)
        cities = user.organizations_as(Role.CITY_SYSTEM)
        return self.filter(Q(partner__in=partners) | Q(case__city__organization__in=cities))

    def unsettled(self) -> Self:
        return self.exclude(SETTLED)

    def for_list(self) -> Self:
        return self.select_related("partner", "coach", "case__city__organization").prefetch_related("areas")

    def for_health(self) -> Self:
        """Each with `is_held`, whether its case is on hold, as `coaching.faring` asks for it."""
        held = Hold.objects.filter(case=OuterRef("case"), lifted_at__isnull=True)
        return self.annotate(is_held=Exists(held))


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User | None) -> Self:
        from coaching.models import Engagement

        return self.filter(engagement__in=Engagement.objects.readable_by(user))

    def held(self) -> Self:
        return self.filter(status=SessionStatus.HELD)

    def planned(self) -> Self:
        """Neither held nor called off; the moment may have passed."""
        return self.filter(status=SessionStatus.PLANNED)

    def upcoming(self, now: datetime) -> Self:
        """Planned and not begun, the next one first."""
        return self.planned().filter(starts_at__gte=now).order_by("starts_at", "pk")

    def in_calendar_of(self, user: User) -> Self:
        """Planned or held ones, still visible to this person, that they coach or are invited to."""
        from coaching.models import Invitee

        invited = Invitee.objects.filter(person=user, taken_off_at__isnull=True)
        own = Q(engagement__coach=user) | Q(pk__in=invited.values("session"))
        shown = Q(status__in=[SessionStatus.PLANNED, SessionStatus.HELD], starts_at__isnull=False)
        return self.visible_to(user).filter(own, shown)

    def of_meeting(self, meeting: "Meeting") -> Self:
        """One for each city, without those that another partner coaches by now."""
        return self.filter(meeting=meeting, engagement__partner=meeting.sprint.partner_id)

    def for_calendar(self) -> Self:
        return self.select_related("engagement__partner", "engagement__case__city__organization").order_by(
            "starts_at", "pk"
        )

    def for_list(self) -> Self:
        people = "logged_by", "planned_by", "cancelled_by", "engagement__coach"
        places = "engagement__partner", "engagement__case__city__organization", "meeting__sprint"
        return self.select_related(*places, *people).prefetch_related("criteria", "engagement__areas")


class SprintQuerySet(models.QuerySet["Sprint"]):
    def visible_to(self, user: User | None) -> Self:
        """Partner and program, and each city that takes part, for its own part; never an API key."""
        from coaching.models import Engagement

        if user is None or not user.is_active or user.kind == UserKind.SERVICE:
            return self.none()
        part = Engagement.sprints.through.objects.filter(
            engagement__in=Engagement.objects.filter(own_city(user, "case"))
        )
        whole = self.whole_to(user).values("pk")
        return self.filter(Q(pk__in=whole) | Q(pk__in=part.values("sprint")))

    def whole_to(self, user: User | None) -> Self:
        """With all of its cities: the partner's people and the program."""
        if user is None or not user.is_active or user.kind == UserKind.SERVICE:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(partner__in=user.organizations_as(*PARTNER_ROLES))


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User | None) -> Self:
        """The partner and the program; a city finds its own session instead."""
        from coaching.models import Sprint

        return self.filter(sprint__in=Sprint.objects.whole_to(user))


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User | None) -> Self:
        """Shared notes with the engagement, a partner's own for its people, a private one for its author."""
        from coaching.models import Engagement

        if user is None or not user.is_active or user.kind == UserKind.SERVICE:
            return self.none()
        own = Q(partner__in=user.organizations_as(*PARTNER_ROLES))
        read = (
            Q(audience=NoteAudience.CITY, engagement__in=Engagement.objects.readable_by(user))
            | Q(audience=NoteAudience.PARTNER) & own
            | Q(audience=NoteAudience.PRIVATE, written_by=user) & own
        )
        return self.filter(read)

    def shared(self) -> Self:
        return self.filter(audience=NoteAudience.CITY)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User | None) -> Self:
        """What is shared, with the engagement; the partner's own for its people; nothing withdrawn."""
        from coaching.models import Engagement

        if user is None or not user.is_active or user.kind == UserKind.SERVICE:
            return self.none()
        own = Q(audience=NoteAudience.PARTNER, partner__in=user.organizations_as(*PARTNER_ROLES))
        shared = Q(audience=NoteAudience.CITY, engagement__in=Engagement.objects.readable_by(user))
        return self.filter(shared | own, withdrawn_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("file", "added_by")


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: User | None) -> Self:
        from coaching.models import Engagement

        return self.filter(engagement__in=Engagement.objects.readable_by(user))

    def open(self) -> Self:
        return self.filter(work_item__closed_at__isnull=True)

    def for_list(self) -> Self:
        """With who owes what by when; those still open first, due first."""
        related = "work_item__owner", "work_item__organization", "work_item__closed_by", "criterion", "set_by"
        found = self.select_related(*related)
        return found.order_by(F("work_item__closed_at").desc(nulls_first=True), "work_item__due_at", "id")


class HealthJudgmentQuerySet(models.QuerySet["HealthJudgment"]):
    def visible_to(self, user: User | None) -> Self:
        """The partner's own people and the program; never the city."""
        if user is None or not user.is_active or user.kind == UserKind.SERVICE:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        return self.filter(
            engagement__partner=F("partner"), partner__in=user.organizations_as(*PARTNER_ROLES)
        )


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user: User | None) -> Self:
        """What one says to the other when handing over is theirs and the program's, never the city's."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        own = user.organizations_as(Role.PARTNER_LEAD, Role.COACH)
        return self.filter(Q(from_partner__in=own) | Q(to_partner__in=own))

    def open(self) -> Self:
        return self.filter(status=TransferStatus.OFFERED)

    def for_detail(self) -> Self:
        people = "from_partner", "to_partner", "from_coach", "to_coach", "offered_by", "answered_by"
        return self.select_related("engagement__partner", "engagement__case__city__organization", *people)


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def visible_to(self, user: User | None) -> Self:
        from coaching.models import Engagement

        return self.filter(engagement__in=Engagement.objects.readable_by(user))


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: User | None) -> Self:
        from coaching.models import Engagement

        return self.filter(engagement__in=Engagement.objects.measured_for(user))


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: User | None) -> Self:
        from coaching.models import Engagement

        return self.filter(measure__engagement__in=Engagement.objects.measured_for(user))

    def standing(self) -> Self:
        """Those that no correction has replaced."""
        return self.filter(superseded_at__isnull=True)

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.commitment import WORDING
from cases.enums import ApplicationStatus, ExtensionStatus, ParticipationRole, Party, Thread, WorkKind
from cities.models import City
from cities.querysets import ROLES_THAT_SEE_EVERY_CITY
from people.enums import Role
from people.models import User
from people.permissions import Permission
from people.roles import CITY_ROLES, PROGRAM_ROLES, roles_with

DECIDING_STEPS = ("vote", "announce")
KEPT_BETWEEN_CITY_AND_PROGRAM = (WorkKind.DELEGATION, WorkKind.APPEAL)
PEOPLE_WHO_COACH = (Role.PARTNER_LEAD, Role.COACH)

if TYPE_CHECKING:
    from cases.models import (  # noqa: F401 -- ruff does not see names in QuerySet[...]
        Attachment,
        Case,
        Cover,
        Extension,
        Message,
        Participation,
        SignatureRequest,
        WorkItem,
    )


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User | None) -> Self:
        """The cases whose status this person may see: those of every city that is visible to them."""
        if user is not None and user.is_active and user.has_role(*ROLES_THAT_SEE_EVERY_CITY):
            return self
        return self.filter(city__in=City.objects.visible_to(user))

    def running(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> Self:
        from cases.models import Hold

        held = Hold.objects.filter(case=OuterRef("pk"), lifted_at__isnull=True)
        return self.select_related("city__organization", "standard").annotate(held=Exists(held))

    def for_detail(self) -> Self:
        return self.select_related("city__organization", "standard", "application__paper")


class SignatureRequestQuerySet(models.QuerySet["SignatureRequest"]):
    def usable(self, now: datetime) -> Self:
        """What a link can still sign: the newest request of an undecided application, in words that stand."""
        undecided = set(ApplicationStatus) - {ApplicationStatus.ACCEPTED, ApplicationStatus.DECLINED}
        return self.filter(
            signed_at__isnull=True,
            superseded_at__isnull=True,
            expires_at__gt=now,
            wording=WORDING,
            standard=F("application__case__standard"),
            application__status__in=undecided,
            application__case__closed_at__isnull=True,
        )


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def running(self, now: datetime) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now)


def _judged_by(user: User) -> models.QuerySet[Any]:
    """The cases that this person judges, or once judged, on the committee."""
    from cases.models import Participation

    return Participation.objects.filter(person=user, role=ParticipationRole.COMMITTEE).values("case")


REVIEW = "review"


def _other_reviews(user: User) -> Q:
    """The reviews of others on cases that the person reviews now, open or done since theirs was opened."""
    from cases.models import WorkItem

    own = WorkItem.objects.open().filter(step=REVIEW, owner=user, case=OuterRef("case"))
    beside = Q(Exists(own), closed_at__isnull=True)
    beside |= Q(Exists(own.filter(opened_at__lte=OuterRef("closed_at"))))
    return Q(step=REVIEW) & ~Q(owner=user) & beside


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def visible_to(self, user: User | None) -> Self:
        """Deadlines belong to the status of a case: who sees the one sees the other.

        Not so the steps of a decision, which would tell its outcome before the announcement: those are for
        the program, the city and the committee. Nor what a city's people owe each other, and what the city
        appeals: that is for the city and the program. What was agreed upon in an engagement is for the people
        of its partner as well, and of no other. Work without a case is for the program alone.
        Whoever reviews a case does not learn how far the other review is.
        """
        from cases.models import Case

        if user is None or not user.is_active:
            return self.none()
        told = self.exclude(_other_reviews(user)) if user.has_role(Role.ASSESSOR) else self
        if user.has_role(*PROGRAM_ROLES):
            return told
        found = told.filter(case__in=Case.objects.visible_to(user))
        own_city = Q(case__city__organization__in=user.organizations_as(*CITY_ROLES))
        deciding = Q(step__in=DECIDING_STEPS) & ~Q(case__in=_judged_by(user))
        coached = Q(action_item__engagement__partner__in=user.organizations_as(*PEOPLE_WHO_COACH))
        agreed = Q(kind=WorkKind.ACTION_ITEM) & ~coached
        return found.filter(own_city | ~(deciding | agreed | Q(kind__in=KEPT_BETWEEN_CITY_AND_PROGRAM)))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def overdue(self, now: datetime) -> Self:
        return self.open().filter(due_at__lt=now, paused_at__isnull=True)

    def owed_by(self, user: User) -> Self:
        """Open work that this person may do: their own, and what their organization owes through their role.

        The committee's vote belongs to members without a vote yet; `workflows.selectors` adds it.
        """
        own = Q(owner=user)
        city = Q(party=Party.CITY, organization__in=user.organizations_as(Role.CITY_LEAD))
        # What the lead has given out, or a colleague has taken on, is somebody else's.
        city &= ~Q(kind=WorkKind.DELEGATION) & ~Q(kind=WorkKind.ACTION_ITEM, owner__isnull=False)
        partner = Q(
            party=Party.PARTNER, owner__isnull=True, organization__in=user.organizations_as(Role.PARTNER_LEAD)
        )
        program = Q(party=Party.PROGRAM) if user.has_role(*PROGRAM_ROLES) else Q(pk__in=[])
        return self.open().filter(own | city | partner | program)

    def for_list(self) -> Self:
        return self.select_related(
            "case__city__organization", "case__standard", "city__organization", "organization", "owner"
        )


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def visible_to(self, user: User | None) -> Self:
        """Who sees the work, and asked for it, belongs to whoever owes it, or answers it."""
        from cases.models import WorkItem

        if user is None or not user.is_active:
            return self.none()
        found = self.filter(item__in=WorkItem.objects.visible_to(user))
        if user.has_role(*PROGRAM_ROLES):
            return found
        ours = [held.organization_id for held in user.active_affiliations]
        answers = Q(item__kind=WorkKind.ACTION_ITEM) & Q(
            item__case__participations__organization__in=user.organizations_as(Role.PARTNER_LEAD),
            item__case__participations__role=ParticipationRole.COACH,
            item__case__participations__until__isnull=True,
        )
        return found.filter(Q(requested_by=user) | Q(item__organization__in=ours) | answers).distinct()

    def open(self) -> Self:
        return self.filter(status=ExtensionStatus.OPEN, item__closed_at__isnull=True)

    def to_answer_by(self, user: User) -> Self:
        """Open requests that wait for this person: the program, and for action items the partner's lead."""
        led = user.organizations_as(Role.PARTNER_LEAD)
        agreed = Q(item__kind=WorkKind.ACTION_ITEM)
        answered = agreed & Q(item__action_item__engagement__partner__in=led)
        if user.has_role(*PROGRAM_ROLES):
            answered |= ~agreed
        return self.visible_to(user).open().filter(answered)

    def for_list(self) -> Self:
        return self.select_related("item__case__city", "requested_by").order_by("requested_at", "id")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User | None) -> Self:
        """Both threads for the program, one of them for the people of the city; systems read none."""
        if user is None or not user.is_active:
            return self.none()
        if user.has_role(*PROGRAM_ROLES):
            return self
        own = user.organizations_as(*roles_with(Permission.READ_MESSAGES) & CITY_ROLES)
        return self.filter(thread=Thread.CITY, case__city__organization__in=own)

    def unread_by(self, user: User) -> Self:
        from cases.models import ReadMark

        seen = ReadMark.objects.filter(
            person=user, case=OuterRef("case"), thread=OuterRef("thread"), number__gte=OuterRef("number")
        )
        return self.exclude(sent_by=user).filter(~Exists(seen))

    def for_list(self) -> Self:
        return self.select_related("sent_by").prefetch_related("mentioned", "attachments__file")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User | None) -> Self:
        """The files of the messages that a person may read."""
        from cases.models import Message

        return self.filter(message__in=Message.objects.visible_to(user))


class CoverQuerySet(models.QuerySet["Cover"]):
    def visible_to(self, user: User | None) -> Self:
        """Who holds it and who is away; nobody else answers for it."""
        if user is None or not user.is_active:
            return self.none()
        return self.filter(Q(holder=user) | Q(absence__person=user))

    def standing(self) -> Self:
        return self.filter(
            Q(item__isnull=True) | Q(item__closed_at__isnull=True),
            Q(part__isnull=True) | Q(part__until__isnull=True),
            ended_at__isnull=True,
        )

    def unanswered(self) -> Self:
        """What somebody still has to say of: give it back, or keep it."""
        return self.standing().filter(kept_at__isnull=True)

    def for_list(self) -> Self:
        item, part = "item__case__city__organization", "part__case__city__organization"
        return self.select_related("holder", "absence__person", item, "item__organization", part)

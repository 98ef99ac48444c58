"""Pausing an engagement, and handing it over to another coach or partner."""

from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from cases.deadlines import calendar_of
from coaching.enums import RUNNING
from coaching.models import Engagement, Transfer
from coaching.selectors import coaches_of, other_partners_for
from core.errors import NotFound
from people.enums import Role
from people.models import User
from people.permissions import Permission
from people.roles import PROGRAM_ROLES
from workflows import services
from workflows.forms.passing import PauseForm, TransferDeclineForm, TransferForm
from workflows.views.base import CasePage, EmptyForm, EngagementForm, StepPage
from workflows.views.deeds import DeedsPage


def passing_of(engagement: Engagement, reader: User) -> dict[str, Any]:
    """What the engagement's page shows and offers of pausing and handing over."""
    running = engagement.status in RUNNING and engagement.case.closed_at is None
    offered = Transfer.objects.visible_to(reader).open().filter(engagement=engagement).for_detail().first()
    may_hand_over = running and reader.has_perm(Permission.TRANSFER_ENGAGEMENT, engagement)
    return {
        "may_pause": running and reader.has_perm(Permission.PAUSE_ENGAGEMENT, engagement),
        "may_hand_over": may_hand_over and offered is None,
        "may_call_off": may_hand_over and offered is not None,
        "transfer": offered,
    }


class EngagementPause(EngagementForm):
    permission = Permission.PAUSE_ENGAGEMENT
    title = gettext_lazy("Pause the engagement")
    note = gettext_lazy("Nothing of it is due and nobody is reminded until you resume it.")
    done = gettext_lazy("The engagement is paused; the city and the program have been told.")

    def form(self, data: Any = None) -> PauseForm:
        return PauseForm(data)

    def act(self, form: Any) -> str:
        services.pause_engagement(
            engagement_id=self.engagement.pk,
            reason=form.cleaned_data["reason"],
            by=self.reader,
            now=timezone.now(),
        )
        return self.page_of_the_engagement


class EngagementDeed(CasePage, View):
    """Something done with a single button; it leads back to the engagement."""

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:engagement-detail", args=[engagement_id]))

    def post(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        messages.success(request, self.act(engagement_id))
        return self.get(request, engagement_id)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    def act(self, engagement_id: UUID) -> str:
        """The one domain call; returns what to tell the person."""
        raise NotImplementedError


class EngagementResume(EngagementDeed):
    def act(self, engagement_id: UUID) -> str:
        services.resume_engagement(engagement_id=engagement_id, by=self.reader, now=timezone.now())
        return _("The engagement goes on. Its due dates have moved by the working days of the pause.")


class TransferWithdraw(EngagementDeed):
    def act(self, engagement_id: UUID) -> str:
        services.withdraw_transfer(engagement_id=engagement_id, by=self.reader, now=timezone.now())
        return _("Called off: the engagement stays where it is.")


class TransferOffer(EngagementForm):
    permission = Permission.TRANSFER_ENGAGEMENT
    title = gettext_lazy("Hand the engagement over")
    note = gettext_lazy("It is on their desk. Until they accept, everything stays as it is.")
    done = gettext_lazy("They find it on their desk with your note.")

    def form(self, data: Any = None) -> TransferForm:
        engagement = self.engagement
        today = calendar_of(engagement.partner).local_day(timezone.now())
        colleagues = coaches_of(engagement.partner, today=today).exclude(pk=engagement.coach_id)
        return TransferForm(
            data,
            own=engagement.partner,
            coaches=list(colleagues) if engagement.coach_assigned_at else [],
            partners=list(other_partners_for(engagement)) if self._asks_partners(self.reader) else [],
        )

    def _asks_partners(self, reader: User) -> bool:
        leads = self.engagement.partner_id in reader.organizations_as(Role.PARTNER_LEAD)
        return leads or reader.has_role(*PROGRAM_ROLES)

    def act(self, form: Any) -> str:
        services.offer_transfer(
            engagement_id=self.engagement.pk,
            partner=form.partner,
            coach=form.coach,
            note=form.cleaned_data["note"],
            by=self.reader,
            now=timezone.now(),
        )
        return self.page_of_the_engagement


class TransferAnswer(DeedsPage, StepPage):
    """Whoever shall take over reads the note, and accepts or declines."""

    template_name = "workflows/steps/transfer.html"
    deeds = {"accept": EmptyForm, "decline": TransferDeclineForm}

    @cached_property
    def transfer(self) -> Transfer:
        if self.item.subject is None:
            raise NotFound
        return get_object_or_404(Transfer.objects.visible_to(self.reader).for_detail(), pk=self.item.subject)

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        if self.deed == "accept":
            services.accept_transfer(work_item_id=self.item.pk, by=by, now=now)
        else:
            reason = form.cleaned_data["reason"]
            services.decline_transfer(work_item_id=self.item.pk, reason=reason, by=by, now=now)

    def get_success_url(self) -> str:
        return reverse("workflows:engagement-detail", args=[self.transfer.engagement_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        engagement = self.transfer.engagement
        return super().get_context_data(transfer=self.transfer, engagement=engagement, **kwargs)

"""The committee's packet and vote, the announcement and the certificate."""

from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from cases.deadlines import program_calendar
from cases.models import WorkItem
from certification.appealing import open_appeals
from certification.enums import DecisionStatus
from certification.models import Decision
from certification.packet import canonical
from certification.selectors import (
    announced_certificate,
    committee_for,
    is_sealed_from_readers,
    own_answers,
    result_of,
    tally_of,
)
from certification.transitions import TABLE, Action
from coaching.selectors import shared_coaching
from core.errors import NotAllowed, NotFound
from core.transitions import is_possible
from people.models import User
from people.permissions import Permission
from workflows import services
from workflows.forms.decision import AnnouncementForm, RecusalForm, VoteForm
from workflows.packet import readable
from workflows.views.base import CasePage, RoundPage, StepPage
from workflows.views.casefile import CaseTab
from workflows.views.deeds import DeedsPage


def _today() -> date:
    return program_calendar().local_day(timezone.now())


class DecisionStep(StepPage):
    """A step of the decision; it ends at the case's tab about it."""

    status: DecisionStatus

    @cached_property
    def decision(self) -> Decision:
        found = (
            self.case.decisions.filter(status=self.status).select_related("level", "case__standard").first()
        )
        if found is None:
            raise NotFound
        return found

    def get_success_url(self) -> str:
        return reverse("workflows:case-decision", args=[self.case.pk])


class PacketOpening(RoundPage, DecisionStep):
    template_name = "workflows/steps/open_packet.html"
    done_message = gettext_lazy("The packet is frozen and the vote is open.")

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        services.open_packet_and_route(work_item_id=self.item.pk, by=by, now=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        engagements = shared_coaching(self.case)
        return super().get_context_data(
            assessment=self.assessment,
            score=result_of(self.assessment),
            areas=list(self.case.standard.areas.all()),
            evidence=self.assessment.responses.filter(evidence__isnull=False)
            .values("evidence")
            .distinct()
            .count(),
            engagements=engagements,
            sessions=sum(len(one["sessions"]) for one in engagements),
            committee=committee_for(self.case, today=_today()),
            quorum=self.case.standard.quorum,
            appealed=open_appeals(self.case),
            **kwargs,
        )


class VoteCasting(DecisionStep, DeedsPage):
    template_name = "workflows/steps/vote.html"
    deeds = {"vote": VoteForm, "recuse": RecusalForm}
    status = DecisionStatus.VOTING

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who has answered is told so, not that the vote is none of theirs."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAllowed:
            answers = own_answers(self.case, self.reader)
            if all(answer.decision.status != self.status for answer in answers):
                raise
        messages.info(request, _("Your answer is in already, and final. Nothing was changed."))
        return HttpResponseRedirect(self.get_success_url())

    @property
    def done_message(self) -> Any:  # type: ignore[override]  # -- two deeds, two messages
        return _("Your vote is in.") if self.deed == "vote" else _("You stand aside from this decision.")

    def act(self, form: Any, *, by: User, now: datetime) -> None:
        if self.deed == "vote":
            services.cast_vote_and_route(work_item_id=self.item.pk, by=by, now=now, **form.cleaned_data)
        else:
            services.recuse_and_route(work_item_id=self.item.pk, by=by, now=now, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            decision=self.decision, packet=readable(self.decision, user=self.reader), **kwargs
        )


class Announcement(DecisionStep):
    template_name = "workflows/steps/announce.html"
    form_class = AnnouncementForm
    status = DecisionStatus.CERTIFY

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": _today()}

    def act(self, form: AnnouncementForm, *, by: User, now: datetime) -> None:
        services.announce_and_route(
            work_item_id=self.item.pk, announce_on=form.cleaned_data["announce_on"], by=by, now=now
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(decision=self.decision, tally=tally_of(self.decision), **kwargs)


class CaseDecision(CaseTab):
    """How far the decision is. Its outcome is for program and city, the turnout for the program alone."""

    tab = "decision"
    template_name = "workflows/decision/case.html"

    def more(self, now: datetime) -> dict[str, Any]:
        reader, case = self.reader, self.case
        told = reader.has_perm(Permission.VIEW_OUTCOME, case)
        decisions = list(case.decisions.select_related("level", "assessment")) if told else []
        packets = Decision.objects.visible_to(reader).filter(case=case)
        return {
            "told": told,
            "decisions": [self._with_turnout(one) for one in decisions],
            "sealed": not told and is_sealed_from_readers(case),
            "packets": list(packets.order_by("-opened_at").values_list("pk", flat=True)),
            "answers": own_answers(case, reader),
            "certificate": announced_certificate(case, today=_today()),
        }

    def _with_turnout(self, decision: Decision) -> dict[str, Any]:
        counts = self.reader.has_perm(Permission.CLOSE_VOTE, decision)
        tally = tally_of(decision) if counts else None
        may_close = is_possible(TABLE[Action.CLOSE_VOTE], decision, by=self.reader)
        return {
            "decision": decision,
            "tally": tally,
            "may_close": may_close and bool(tally and tally.quorum_reached) and not self.case.open_hold,
        }


class VoteAction(CasePage, View):
    """Something the program does with an open vote."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:case-decision", args=[case_id]))

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_case(case_id)
        if not self.reader.has_perm(Permission.CLOSE_VOTE, self.case):
            raise NotAllowed(_("Only the program manages a vote."))
        item = WorkItem.objects.open().filter(case=self.case, step="vote").first()
        if item is None:
            messages.info(request, _("The vote is closed already. Nothing was changed."))
        else:
            messages.success(request, self.act(item))
        return HttpResponseRedirect(reverse("workflows:case-decision", args=[case_id]))

    def act(self, item: WorkItem) -> str:
        """The one domain call; returns what to tell the person."""
        raise NotImplementedError


class VoteClosing(VoteAction):
    """Close a vote that has its quorum."""

    def act(self, item: WorkItem) -> str:
        services.close_vote_and_route(work_item_id=item.pk, by=self.reader, now=timezone.now())
        return _("The vote is closed and its outcome recorded.")


class VoteSeating(VoteAction):
    """Seat members who are free now, when too many stood aside."""

    def act(self, item: WorkItem) -> str:
        services.seat_newcomers_and_publish(work_item_id=item.pk, by=self.reader, now=timezone.now())
        return _("The members who are free now have been seated; the vote is on their desks.")


class PacketPage(CasePage, View):
    """A packet for its readers: program, and members while they sit in the vote."""

    def find_decision(self, decision_id: UUID) -> Decision:
        found = Decision.objects.visible_to(self.reader)
        return get_object_or_404(found.select_related("level", "case__city__organization"), pk=decision_id)


class PacketDetail(PacketPage):
    def get(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        decision = self.find_decision(decision_id)
        context = {
            "decision": decision,
            "case": decision.case,
            "packet": readable(decision, user=self.reader),
            "now": timezone.now(),
        }
        return render(request, "workflows/decision/packet.html", context)


class PacketDownload(PacketPage):
    """The packet byte for byte: the file's SHA-256 is the checksum that the page shows."""

    def get(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        decision = self.find_decision(decision_id)
        name = f"packet-{decision.case.city.slug}-{decision.opened_at:%Y-%m-%d}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(canonical(decision.packet), content_type="application/json", headers=headers)


class CertificateDetail(CasePage, View):
    """The award, from the day of its announcement, for everyone who sees the case."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_case(case_id)
        certificate = announced_certificate(self.case, today=_today())
        if certificate is None:
            raise NotFound
        context = {"case": self.case, "certificate": certificate, "today": _today()}
        return render(request, "workflows/decision/certificate.html", context)

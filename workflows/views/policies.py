from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from cases.deadlines import Policy, policies, policy_of
from cases.ladders import DEFAULTS
from cases.models import DeadlinePolicy, WorkItem
from cases.services import fingerprint
from cases.steps import PERIODS, VALIDITIES
from certification.models import Expiry
from core.errors import EditConflict, InvalidInput, NotAllowed
from people.permissions import Permission
from workflows import services
from workflows.foretelling import Moved, ladder_in_words, moved_by, told_of
from workflows.forms.policies import PolicyForm, Rungs, rungs_of
from workflows.views.base import SignedInPage, show_errors

SHOWN = 50


class PolicyPage(SignedInPage, View):
    """For whoever may set deadlines; others who are signed in are told so."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not self.reader.has_perm(Permission.SET_DEADLINES, DeadlinePolicy()):
            raise NotAllowed(_("Deadlines are set by the program office."))
        return super().dispatch(request, *args, **kwargs)


class PolicyList(PolicyPage):
    """Every step with its time and its ladder."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(PERIODS[step], policy, ladder_in_words(policy)) for step, policy in policies().items()]
        return render(request, "workflows/deadlines/policies.html", {"rows": rows})


class PolicyDetail(PolicyPage):
    """One step's time and ladder, tried on a real case before they hold."""

    def get(self, request: HttpRequest, step: str) -> HttpResponse:
        policy = self.find(step)
        form = PolicyForm(initial={"working_days": policy.working_days}, step=step)
        return self.show(form, Rungs(initial=rungs_of(policy.ladder)), policy)

    def post(self, request: HttpRequest, step: str) -> HttpResponse:
        policy = self.find(step)
        form = PolicyForm(request.POST, step=step)
        # Without what holds: a line that somebody else saved meanwhile must not pass for an empty one.
        rungs = Rungs(request.POST)
        if not (form.is_valid() and rungs.is_valid()):
            return self.show(form, rungs, policy, status=400)
        wanted = Policy(step, form.cleaned_data.get("working_days", 0), tuple(rungs.ladder()))
        if "preview" in request.POST:
            return self.show(form, rungs, wanted, is_preview=True)
        try:
            count = services.change_policy(
                step=step,
                working_days=wanted.working_days,
                ladder=wanted.ladder,
                move_open=form.cleaned_data.get("move_open", False),
                seen=request.POST.get("seen", ""),
                by=self.reader,
                now=timezone.now(),
            )
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, rungs, policy, status=400)
        except EditConflict as error:
            return self.conflict(form, rungs, error)
        self.say(count)
        return HttpResponseRedirect(reverse("workflows:policy-list"))

    def conflict(self, form: PolicyForm, rungs: Rungs, error: EditConflict) -> HttpResponse:
        """What holds now stands above what was typed; saving once more keeps the latter."""
        stored: Policy = error.stored
        told = "; ".join(f"{who}: {when}" for who, when in ladder_in_words(stored))
        days = {"days": stored.working_days, "ladder": told}
        form.add_error(None, f"{error.title}: {error.detail}")
        form.add_error(None, _("Saved now: %(days)s working days. %(ladder)s") % days)
        return self.show(form, rungs, stored, status=error.status)

    def say(self, count: int) -> None:
        words = ngettext(
            "Saved. The reminders of %(count)s open piece of work follow it now.",
            "Saved. The reminders of %(count)s open pieces of work follow it now.",
            count,
        )
        messages.success(self.request, words % {"count": count})

    @staticmethod
    def find(step: str) -> Policy:
        if step not in PERIODS:
            raise Http404
        return policy_of(step)

    def show(
        self, form: PolicyForm, rungs: Rungs, policy: Policy, *, is_preview: bool = False, status: int = 200
    ) -> HttpResponse:
        holds = policy_of(policy.step)
        context = {
            "step": PERIODS[policy.step],
            "form": form,
            "rungs": rungs,
            "policy": policy,
            "seen": fingerprint(holds),
            "has_ladder": policy.step in DEFAULTS,
            "ends_by_itself": policy.step in VALIDITIES,
            "holds": holds,
            "is_preview": is_preview,
        } | self.foretold(policy, is_preview and form.cleaned_data.get("move_open", False))
        return render(self.request, "workflows/deadlines/policy.html", context, status=status)

    def foretold(self, policy: Policy, moves: bool) -> dict[str, Any]:  # noqa: FBT001 -- private to this page
        """What it does to the open work of the step, and message by message to the first of it."""
        now = timezone.now()
        if policy.step in VALIDITIES:
            return self.foretold_of_ends(policy, now=now)
        items = WorkItem.objects.visible_to(self.reader).open().filter(step=policy.step)
        by_days = policy.working_days - policy_of(policy.step).working_days if moves else 0
        moved = moved_by(list(items.for_list()[:SHOWN]), by_days, now=now)
        if not moved:
            return {"moved": [], "now": now}
        told = told_of(moved[0].item, policy, due_at=moved[0].due_at, now=now)
        return {"moved": moved, "count": items.count(), "example": moved[0], "told": told, "now": now}

    def foretold_of_ends(self, policy: Policy, *, now: datetime) -> dict[str, Any]:
        """What runs out next, and message by message the first of it; its day stays whatever the ladder."""
        today = timezone.localdate(now)
        ends = Expiry.objects.visible_to(self.reader).open().filter(step=policy.step, ends_on__gte=today)
        moved = [Moved(end, end.due_at) for end in ends.for_list()[:SHOWN]]
        if not moved:
            return {"moved": [], "now": now}
        told = told_of(moved[0].item, policy, due_at=moved[0].due_at, now=now)
        return {"moved": moved, "count": ends.count(), "example": moved[0], "told": told, "now": now}


class PolicyReset(PolicyPage):
    """Back to what Milepost brings."""

    def get(self, request: HttpRequest, step: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:policy-detail", args=[step]))

    def post(self, request: HttpRequest, step: str) -> HttpResponse:
        PolicyDetail.find(step)
        services.reset_policy_of(step=step, by=self.reader, now=timezone.now())
        messages.success(request, _("The default holds again. Due dates of open work stay as they are."))
        return HttpResponseRedirect(reverse("workflows:policy-list"))

"""Action items of an engagement: the list with its form, and the page of one, where its owner finds it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.models import WorkItem
from cases.services.case import require
from coaching.enums import RUNNING
from coaching.models import ActionItem, Engagement
from coaching.selectors import hands_of
from core.errors import InvalidInput
from people.models import User
from people.permissions import Permission
from standards.models import Criterion
from workflows import services
from workflows.forms.actions import ActionItemForm, DropForm, OutcomeForm, PassOnForm
from workflows.selectors import may_do
from workflows.views.base import CasePage, EngagementPage, WorkPage, more_time, show_errors


def may_set_actions(engagement: Engagement, reader: User) -> bool:
    running = engagement.status in RUNNING and engagement.case.closed_at is None
    return running and reader.has_perm(Permission.SET_ACTIONS, engagement)


class ActionItemList(EngagementPage):
    """What was agreed upon in one engagement, open items first; whoever may adds to it."""

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        return self.show(self.form() if may_set_actions(self.engagement, self.reader) else None)

    def post(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        require(self.reader, Permission.SET_ACTIONS, self.engagement)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                services.set_action_item(
                    engagement_id=engagement_id, by=self.reader, now=timezone.now(), **form.cleaned_data
                )
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("It is on its owner's desk."))
                return HttpResponseRedirect(request.path)
        return self.show(form, status=400)

    def form(self, data: Any = None) -> ActionItemForm:
        coached = Criterion.objects.filter(area__in=self.engagement.areas.all())
        hands = hands_of(self.engagement, now=timezone.now())
        return ActionItemForm(data, hands=hands, criteria=coached.order_by("position"))

    def show(self, form: ActionItemForm | None, *, status: int = 200) -> HttpResponse:
        rows = ActionItem.objects.visible_to(self.reader).filter(engagement=self.engagement).for_list()
        context = {
            "engagement": self.engagement,
            "case": self.engagement.case,
            "actions": list(rows),
            "form": form,
            "now": timezone.now(),
        }
        return render(self.request, "workflows/coaching/actions.html", context, status=status)


class ActionItemDetail(CasePage, View):
    """One action item: its owner says that it is done, or somebody else takes it on, or it is dropped."""

    action: ActionItem

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            rows = ActionItem.objects.visible_to(self.reader).for_list()
            related = "engagement__partner", "engagement__case__city__organization", "dropped_by"
            self.action = get_object_or_404(rows.select_related(*related), pk=kwargs["action_id"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, action_id: UUID) -> HttpResponse:
        return self.show({})

    def post(self, request: HttpRequest, action_id: UUID) -> HttpResponse:
        deed = request.POST.get("deed", "")
        form = self.forms(request.POST).get(deed)
        if form is None:
            return self.show({}, status=400)
        if form.is_valid():
            try:
                words = self.act(deed, form)
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, words)
                return HttpResponseRedirect(self.page_of_the_list)
        return self.show({deed: form}, status=400)

    def act(self, deed: str, form: Any) -> str:
        given: dict[str, Any] = {"action_id": self.action.pk, "by": self.reader, "now": timezone.now()}
        if deed == "pass_on":
            action = services.pass_on_action_item(owner=form.cleaned_data["owner"], **given)
            return _("%(name)s has it on their desk now.") % {"name": action.work_item.owner}
        if deed == "drop":
            services.drop_action_item(reason=form.cleaned_data["outcome"], **given)
            return _("It is dropped, and its owner has been told.")
        services.finish_action_item(outcome=form.cleaned_data["outcome"], **given)
        return _("Done: it is off the desk.")

    @property
    def page_of_the_list(self) -> str:
        return reverse("workflows:action-items", args=[self.action.engagement_id])

    def forms(self, data: Any = None) -> dict[str, Form]:
        """What can be done with it, by deed."""
        hands = hands_of(self.action.engagement, now=timezone.now())
        return {
            "done": OutcomeForm(data),
            "pass_on": PassOnForm(data, hands=hands, but=self.action.work_item.owner),
            "drop": DropForm(data),
        }

    def show(self, bound: dict[str, Form], *, status: int = 200) -> HttpResponse:
        action = self.action
        running = action.is_open and action.engagement.case.closed_at is None
        owes = running and may_do(self.reader, action.work_item)
        context = {
            "action": action,
            "item": action.work_item,
            "case": action.engagement.case,
            "engagement": action.engagement,
            "forms": self.forms() | bound,
            "may_finish": running and self.reader.has_perm(Permission.FINISH_ACTION, action),
            "may_drop": running and self.reader.has_perm(Permission.SET_ACTIONS, action.engagement),
            "list_url": self.page_of_the_list,
            "now": timezone.now(),
        } | more_time(action.work_item, self.reader, owes=owes)
        return render(self.request, "workflows/coaching/action.html", context, status=status)


class ActionWork(WorkPage):
    """The work item's address, as the desk and mails give it, leads to the page of what is to be done."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        rows = WorkItem.objects.visible_to(self.reader).select_related("action_item")
        item = get_object_or_404(rows, pk=kwargs["item_id"])
        return HttpResponseRedirect(reverse("workflows:action-item", args=[item.action_item.pk]))

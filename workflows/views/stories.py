"""The stories of a case: reading them, telling one, telling it anew, removing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from certification.enums import EvidenceKind
from certification.models import Evidence, Response, Story
from certification.querysets import WITH_THE_CITY
from certification.services import change_story, remove_story, tell_story
from core.errors import InvalidInput
from people.permissions import Permission
from workflows.forms.stories import StoryForm
from workflows.views.base import CasePage, show_errors

PAGE_SIZE = 25


class StoryList(CasePage, View):
    """Every story of the case that the reader may read, the newest first; leads and contributors write."""

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_case(case_id)
        return self.show()

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        self.case = self.find_case(case_id)
        form = StoryForm(request.POST, criteria=self.criteria())
        if not form.is_valid():
            return self.show(form, status=400)
        chosen = [UUID(key) for key in form.cleaned_data.get("answers", [])]
        try:
            tell_story(case=self.case, answers=chosen, by=self.reader, now=timezone.now(), **form.told())
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=error.status)
        messages.success(request, _("The story is told."))
        return HttpResponseRedirect(request.path)

    def criteria(self) -> list[tuple[str, str]]:
        """The open criteria that the reader may write."""
        open_ones = Response.objects.visible_to(self.reader).filter(
            assessment__case=self.case, status__in=WITH_THE_CITY
        )
        found = []
        for one in open_ones.select_related("criterion", "delegation", "assessment"):
            one.assessment.case = self.case
            if self.reader.has_perm(Permission.EDIT_ANSWERS, one):
                found.append((str(one.pk), f"{one.criterion.code} {one.criterion.statement}"))
        return found

    def stories(self) -> Any:
        """Of each the newest version that the reader may read, unless that was removed."""
        pieces = Evidence.objects.visible_to(self.reader).filter(case=self.case, kind=EvidenceKind.STORY)
        newest = pieces.order_by("chain", "-version").distinct("chain").values("pk")
        answers = Response.objects.visible_to(self.reader).select_related("criterion")
        served = Prefetch("responses", queryset=answers.order_by("criterion__position"))
        shown = Evidence.objects.filter(pk__in=newest, story__removed_at__isnull=True).select_related(
            "story__told_by"
        )
        return shown.prefetch_related(served).order_by("-added_at", "pk")

    def show(self, form: StoryForm | None = None, *, status: int = 200) -> HttpResponse:
        page = Paginator(self.stories(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        for piece in page.object_list:
            if piece.story is not None:
                piece.story.case = self.case
        may_write = self.case.closed_at is None and self.reader.has_perm(Permission.WRITE_STORIES, self.case)
        if may_write and form is None:
            form = StoryForm(criteria=self.criteria())
        context = {"case": self.case, "page": page, "form": form if may_write else None}
        context["own"] = {
            piece.pk
            for piece in page.object_list
            if may_write and self.reader.has_perm(Permission.WRITE_STORIES, piece.story)
        }
        return render(self.request, "workflows/stories/list.html", context, status=status)


class StoryPage(CasePage, View):
    """One story, for whoever may change it."""

    story: Story

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        stories = Story.objects.visible_to(self.reader).select_related("proof")
        self.story = get_object_or_404(stories, pk=kwargs["story_id"])
        self.case = self.find_case(self.story.case_id)
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:stories", args=[self.case.pk]))


class StoryChange(StoryPage):
    def get(self, request: HttpRequest, story_id: UUID) -> HttpResponse:
        self.story.case = self.case
        if not self.reader.has_perm(Permission.WRITE_STORIES, self.story):
            return HttpResponseRedirect(reverse("workflows:evidence", args=[self.story.proof.pk]))
        told = {name: getattr(self.story, name) for name in ("title", "text", "link")}
        told["speaks_for_on"] = self.story.proof.speaks_for_on
        return self.show(StoryForm(initial=told))

    def post(self, request: HttpRequest, story_id: UUID) -> HttpResponse:
        form = StoryForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            change_story(story_id=story_id, by=self.reader, now=timezone.now(), **form.told())
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, status=error.status)
        messages.success(request, _("The story is told anew. What was handed in keeps the earlier one."))
        return self.back()

    def show(self, form: StoryForm, *, status: int = 200) -> HttpResponse:
        context = {"case": self.case, "story": self.story, "form": form}
        return render(self.request, "workflows/stories/change.html", context, status=status)


class StoryRemove(StoryPage):
    def get(self, request: HttpRequest, story_id: UUID) -> HttpResponse:
        return self.back()

    def post(self, request: HttpRequest, story_id: UUID) -> HttpResponse:
        remove_story(story_id=story_id, by=self.reader, now=timezone.now())
        messages.success(request, _("The story is removed. What was handed in with it keeps it."))
        return self.back()

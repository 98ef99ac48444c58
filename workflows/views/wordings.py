"""The words of every message, changed by the program: tried on real work, with their history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.deadlines import program_calendar
from cases.models import WorkItem
from core.errors import EditConflict, InvalidInput, NotAllowed
from core.models import AuditEvent
from notifications.mail import Preview, preview
from notifications.models import OwnWording
from notifications.selectors import is_broken
from notifications.services import reset_wording, set_wording, sound_words
from notifications.wordings import UnknownWording, Wording, Words, fill, wording_named, wordings
from people.models import User
from people.permissions import Permission
from workflows.forms.wordings import WordingForm
from workflows.messages import values_of
from workflows.views.base import SignedInPage, show_errors

EXAMPLES, NEWEST = 30, 20


class WordingPage(SignedInPage, View):
    """For whoever may set the words of messages; others who are signed in are told so."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not self.reader.has_perm(Permission.SET_WORDINGS, OwnWording()):
            raise NotAllowed(_("The words of messages are set by the program office."))
        return super().dispatch(request, *args, **kwargs)


class WordingList(WordingPage):
    """Every message with the subject that it goes out with."""

    def get(self, request: HttpRequest) -> HttpResponse:
        own = {row.code: row for row in OwnWording.objects.exclude(text="").select_related("changed_by")}
        groups: dict[str, list[dict[str, Any]]] = {}
        for wording in wordings():
            groups.setdefault(str(wording.group), []).append(self.row(wording, own.pop(wording.code, None)))
        context = {"groups": groups, "unused": list(own.values())}
        return render(request, "workflows/wordings/list.html", context)

    @staticmethod
    def row(wording: Wording, own: OwnWording | None) -> dict[str, Any]:
        broken = own is not None and is_broken(own)
        subject = own.subject if own and not broken else wording.brought().subject
        return {"wording": wording, "own": own, "is_broken": broken, "subject": subject}


class WordingDetail(WordingPage):
    """One message's words."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        wording, own = self.find(code)
        words = own.words if own.text else wording.brought()
        initial = {"version": own.version, "subject": words.subject, "text": words.text}
        return self.show(WordingForm(initial=initial, items=self.examples()), wording, own, words)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        wording, own = self.find(code)
        form = WordingForm(request.POST, items=self.examples())
        if not form.is_valid():
            return self.show(form, wording, own, status=400)
        try:
            if "preview" in request.POST:
                return self.show(form, wording, own, sound_words(wording, **form.words()))
            version = form.cleaned_data["version"]
            set_wording(code=code, version=version, by=self.reader, now=timezone.now(), **form.words())
        except InvalidInput as error:
            show_errors(form, error)
            return self.show(form, wording, own, status=400)
        except EditConflict as error:
            return self.conflict(wording, error)
        messages.success(request, _("Saved. Messages say it this way from now on."))
        return HttpResponseRedirect(reverse("workflows:wording-detail", args=[code]))

    def conflict(self, wording: Wording, error: EditConflict) -> HttpResponse:
        """What is saved now beside what was typed; saving once more keeps the latter."""
        typed = self.request.POST.copy()
        typed["version"] = str(error.stored.version)
        again = WordingForm(typed, items=self.examples())
        again.add_error(None, f"{error.title}: {error.detail}")
        return self.show(again, wording, error.stored, theirs=error.stored, status=error.status)

    @staticmethod
    def find(code: str) -> tuple[Wording, OwnWording]:
        try:
            wording = wording_named(code)
        except UnknownWording:
            raise Http404 from None
        own = OwnWording.objects.filter(code=code).select_related("changed_by").first()
        return wording, own or OwnWording(code=code)

    def examples(self) -> list[WorkItem]:
        """Real work that the reader sees, due first."""
        items = WorkItem.objects.visible_to(self.reader).open().filter(case__isnull=False)
        return list(items.for_list().order_by("due_at", "pk")[:EXAMPLES])

    def show(
        self,
        form: WordingForm,
        wording: Wording,
        own: OwnWording,
        words: Words | None = None,
        *,
        theirs: OwnWording | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "form": form,
            "wording": wording,
            "own": own,
            "problems": wording.problems(own.words) if own.text else {},
            "preview": self.preview(form, wording, words) if words else None,
            "is_preview": "preview" in self.request.POST,
            "theirs": theirs,
            "history": history_of(own),
        }
        return render(self.request, "workflows/wordings/detail.html", context, status=status)

    def preview(self, form: WordingForm, wording: Wording, words: Words) -> Preview | None:
        """The mail as this reader would get it; none of words that can't go out."""
        if wording.problems(words):
            return None
        values = example_values(wording, form.chosen(), self.reader)
        return preview(wording, fill(words, values), reader=self.reader, now=timezone.now())


class WordingReset(WordingPage):
    """Back to what Milepost brings."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("workflows:wording-detail", args=[code]))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        if not OwnWording.objects.filter(code=code).exists():
            WordingDetail.find(code)
        reset_wording(code=code, by=self.reader, now=timezone.now())
        messages.success(request, _("The words that Milepost brings hold again."))
        return HttpResponseRedirect(reverse("workflows:wording-list"))


def example_values(wording: Wording, item: WorkItem | None, reader: User) -> dict[str, object]:
    """What the work and the reader give; made up for what only a real event has."""
    made_up: dict[str, object] = {one.name: one.example for one in wording.placeholders}
    if item is None:
        return made_up
    real = values_of(item, home=program_calendar())
    owed = item.organization.name if item.organization else item.get_party_display()
    return made_up | {"organization": owed, "where": real["city"]} | real


def history_of(own: OwnWording) -> list[AuditEvent]:
    if own._state.adding:
        return []
    events = AuditEvent.objects.filter(target_type="notifications.ownwording", target_id=str(own.pk))
    return list(events.select_related("actor")[:NEWEST])

"""Notes on an engagement: written on its page, changed and shown to more people by their authors."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from coaching.enums import NoteAudience
from coaching.models import Engagement, Note
from coaching.services import edit_note, widen_note
from core.errors import EditConflict
from people.models import User
from people.permissions import Permission
from workflows.forms.notes import NoteEditForm, NoteWidenForm, wider_than
from workflows.views.base import CasePage

TONES = {NoteAudience.PRIVATE: "neutral", NoteAudience.PARTNER: "soon", NoteAudience.CITY: "ok"}


def notes_of(engagement: Engagement, reader: User) -> list[dict[str, Any]]:
    """What this reader finds of the notes, each with its audience in words and what its author may do."""
    notes = (
        Note.objects.visible_to(reader)
        .filter(engagement=engagement)
        .select_related("written_by", "engagement")
    )
    writes = reader.has_perm(Permission.WRITE_NOTES, engagement) and engagement.case.closed_at is None
    return [
        {
            "note": note,
            "tone": TONES[NoteAudience(note.audience)],
            "mine": writes and note.written_by_id == reader.pk,
            "wider": wider_than(note),
        }
        for note in notes
    ]


class OwnNote(CasePage, View):
    """A note of the reader's own; those of others can be read on the engagement's page, and no more."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            seen = Note.objects.visible_to(self.reader).select_related("engagement__case__city__organization")
            self.note = get_object_or_404(seen, pk=kwargs["note_id"])
        return super().dispatch(request, *args, **kwargs)

    def back(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return HttpResponseRedirect(self.page_of_the_engagement)

    @property
    def page_of_the_engagement(self) -> str:
        return reverse("workflows:engagement-detail", args=[self.note.engagement_id])


class NoteEdit(OwnNote):
    def get(self, request: HttpRequest, note_id: UUID) -> HttpResponse:
        if self.note.written_by_id != self.reader.pk:
            raise Http404
        return self.show(NoteEditForm(initial={"text": self.note.text, "version": self.note.version}))

    def post(self, request: HttpRequest, note_id: UUID) -> HttpResponse:
        form = NoteEditForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            edit_note(note_id=note_id, by=self.reader, now=timezone.now(), **form.cleaned_data)
        except EditConflict as error:
            return self.conflict(error)
        return self.back(_("The note is changed."))

    def conflict(self, error: EditConflict) -> HttpResponse:
        """What is kept by now above what was typed; sending it once more keeps the latter."""
        typed = self.request.POST.copy()
        typed["version"] = error.stored.version
        again = NoteEditForm(typed)
        again.add_error(None, f"{error.title}: {error.detail}")
        return self.show(again, status=error.status, theirs=error.stored)

    def show(self, form: NoteEditForm, *, status: int = 200, theirs: Note | None = None) -> HttpResponse:
        context = {
            "form": form,
            "note": self.note,
            "theirs": theirs,
            "back_url": self.page_of_the_engagement,
        }
        return render(self.request, "workflows/coaching/note_edit.html", context, status=status)


class NoteWiden(OwnNote):
    def get(self, request: HttpRequest, note_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(self.page_of_the_engagement)

    def post(self, request: HttpRequest, note_id: UUID) -> HttpResponse:
        form = NoteWidenForm(request.POST)
        audience = form.cleaned_data["audience"] if form.is_valid() else ""
        note = widen_note(note_id=note_id, audience=audience, by=self.reader, now=timezone.now())
        return self.back(_("Readers of the note now: %(who)s.") % {"who": note.get_audience_display()})

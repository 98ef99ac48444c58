"""Documents of an engagement: the list with its form, taking one's own away again, and the files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from cases.services.case import require
from coaching.enums import NoteAudience
from coaching.models import Document, Engagement
from coaching.services import add_document, withdraw_document
from core.errors import InvalidInput
from core.serving import as_attachment
from people.models import User
from people.permissions import Permission
from workflows.forms.documents import DocumentForm
from workflows.views.base import CasePage, EngagementPage, show_errors
from workflows.views.notes import TONES


def documents_of(engagement: Engagement, reader: User) -> Any:
    return Document.objects.visible_to(reader).filter(engagement=engagement).for_list()


class DocumentList(EngagementPage):
    """The documents of one engagement that the person reads; whoever may adds to them."""

    def get(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        return self.show(self.form() if self.may_add else None)

    def post(self, request: HttpRequest, engagement_id: UUID) -> HttpResponse:
        require(self.reader, Permission.ADD_DOCUMENTS, self.engagement)
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                add_document(engagement_id=engagement_id, by=self.reader, now=timezone.now(), **form.document)
            except InvalidInput as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The document is kept."))
                return HttpResponseRedirect(request.path)
        return self.show(form, status=400)

    @property
    def may_add(self) -> bool:
        may = self.reader.has_perm(Permission.ADD_DOCUMENTS, self.engagement)
        return may and self.engagement.case.closed_at is None

    def form(self, *data: Any) -> DocumentForm:
        return DocumentForm(*data, engagement=self.engagement, by=self.reader)

    def show(self, form: DocumentForm | None, *, status: int = 200) -> HttpResponse:
        rows = documents_of(self.engagement, self.reader)
        context = {
            "engagement": self.engagement,
            "case": self.engagement.case,
            "documents": [
                (one, TONES[NoteAudience(one.audience)], one.added_by_id == self.reader.pk) for one in rows
            ],
            "form": form,
        }
        return render(self.request, "workflows/coaching/documents.html", context, status=status)


class DocumentWithdraw(CasePage, View):
    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        return self.back(document_id)

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        answer = self.back(document_id)
        withdraw_document(document_id=document_id, by=self.reader, now=timezone.now())
        messages.success(request, _("The document is withdrawn."))
        return answer

    def back(self, document_id: UUID) -> HttpResponse:
        document = get_object_or_404(Document.objects.visible_to(self.reader), pk=document_id)
        return HttpResponseRedirect(reverse("workflows:documents", args=[document.engagement_id]))


class DocumentFile(CasePage, View):
    """The file of a document, for whoever may read it."""

    def get(self, request: HttpRequest, document_id: UUID) -> FileResponse:
        documents = Document.objects.visible_to(self.reader).select_related("file")
        return as_attachment(get_object_or_404(documents, pk=document_id).file)

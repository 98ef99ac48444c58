from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views import View

from cases.models import Attachment
from certification.models import Evidence
from core.serving import as_attachment
from people.permissions import Permission
from workflows.views.base import CasePage


class EvidenceFile(CasePage, View):
    """A file of evidence, for whoever may read an answer that it stands for."""

    def get(self, request: HttpRequest, evidence_id: UUID) -> FileResponse:
        pieces = Evidence.objects.visible_to(self.reader).filter(file__isnull=False).select_related("file")
        evidence = get_object_or_404(pieces, pk=evidence_id)
        if evidence.file is None:
            raise Http404
        return as_attachment(evidence.file)


class MessageFile(CasePage, View):
    """A file that came with a message, for whoever may read the message."""

    def get(self, request: HttpRequest, attachment_id: UUID) -> FileResponse:
        attachments = Attachment.objects.visible_to(self.reader).select_related("file")
        return as_attachment(get_object_or_404(attachments, pk=attachment_id).file)


class ApplicationFile(CasePage, View):
    """The signed paper, for the city and the program."""

    def get(self, request: HttpRequest, case_id: UUID) -> FileResponse:
        case = self.find_case(case_id)
        if not self.reader.has_perm(Permission.VIEW_APPLICATION, case) or case.application.paper is None:
            raise Http404
        return as_attachment(case.application.paper)

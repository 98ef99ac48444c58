from django.conf import settings
from django.db import models
from django.db.models import Q

from coaching.enums import NoteAudience
from coaching.models.engagement import Engagement
from coaching.querysets import DocumentQuerySet
from core.models import StoredFile, UUIDModel, paired
from people.models import Organization

USER = settings.AUTH_USER_MODEL


class Document(UUIDModel):
    """A file of an engagement, for the city as well or for the partner's people alone."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="documents")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    # Whose document it is; the engagement may go over to another partner, and this does not.
    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    audience = models.CharField(max_length=10, choices=NoteAudience)
    # Tells the same form sent twice from two documents.
    key = models.UUIDField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "id"]
        constraints = [
            paired("added"),
            paired("withdrawn"),
            models.UniqueConstraint(fields=["added_by", "key"], name="document_added_once"),
            models.CheckConstraint(
                condition=~Q(audience=NoteAudience.PRIVATE), name="document_for_more_than_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title

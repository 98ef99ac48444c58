import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.enums import EvidenceKind
from certification.models.rounds import Response
from certification.querysets import EvidenceQuerySet
from core.models import StoredFile, UUIDModel, paired


class Evidence(UUIDModel):
    """A file or a link that stands for one or more answers, with the day it speaks for.

    A newer version is another row of the same `chain`; an answer keeps the one that it rests on.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evidence")
    responses = models.ManyToManyField(Response, related_name="evidence")
    # Answers that rested on it when they were handed in, and after a return rest on something else.
    rested = models.ManyToManyField(Response, related_name="former_evidence", blank=True)
    chain = models.UUIDField(default=uuid.uuid4, db_index=True)
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=6, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link = models.URLField(max_length=500, blank=True)
    speaks_for_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["added_at"]
        verbose_name_plural = "evidence"
        constraints = [
            paired("added"),
            models.UniqueConstraint(fields=["chain", "version"], name="evidence_one_of_each_version"),
            models.CheckConstraint(
                condition=Q(kind=EvidenceKind.FILE, file__isnull=False, link="")
                | (Q(kind=EvidenceKind.LINK, file__isnull=True) & ~Q(link="")),
                name="evidence_is_a_file_or_a_link",
            ),
        ]

    def __str__(self) -> str:
        return self.title

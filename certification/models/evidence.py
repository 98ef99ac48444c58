import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case
from certification.enums import EvidenceKind
from certification.models.rounds import Response
from certification.querysets import EvidenceQuerySet, StoryQuerySet
from core.models import StoredFile, UUIDModel, paired


class Story(UUIDModel):
    """A city's example of data at work, as it was told at one time; it is evidence like any other.

    Who tells it anew makes a newer version of that evidence, with a story of its own.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stories")
    title = models.CharField(max_length=200)
    text = models.TextField()
    link = models.URLField(max_length=500, blank=True)
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering = ["told_at"]
        verbose_name_plural = "stories"
        constraints = [paired("told"), paired("removed")]

    def __str__(self) -> str:
        return self.title


class Evidence(UUIDModel):
    """A file, a link or a story that stands for one or more answers, with the day it speaks for.

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
    story = models.OneToOneField(Story, on_delete=models.PROTECT, null=True, blank=True, related_name="proof")
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
                condition=Q(kind=EvidenceKind.FILE, file__isnull=False, link="", story__isnull=True)
                | (Q(kind=EvidenceKind.LINK, file__isnull=True, story__isnull=True) & ~Q(link=""))
                | Q(kind=EvidenceKind.STORY, file__isnull=True, link="", story__isnull=False),
                name="evidence_is_a_file_a_link_or_a_story",
            ),
        ]

    def __str__(self) -> str:
        return self.title

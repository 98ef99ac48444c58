from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.enums import Party
from cases.models import Case
from certification.enums import Audience
from certification.models.rounds import Response
from certification.querysets import CommentQuerySet
from core.models import UUIDModel


class Comment(UUIDModel):
    """One comment on a criterion; it never changes and never goes, and the database sees to it.

    `number` counts within the thread, but for assessors each by themselves (`lane` is who they are): a gap
    would tell one of them that the other has written something.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="comments")
    audience = models.CharField(max_length=10, choices=Audience)
    lane = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField()
    # For whom the writer spoke then.
    side = models.CharField(max_length=10, choices=Party)
    text = models.TextField()
    # Made with the form: the same form sent twice is one comment.
    key = models.UUIDField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "audience", "lane", "number"], name="comment_numbered_once"
            ),
            models.UniqueConstraint(fields=["written_by", "key"], name="comment_one_per_form"),
            models.CheckConstraint(
                condition=Q(audience=Audience.CITY, side__in=[Party.CITY, Party.PROGRAM])
                | Q(audience=Audience.INTERNAL, side__in=[Party.PROGRAM, Party.ASSESSOR]),
                name="comment_by_who_reads_the_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response.criterion} · {self.audience} {self.number}"

    @property
    def case(self) -> Case:
        return self.response.case

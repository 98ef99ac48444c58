from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.enums import Party, Thread
from cases.models.case import Case
from cases.querysets import AttachmentQuerySet, MessageQuerySet
from core.models import StoredFile, UUIDModel

USER = settings.AUTH_USER_MODEL


class Message(UUIDModel):
    """One message in a thread of a case; it never changes and never goes, and the database sees to it.

    `number` counts within the thread, given under the lock of the case: who has seen one has seen all below.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    thread = models.CharField(max_length=10, choices=Thread)
    number = models.PositiveIntegerField()
    # For whom the writer spoke then; they may belong somewhere else today.
    side = models.CharField(max_length=10, choices=Party)
    text = models.TextField()
    mentioned: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(USER, related_name="+", blank=True)
    # Made with the form: the same form sent twice is one message.
    key = models.UUIDField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "thread", "number"], name="message_numbered_once"),
            models.UniqueConstraint(fields=["case", "sent_by", "key"], name="message_one_per_form"),
            models.CheckConstraint(
                condition=Q(side__in=[Party.CITY, Party.PROGRAM]), name="message_of_city_or_program"
            ),
            models.CheckConstraint(
                condition=Q(thread=Thread.CITY) | Q(side=Party.PROGRAM), name="message_inside_the_program"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.thread} {self.number}"


class Attachment(UUIDModel):
    """A file that came with a message; whoever may read the one may have the other."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["file__uploaded_at", "id"]

    def __str__(self) -> str:
        return self.file.name


class ReadMark(models.Model):
    """How far somebody has read in a thread: the number of the newest message that they were shown."""

    person = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    thread = models.CharField(max_length=10, choices=Thread)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "case", "thread"], name="read_mark_one_per_thread")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.thread} {self.number}"

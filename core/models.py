import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class UUIDModel(models.Model):
    """Anything with an address of its own in pages or the API."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def paired(stem: str) -> models.CheckConstraint:
    """The constraint that a moment and the person who caused it are recorded together or not at all."""
    at, by = f"{stem}_at", f"{stem}_by"
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=f"%(app_label)s_%(class)s_{stem}_pair",
    )


class AuditEvent(models.Model):
    """One thing that somebody did, kept for ever; the database refuses to change or delete it."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=40)
    dossier = models.UUIDField(null=True, blank=True)
    old: Any = models.JSONField(default=dict)
    new: Any = models.JSONField(default=dict)
    # The prefix of the API key through which the actor came, if any.
    key = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["dossier", "-at", "-id"], name="audit_by_dossier"),
            models.Index(fields=["target_type", "target_id"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class StoredFile(UUIDModel):
    """One uploaded file, as received: its random place, its checksum and what its content was found to be."""

    name = models.CharField(max_length=200)
    content = models.FileField(upload_to="files", max_length=120)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """What a caller of the API was answered to a request that carried an idempotency key."""

    caller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # The checksum of method, address and content: the key goes with this request and no other.
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body: Any = models.JSONField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="keptanswer_one_per_key")]

    def __str__(self) -> str:
        return f"{self.caller}: {self.key}"

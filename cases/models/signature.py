import unicodedata
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from cases.commitment import WORDING
from cases.enums import SignatureState
from cases.models.case import Application
from cases.querysets import SignatureRequestQuerySet
from core.models import UUIDModel, paired
from standards.models import Standard

USER = settings.AUTH_USER_MODEL


class SignatureRequest(UUIDModel):
    """The sponsor is asked by mail to sign the commitment; of an application the newest request counts."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="signature_requests")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    address = models.EmailField()
    # What is signed: the words as they are shown, and what they follow from.
    commitment = models.TextField()
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    wording = models.PositiveSmallIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Who signed needs no account: a name and an office, as they gave them.
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField(max_length=120, blank=True)
    signed_title = models.CharField(max_length=120, blank=True)
    signed_from = models.GenericIPAddressField(null=True, blank=True)
    signed_with = models.CharField(max_length=300, blank=True)

    objects = SignatureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            paired("asked"),
            paired("superseded"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(superseded_at__isnull=True), name="signature_one_current"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_name="", signed_title="", signed_from__isnull=True)
                | (Q(signed_at__isnull=False) & ~Q(signed_name="") & ~Q(signed_title="")),
                name="signature_signed_by_somebody",
            ),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="signature_lower_case"),
        ]
        indexes = [models.Index(fields=["address", "asked_at"], name="signature_by_address")]

    def __str__(self) -> str:
        return f"{self.name} · {self.application}"

    def state(self, now: datetime) -> SignatureState:
        if not self.stands:
            return SignatureState.OUTDATED
        if self.signed_at:
            return SignatureState.SIGNED
        return SignatureState.AWAITED if now < self.expires_at else SignatureState.EXPIRED

    @property
    def stands(self) -> bool:
        """Whether these are still the words and the standard that the city has to commit to."""
        return self.wording == WORDING and self.standard_id == self.application.case.standard_id

    @property
    def counts(self) -> bool:
        return self.signed_at is not None and self.stands

    @property
    def expected(self) -> str:
        """Who was asked, or is named on the application, where that is not who signed; else nothing."""
        signed = (self.signed_name, self.signed_title)
        asked = (self.name, self.title)
        named = (self.application.signer_name, self.application.signer_title)
        for words in (asked, named) if self.signed_at else ():
            if any(one and _plain(one) != _plain(given) for one, given in zip(words, signed, strict=True)):
                return ", ".join(filter(None, words))
        return ""


def _plain(words: str) -> str:
    """For comparing what people typed: neither case nor spaces count."""
    return " ".join(unicodedata.normalize("NFKC", words).split()).casefold()

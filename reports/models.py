from django.db import models

from reports.querysets import SweepRunQuerySet


class SweepRun(models.Model):
    """One run of a sweep: when it began, how long it took, and what it found or why it failed."""

    sweep = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    took = models.DurationField()
    found = models.JSONField(default=dict)
    problem = models.CharField(max_length=200, blank=True)

    objects = SweepRunQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["sweep", "-began_at"], name="sweep_run_newest")]

    def __str__(self) -> str:
        return f"{self.sweep} at {self.began_at}"

from django.db import models
from django.db.models import Q

from cases.enums import RecipientRule
from cases.steps import PERIOD_CHOICES

# How many working days before and after a due date somebody can be told of it; a year has some 250.
EARLIEST_RUNG, LATEST_RUNG = 250, 60


class DeadlinePolicy(models.Model):
    """The program's own number of working days for a step, where it differs from the step's default."""

    step = models.CharField(max_length=20, choices=PERIOD_CHOICES, unique=True)
    working_days = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "deadline policies"

    def __str__(self) -> str:
        return f"{self.step}: {self.working_days} working days"


class PolicyRung(models.Model):
    """One message of the program's own ladder for a step, in the place of the default ladder."""

    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.CASCADE, related_name="rungs")
    # Working days after the due date; negative: before it.
    days = models.SmallIntegerField()
    rule = models.CharField(max_length=20, choices=RecipientRule)
    may_wait = models.BooleanField(default=False)

    class Meta:
        ordering = ["days", "rule"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "days", "rule"], name="policy_rung_once_per_day_and_rule"
            ),
            models.CheckConstraint(
                condition=Q(days__range=(-EARLIEST_RUNG, LATEST_RUNG)), name="policy_rung_within_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy.step} {self.days:+d} {self.rule}"

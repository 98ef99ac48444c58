from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import UUIDModel
from notifications.enums import LIVE, Channel, DeliveryState, Mode, ReminderState
from notifications.querysets import DeliveryQuerySet, NoticeQuerySet, ReminderQuerySet
from notifications.wordings import LONGEST_SUBJECT, LONGEST_TEXT, Words

USER = settings.AUTH_USER_MODEL


class Reminder(models.Model):
    """One planned message about an obligation, by one recipient rule at one step; the row is the schedule.

    The obligation is named by kind and id. A due date that moves silences this row and plans another, so
    that what was sent stays on record.
    """

    kind = models.CharField(max_length=60)
    obligation = models.UUIDField()
    # Whom the kind's resolver shall find when it is sent; empty where there is one rule only.
    rule = models.CharField(max_length=20, blank=True)
    step = models.CharField(max_length=30)
    planned_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=ReminderState, default=ReminderState.PLANNED)
    reason = models.CharField(max_length=60, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["planned_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "obligation", "rule", "step", "planned_at"],
                name="reminder_once_per_rule_step_and_moment",
            ),
            models.UniqueConstraint(
                fields=["kind", "obligation", "rule", "step"],
                condition=Q(state=ReminderState.PLANNED),
                name="reminder_planned_once_per_rule_and_step",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE) ^ Q(settled_at__isnull=False),
                name="reminder_settled_with_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReminderState.CLAIMED) | Q(claimed_at__isnull=False),
                name="reminder_claimed_with_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_at", "id"], condition=Q(state=ReminderState.PLANNED), name="reminder_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rule} {self.step}: {self.state}"


class Notice(UUIDModel):
    """A message to one person, read in the app; or to an address whose owner has no account yet."""

    person = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    address = models.EmailField(blank=True)
    kind = models.CharField(max_length=60)
    obligation = models.UUIDField(null=True, blank=True)
    reminder = models.ForeignKey(
        Reminder, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    # An iCalendar object with a METHOD, which the mail carries beside its words.
    calendar = models.TextField(blank=True)
    # Why it came to this person, in words of the moment when it was written.
    why = models.CharField(max_length=200, blank=True)
    # By which of the person's wishes it is mailed, and whether it is past switching off.
    topic = models.CharField(max_length=30, default="news")
    is_essential = models.BooleanField(default=False)
    # That it came to this person would tell others something, such as who has not voted.
    is_private = models.BooleanField(default=False)
    # What holds its mails together with others, such as the case.
    thread = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["reminder", "person"], name="notice_one_per_reminder_and_person"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(address=""), name="notice_to_a_person_or_an_address"
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["person", "-created_at"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def recipient(self) -> str:
        """The address to write to now; a person's may have changed since the notice was written."""
        return self.person.email if self.person else self.address


class Delivery(models.Model):
    """Getting one notice to its person over one channel: attempted until it is sent or given up."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    # The digest that it goes out with; all of a person's with the same moment are one mail.
    digest_at = models.DateTimeField(null=True, blank=True)
    # Where it was sent to, and whether the mail server there said that nobody has this address.
    address = models.EmailField(blank=True)
    is_refused = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_one_per_channel"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.QUEUED) ^ Q(settled_at__isnull=False),
                name="delivery_settled_with_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state=DeliveryState.QUEUED),
                name="delivery_queued",
            ),
            models.Index(
                fields=["digest_at"],
                condition=Q(state=DeliveryState.QUEUED, digest_at__isnull=False),
                name="delivery_of_digest",
            ),
            models.Index(fields=["address", "-settled_at"], name="delivery_by_address"),
            models.Index(fields=["-settled_at"], condition=Q(is_refused=True), name="delivery_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.state}"


class Preference(models.Model):
    """How a person wants the mails of a topic, where that is not at once."""

    person = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="preferences")
    topic = models.CharField(max_length=30)
    mode = models.CharField(max_length=10, choices=Mode)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="preference_one_per_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.topic}: {self.mode}"


class OwnWording(models.Model):
    """The program's own words for one message; empty where what Milepost brings holds again."""

    code = models.CharField(max_length=80, unique=True)
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)
    text = models.TextField(max_length=LONGEST_TEXT, blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(subject="") ^ Q(text=""), name="own_wording_whole_or_none"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def words(self) -> Words:
        return Words(self.subject, self.text)

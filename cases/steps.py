"""The human steps of the path: what each asks, who owes it, at which stage, and how long it may take."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.enums import Party, Stage
from core.errors import Text


@dataclass(frozen=True)
class Step:
    """`working_days` is the time to the due date unless a deadline policy says otherwise."""

    code: str
    title: Text
    party: Party
    stage: Stage
    working_days: int


_steps = (
    Step("apply", _("Complete the application"), Party.CITY, Stage.APPLICATION, 20),
    Step("confirm", _("Confirm the application"), Party.PROGRAM, Stage.APPLICATION, 5),
    Step("self_assess", _("Answer the self-assessment"), Party.CITY, Stage.SELF_ASSESSMENT, 60),
    Step("assign_assessors", _("Assign two assessors"), Party.PROGRAM, Stage.REVIEW, 5),
    Step("review", _("Review the assessment"), Party.ASSESSOR, Stage.REVIEW, 15),
    Step("reconcile", _("Reconcile the two reviews"), Party.ASSESSOR, Stage.REVIEW, 5),
    Step("release_report", _("Release the report"), Party.PROGRAM, Stage.REVIEW, 3),
    Step("choose_path", _("Choose decision or coaching"), Party.CITY, Stage.REVIEW, 10),
    Step("plan_coaching", _("Plan the coaching"), Party.PROGRAM, Stage.COACHING, 5),
    Step("respond", _("Answer the offered engagement"), Party.PARTNER, Stage.COACHING, 5),
    Step("assign_coach", _("Assign a coach"), Party.PARTNER, Stage.COACHING, 5),
    Step("kick_off", _("Hold the kick-off"), Party.PARTNER, Stage.COACHING, 10),
    Step("work", _("Coach the city"), Party.PARTNER, Stage.COACHING, 60),
    Step("close", _("Close the engagement"), Party.PARTNER, Stage.COACHING, 10),
    Step("mend_plan", _("Mend the coaching plan"), Party.PROGRAM, Stage.COACHING, 5),
    Step("feedback", _("Give feedback on the coaching"), Party.CITY, Stage.COACHING, 10),
    Step("reassess", _("Answer the re-assessment"), Party.CITY, Stage.REASSESSMENT, 40),
    Step("open_packet", _("Open the decision packet"), Party.PROGRAM, Stage.DECISION, 5),
    Step("vote", _("Vote on the certification"), Party.COMMITTEE, Stage.DECISION, 10),
    Step("announce", _("Set the announcement"), Party.PROGRAM, Stage.DECISION, 5),
)
STEPS: dict[str, Step] = {step.code: step for step in _steps}
STEP_CHOICES = [(step.code, step.title) for step in _steps]

# Work beside the path: a claim belongs to no case, a delegation is a part of the city's own step.
CLAIM = Step("claim", _("Confirm who speaks for a city"), Party.PROGRAM, Stage.APPLICATION, 5)
DELEGATION = Step("delegation", _("Answer for your city"), Party.CITY, Stage.SELF_ASSESSMENT, 15)
# An appeal is answered by the program while the case goes on.
APPEAL = Step("appeal", _("Answer the appeal"), Party.PROGRAM, Stage.REVIEW, 10)
# What coach and city have agreed upon; who owes it and until when is said each time.
ACTION_ITEM = Step("action_item", _("Action item"), Party.CITY, Stage.COACHING, 10)
# Whoever shall take over an engagement says whether they do; until then it stays where it is.
TRANSFER = Step("transfer", _("Answer the offered hand-over"), Party.PARTNER, Stage.COACHING, 5)
BESIDE_THE_PATH = (CLAIM, DELEGATION, APPEAL, ACTION_ITEM, TRANSFER)
WORK: dict[str, Step] = STEPS | {step.code: step for step in BESIDE_THE_PATH}
WORK_CHOICES = [(step.code, step.title) for step in WORK.values()]

# What nobody owes, yet ends after so many working days: the time to appeal, from the release of a report.
TO_APPEAL = Step("to_appeal", _("Appeal a finding"), Party.CITY, Stage.REVIEW, 15)
# What counts until a day that is given, with nothing to do on a desk before; it has no days of its own.
CERTIFICATE = Step("certificate", _("Renew the certificate"), Party.CITY, Stage.CERTIFIED, 0)
EVIDENCE = Step("evidence", _("Renew evidence"), Party.CITY, Stage.COACHING, 0)
VALIDITIES: dict[str, Step] = {step.code: step for step in (CERTIFICATE, EVIDENCE)}
VALIDITY_CHOICES = [(step.code, step.title) for step in VALIDITIES.values()]
PERIODS: dict[str, Step] = WORK | {TO_APPEAL.code: TO_APPEAL} | VALIDITIES
PERIOD_CHOICES = [(step.code, step.title) for step in PERIODS.values()]

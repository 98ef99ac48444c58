"""The fault run's own judgment: it finds what is missing, and what was doubled without a reason."""

import pytest
from django.core import mail
from django.utils import timezone

from notifications.models import Reminder
from notifications.services import deliver_due, send_due_reminders
from tests.chaos.faults import Fault
from tests.chaos.ledger import plan_work, unexplained, unsettled, violations

KILL = Fault("worker killed", senders=1, began=100.0, ended=101.0)
WIPE = Fault("broker wiped", senders=0, began=200.0, ended=202.0)


@pytest.mark.django_db
def test_run_in_which_all_is_told_once_has_no_violations_and_one_that_misses_something_has() -> None:
    now = timezone.now()
    plan_work([now] * 3)
    assert unsettled() == 3

    send_due_reminders(now=now)
    deliver_due(now=now)

    taken = {str(one.extra_headers["Message-ID"]): [100.0] for one in mail.outbox}
    assert (unsettled(), len(taken), violations(taken, [])) == (0, 3, [])
    lost = dict(list(taken.items())[1:])
    assert violations(lost, [])[0].startswith("1 obligations were never told")
    assert violations(taken | {"<stranger@example>": [1.0]}, [])[0].startswith("1 mails are of no delivery")
    Reminder.objects.filter(pk=Reminder.objects.all()[0].pk).update(state="failed")
    assert violations(taken, [])[0].startswith("1 reminders did not end as sent")


@pytest.mark.parametrize(
    ("taken", "found"),
    [
        ({"a": [99.9, 130.0]}, []),
        ({"a": [99.9, 130.0], "b": [99.8, 131.0]}, ["b"]),
        ({"a": [50.0, 99.0]}, ["a"]),
        ({"a": [199.9, 230.0]}, ["a"]),
    ],
    ids=["one for a kill", "two for a kill", "too long before", "a wiped broker doubles nothing"],
)
def test_doubled_mail_needs_a_fault_that_explains_it(taken: dict[str, list[float]], found: list[str]) -> None:
    assert unexplained(taken, [KILL, WIPE]) == found

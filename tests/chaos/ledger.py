"""Work that falls due while the faults strike, and whether all of it was told, once."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from cases.models import WorkItem
from cases.reminders import WORK_DUE
from notifications.enums import LIVE, DeliveryState
from notifications.models import Delivery, Reminder
from notifications.naming import message_id
from tests.cast import Cast
from tests.chaos.faults import Fault

# Between a mail taken and the fault that kept its sender from recording it, on a machine out of breath.
BREATH_SECONDS = 5


def plan_work(moments: Collection[datetime]) -> None:
    """Late work of everybody in the program, one reminder each at its moment."""
    cast = Cast()
    owners = [person for person in cast.everyone.values() if person.is_active and person != cast.system]
    items = WorkItem.objects.bulk_create(
        WorkItem(
            kind="claim",
            step="claim",
            city=cast.city,
            party="program",
            owner=owners[number % len(owners)],
            opened_at=moment - timedelta(days=9),
            due_at=moment - timedelta(days=2),
        )
        for number, moment in enumerate(moments)
    )
    Reminder.objects.bulk_create(
        Reminder(kind=WORK_DUE, obligation=item.pk, rule="owner", step="+1", planned_at=moment)
        for item, moment in zip(items, moments, strict=True)
    )


def unsettled() -> int:
    """How many reminders and mails are still to come or on their way."""
    planned = Reminder.objects.filter(kind=WORK_DUE, state__in=LIVE).count()
    return planned + Delivery.objects.filter(state=DeliveryState.QUEUED).count()


def violations(taken: Mapping[str, list[float]], faults: Collection[Fault]) -> list[str]:
    deliveries = list(Delivery.objects.select_related("notice"))
    names = {message_id([delivery]): delivery for delivery in deliveries}
    delivered = Counter(names[name].notice.obligation for name in taken if name in names)
    unsent = [one for one in deliveries if one.state != DeliveryState.SENT]
    due = list(WorkItem.objects.values_list("pk", flat=True))
    found = {
        "obligations were never told": [pk for pk in due if not delivered[pk]],
        "obligations were told in two messages": [pk for pk in due if delivered[pk] > 1],
        "deliveries did not end as sent": unsent,
        "mails are of no delivery": [name for name in taken if name not in names],
        "reminders did not end as sent": Reminder.objects.filter(kind=WORK_DUE).exclude(state="sent"),
        "mails were doubled without a fault that explains it": unexplained(taken, faults),
    }
    return [f"{len(rows)} {what}, such as {rows[0]}" for what, rows in found.items() if rows]


def unexplained(taken: Mapping[str, list[float]], faults: Collection[Fault]) -> list[str]:
    """Every copy but the last was sent by somebody whom a fault kept from recording it: one a sender."""
    left = Counter({fault: fault.senders for fault in faults})
    found = []
    for name, moments in taken.items():
        for moment in sorted(moments)[:-1]:
            near = [fault for fault in left if left[fault] and _explains(fault, moment)]
            if near:
                left[min(near, key=lambda fault: abs(fault.began - moment))] -= 1
            else:
                found.append(name)
    return found


def _explains(fault: Fault, moment: float) -> bool:
    return fault.began - BREATH_SECONDS <= moment <= fault.ended + BREATH_SECONDS
